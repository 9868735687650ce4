import { beforeEach, describe, expect, test } from '@jest/globals'
import { createEmulator, type Emulator } from './emulator.ts'
import { createEntra, type Entra } from './entra/entra.ts'
import { createKeyVault, type KeyVault } from './key-vault/key-vault.ts'

const URL_OF = 'https://hmcts.vault.azure.net/secrets/pat'
const RESOURCE = 'https://vault.azure.net'

let time = Date.UTC(2026, 10, 21, 8)
let entra: Entra
let vault: KeyVault
let emulator: Emulator
beforeEach(() => {
  const clock = { now: () => time }
  entra = createEntra({ clock })
  vault = createKeyVault({ clock, entra })
  emulator = createEmulator({ services: [entra, vault], clock })
})

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Readonly<Record<string, unknown>>
}

async function ask(
  method: string,
  body?: unknown,
  bearer = token(),
  url = `${URL_OF}?api-version=2025-07-01`,
): Promise<Answer> {
  const response = await emulator.fetch(url, {
    method,
    headers: { ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, json: (await response.json()) as Answer['json'] }
}

function token(audience = RESOURCE, tenant = entra.tenant): string {
  return entra.issueAppToken({ audience, tenant })
}

const refusal = (code: string, inner?: string) => ({
  error: expect.objectContaining({ code, ...(inner === undefined ? {} : { innererror: { code: inner } }) }),
})

describe('without an access token that it takes', () => {
  test('the challenge names the tenant and the resource, before a body is looked at', async () => {
    const { status, headers } = await ask('PUT', undefined, '')
    expect(status).toBe(401)
    expect(headers.get('www-authenticate')).toBe(
      `Bearer authorization="https://login.microsoftonline.com/${entra.tenant}", resource="https://vault.azure.net"`,
    )
  })

  test.each([
    ['for Azure DevOps', () => entra.issueAppToken(), 'AKV10022'],
    ['of another tenant', () => token(RESOURCE, 'another'), 'AKV10032'],
    ['that has ended', () => entra.issueAppToken({ audience: RESOURCE, lifetime: -1 }), 'AKV10015'],
    ['that nobody issued', () => 'made-up', 'AKV10001'],
  ])('one %s is refused', async (_, make, code) => {
    const { status, json } = await ask('GET', undefined, make())
    expect([status, json]).toEqual([401, { error: { code: 'Unauthorized', message: expect.stringContaining(code) } }])
  })
})

describe('secrets', () => {
  test('each write is a version of its own, with tags and an end', async () => {
    const attributes = { exp: 1_800_000_000 }
    await ask('PUT', { value: 'one', tags: { a: 'b' }, contentType: 'kind', attributes })
    time += 60_000
    const { status, json } = await ask('PUT', { value: 'two' })
    expect([status, json]).toMatchObject([200, { value: 'two', attributes: { enabled: true, created: time / 1000 } }])
    const first = vault.secret('PAT')?.versions[0]
    const one = await ask('GET', undefined, token(), `${URL_OF}/${first?.id ?? ''}?api-version=7.4`)
    expect(one.json).toMatchObject({ value: 'one', tags: { a: 'b' }, contentType: 'kind', attributes })
    expect((await ask('GET')).json).toMatchObject({
      value: 'two',
      id: expect.stringMatching(/\/secrets\/pat\/[0-9a-f]{32}$/),
    })
  })

  test('one past its end is still given out, a disabled one is not', async () => {
    const version = vault.seed('pat', { value: 'v', exp: 1 })
    expect((await ask('GET')).json).toMatchObject({ value: 'v' })
    version.enabled = false
    const { status, json } = await ask('GET')
    expect([status, json]).toEqual([403, refusal('Forbidden', 'SecretDisabled')])
  })

  test('an unknown one is 404', async () => {
    const { status, json } = await ask('GET')
    expect([status, json]).toEqual([404, refusal('SecretNotFound')])
  })

  test('a deleted one is 404 to read, and keeps its name', async () => {
    vault.seed('pat', { value: 'v' })
    const secret = vault.secret('pat')
    if (secret !== undefined) secret.deleted = true
    expect((await ask('GET')).status).toBe(404)
    const { status, json } = await ask('PUT', { value: 'w' })
    expect([status, json]).toEqual([409, refusal('Conflict', 'ObjectIsDeletedButRecoverable')])
  })

  test.each([
    { value: '' },
    { value: 'x'.repeat(25_601) },
    { value: 'v', tags: { a: 1 } },
    { value: 'v', tags: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`t${index}`, 'x'])) },
    { value: 'v', attributes: { exp: 1.5 } },
    {},
  ])('%#: what cannot be written is refused', async (body) => {
    const { status, json } = await ask('PUT', body)
    expect([status, json]).toEqual([400, refusal('BadParameter')])
  })
})

test('reading and writing are two permissions', async () => {
  vault.seed('pat', { value: 'v' })
  vault.permissions.get(entra.application.objectId)?.delete('set')
  expect((await ask('GET')).status).toBe(200)
  const { status, json } = await ask('PUT', { value: 'w' })
  expect([status, json]).toEqual([403, refusal('Forbidden', 'ForbiddenByRbac')])
  vault.permissions.get(entra.application.objectId)?.delete('get')
  expect((await ask('GET')).status).toBe(403)
  expect((await ask('GET', undefined, entra.issueUserToken({ audience: RESOURCE }))).status).toBe(403)
})

test.each([URL_OF, `${URL_OF}?api-version=2031-01-01`])('%s has no version that it knows', async (url) => {
  vault.seed('pat', { value: 'v' })
  const { status, json } = await ask('GET', undefined, token(), url)
  expect([status, json]).toEqual([400, refusal('BadParameter')])
})

test('too many requests: 429, with a time to wait or without', async () => {
  vault.seed('pat', { value: 'v' })
  vault.throttle(1, 7)
  vault.throttle(1, undefined)
  const [first, second, third] = [await ask('GET'), await ask('GET'), await ask('GET')]
  expect([first, second, third].map(({ status }) => status)).toEqual([429, 429, 200])
  expect([first, second].map(({ headers }) => headers.get('retry-after'))).toEqual(['7', null])
})
