import { expect, test } from '@jest/globals'
import nock from 'nock'
import { bot, failureOf, onMint, pat, record, VALUE, wanted } from './service.ts'

test('the PAT comes back as granted, with its value, which is masked in all its forms', async () => {
  const { azureDevOps, masked } = bot()
  onMint(200, { patToken: record({ token: VALUE, validTo: '2026-11-28T08:00:00Z' }), patTokenError: 'none' })
  expect(await azureDevOps.mintPat(wanted)).toEqual({
    value: VALUE,
    pat: pat({ expiresAt: Date.parse('2026-11-28T08:00:00Z') }),
  })
  expect(masked).toEqual(
    expect.arrayContaining([VALUE, Buffer.from(VALUE).toString('base64'), Buffer.from(`:${VALUE}`).toString('base64')]),
  )
})

test.each([['None'], [null], ['']])('patTokenError %j is no error when a PAT is there', async (patTokenError) => {
  onMint(200, { patToken: record({ token: VALUE }), patTokenError })
  expect((await bot().azureDevOps.mintPat(wanted)).value).toBe(VALUE)
})

test.each([
  ['no PAT and no error', { patToken: null, patTokenError: 'none' }, 'patToken is not an object'],
  [
    'a PAT without a value',
    { patToken: record(), patTokenError: 'none' },
    'the value of the PAT is not a non-empty string',
  ],
  ['a value without a PAT', { patToken: { token: VALUE }, patTokenError: 'none' }, 'its authorizationId is not'],
  [
    'an error that is no text',
    { patToken: record({ token: VALUE }), patTokenError: 7 },
    'patTokenError is not a string',
  ],
  ['something else', ['hello'], 'the answer is not an object'],
])('%s leaves open whether there is a PAT, is masked, and is never repeated', async (_name, body, words) => {
  const { azureDevOps, sent, masked } = bot()
  onMint(200, body)
  const failure = await failureOf(azureDevOps.mintPat(wanted))
  expect(failure).toMatchObject({ kind: 'unreadable', fateUnknown: true, hint: expect.stringContaining(words) })
  expect(sent).toHaveLength(1)
  if (JSON.stringify(body).includes(VALUE)) expect(masked).toContain(VALUE)
})

test('an answer cut off in the middle of the PAT is not quoted', async () => {
  const { azureDevOps, sent } = bot()
  onMint(200, `{"patToken":{"token":"${VALUE}","autho`, { 'content-type': 'application/json' })
  const failure = await failureOf(azureDevOps.mintPat(wanted))
  expect(failure).toMatchObject({ kind: 'unreadable', fateUnknown: true, said: undefined })
  expect(failure.message).not.toContain('xxxx')
  expect(sent).toHaveLength(1)
})

const first = { token: VALUE, ...record({ token: VALUE }) }
const alphabetical = Object.fromEntries(Object.entries(first).toSorted(([a], [b]) => a.localeCompare(b)))
const whole = (patToken: object): string => JSON.stringify({ patToken, patTokenError: 'none' })
const cutAfter = (patToken: object, characters: number): string =>
  whole(patToken).slice(0, whole(patToken).indexOf(VALUE) + characters)
const JSON_TYPE = { 'content-type': 'application/json' }

test.each(
  [first, alphabetical].flatMap(
    (patToken) =>
      [
        ['500', 500, whole(patToken)],
        ['400', 400, whole(patToken)],
        ['201', 201, whole(patToken)],
        ['200 and is no JSON', 200, `<html><title>${whole(patToken)}</title>`],
        ['200 and breaks off behind it', 200, cutAfter(patToken, 90)],
        ['200 and breaks off in the middle of it', 200, cutAfter(patToken, 40)],
        ['502 and breaks off in the middle of it', 502, cutAfter(patToken, 40)],
        ['502 and breaks off near its beginning', 502, cutAfter(patToken, 8)],
        ['500 and says it in its message', 500, JSON.stringify({ message: `lost ${VALUE}` })],
        ['500 and quotes the body in its message', 500, JSON.stringify({ message: whole(patToken) })],
        ['500 and quotes half the body in its message', 500, JSON.stringify({ message: cutAfter(patToken, 8) })],
        ['500 and shows it on a page', 500, `<pre>${whole(patToken).replaceAll('"', '&quot;')}</pre>`],
      ] as const,
  ),
)('an answer that carries the PAT is %s: nothing of it is quoted', async (_name, status, body) => {
  const { azureDevOps, masked } = bot()
  onMint(status, body, JSON_TYPE)
  const { message } = await failureOf(azureDevOps.mintPat(wanted))
  expect(message).not.toContain('xxx')
  const carried = /x{12,}(AZDO1234)?/.exec(body)?.[0]
  if (carried !== undefined) expect(masked).toEqual(expect.arrayContaining([carried, btoa(carried)]))
})

test('a header that carries the PAT is not quoted', async () => {
  onMint(500, '', { 'x-tfs-serviceerror': `lost+${VALUE}` })
  expect(await failureOf(bot().azureDevOps.mintPat(wanted))).toMatchObject({ said: 'lost ***' })
})

test('an empty success leaves open whether there is a PAT', async () => {
  onMint(204)
  expect(await failureOf(bot().azureDevOps.mintPat(wanted))).toMatchObject({ kind: 'unreadable', fateUnknown: true })
})

test('an error beside a PAT leaves open whether there is one, and does not quote it', async () => {
  onMint(200, {
    patToken: record({ token: VALUE }),
    patTokenError: 'accessDenied',
    patTokenErrorMessage: `The value ${VALUE} is taken`,
  })
  expect(await failureOf(bot().azureDevOps.mintPat(wanted))).toMatchObject({
    kind: 'refused',
    fateUnknown: true,
    said: 'accessDenied: The value *** is taken',
  })
})

test.each([[500], [503], [408]])('%i is not repeated, and leaves open whether there is a PAT', async (status) => {
  const { azureDevOps, sent } = bot()
  onMint(status, 'oh')
  expect(await failureOf(azureDevOps.mintPat(wanted))).toMatchObject({
    kind: 'unavailable',
    status,
    said: 'oh',
    fateUnknown: true,
  })
  expect(sent).toHaveLength(1)
})

test('a lost answer is not repeated, and leaves open whether there is a PAT', async () => {
  const { azureDevOps, sent } = bot()
  nock('https://vssps.dev.azure.com').post(/./).replyWithError('socket hang up')
  expect(await failureOf(azureDevOps.mintPat(wanted))).toMatchObject({ kind: 'unreachable', fateUnknown: true })
  expect(sent).toHaveLength(1)
})

test('a rate limit, which mints nothing, is waited for', async () => {
  const { azureDevOps, wire, sent } = bot()
  onMint(429, { message: 'TF400733: The request has been canceled' }, { 'retry-after': '17' })
  onMint(200, { patToken: record({ token: VALUE }), patTokenError: 'none' })
  expect((await azureDevOps.mintPat(wanted)).value).toBe(VALUE)
  expect(wire.clock.slept).toEqual([17_000])
  expect(sent).toHaveLength(2)
})
