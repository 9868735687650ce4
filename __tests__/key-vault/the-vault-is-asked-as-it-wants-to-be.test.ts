import { beforeEach, describe, expect, test } from '@jest/globals'
import { failureOf } from '../scene.ts'
import { HOST, type OnAWire, vaultOnAWire } from './vault-on-a-wire.ts'

let on: OnAWire
beforeEach(() => {
  on = vaultOnAWire()
})

const SECRET = { value: 'the-value-of-a-PAT', contentType: 'PAT' }

test('trap 25: the first request bears no token and no body; the second one both', async () => {
  await on.client.setSecret('pat', { ...SECRET, expiresAt: 1_800_000_000_500, tags: { a: 'b' } })
  const [first, second, ...more] = on.emulator.transcript
  expect(more).toEqual([])
  expect(first).toMatchObject({ method: 'PUT', host: HOST, body: undefined, answered: 401 })
  expect(first?.headers).not.toHaveProperty('authorization')
  expect(second).toMatchObject({
    method: 'PUT',
    // Not a typo: the library escapes the hyphen.
    path: '/secrets/pat?api%2Dversion=2025-07-01',
    body: { value: SECRET.value, contentType: 'PAT', tags: { a: 'b' }, attributes: { exp: 1_800_000_000 } },
    answered: 200,
  })
  expect(second?.headers).toMatchObject({
    authorization: expect.stringMatching(/^Bearer ey/),
    'content-type': 'application/json',
  })
})

test('each request names this action', async () => {
  await on.client.secret('pat')
  for (const { headers } of on.emulator.transcript)
    expect(headers['user-agent']).toMatch(/^ado-artifacts-token-renewal .*azsdk-js-keyvault-secrets/)
})

test('what is there is read with its tags and its date, and its value masked', async () => {
  on.vault.seed('pat', { value: 'first-line\nsecond-line', tags: { a: 'b' } })
  expect(await on.client.secret('PAT')).toEqual({
    value: 'first-line\nsecond-line',
    tags: { a: 'b' },
    writtenAt: on.wire.clock.now(),
  })
  expect([...on.masked]).toEqual(expect.arrayContaining(['first-line', 'second-line']))
})

test('what is not there is undefined, and so is what is deleted', async () => {
  expect(await on.client.secret('pat')).toBeUndefined()
  on.vault.seed('pat', { value: 'v' })
  const secret = on.vault.secret('pat')
  if (secret !== undefined) secret.deleted = true
  expect(await on.client.secret('pat')).toBeUndefined()
})

describe('access tokens', () => {
  test('one serves for every request, until it is about to end', async () => {
    await on.client.secret('pat')
    await on.client.setSecret('pat', SECRET)
    expect(on.wanted).toEqual([
      { scopes: ['https://vault.azure.net/.default'], tenantId: on.entra.tenant, claims: undefined },
    ])
    on.wire.clock.pass(56 * 60_000)
    await on.client.secret('pat')
    expect(on.wanted).toHaveLength(2)
  })

  test('requests side by side share one', async () => {
    await Promise.all([on.client.secret('a'), on.client.secret('b')])
    expect(on.wanted).toHaveLength(1)
  })

  test('claims that the vault wants (continuous access evaluation) are asked for in a new one', async () => {
    on.vault.seed('pat', { value: 'v' })
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
    const headers = {
      'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/${on.entra.tenant}", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`,
    }
    on.emulator.faults.add({ kind: 'status', status: 401, headers, at: HOST, after: 1 })
    expect(await on.client.secret('pat')).toMatchObject({ value: 'v' })
    expect(on.wanted.map((wanted) => wanted.claims)).toEqual([undefined, claims])
  })

  test('one that the vault does not take is explained', async () => {
    on.vault.tenant = 'another-tenant'
    const failure = await failureOf(on.client.secret('pat'))
    expect(failure).toMatchObject({ kind: 'refused', status: 401, said: expect.stringContaining('AKV10032') })
    expect(failure.hint).toContain('check that azure-tenant-id is the tenant')
  })
})

describe('a challenge that is not of Key Vault gets no access token', () => {
  const challenge = (resource: string) =>
    ({
      'www-authenticate': `Bearer authorization="https://login.microsoftonline.com/t", resource="${resource}"`,
    }) as const

  test.each([
    ['for another service', challenge('https://graph.microsoft.com'), /does not match the requested domain/],
    ['for a host that only ends alike', challenge('https://t.vault.azure.net'), /does not match/],
    ['that is none', {}, /no answer of Azure Key Vault/],
    ['that names no issuer', { 'www-authenticate': 'Bearer authorization="nonsense", resource="x"' }, /invalid/],
  ])('one %s', async (_, headers, words) => {
    on.emulator.faults.add({ kind: 'status', status: 401, headers, at: HOST, times: 9 })
    const failure = await failureOf(on.client.secret('pat'))
    expect(failure).toMatchObject({ kind: 'refused', message: expect.stringMatching(words) })
    expect(on.wanted).toEqual([])
  })
})

test('no redirect is followed', async () => {
  const headers = { location: `https://${HOST}/secrets/other?api-version=2025-07-01` }
  on.emulator.faults.add({ kind: 'status', status: 307, headers, at: HOST, after: 1 })
  expect(await failureOf(on.client.setSecret('pat', SECRET))).toMatchObject({ kind: 'refused', status: 307 })
  expect(on.emulator.transcript).toHaveLength(2)
})

describe('the one retry rule', () => {
  test('what passes is tried again, three times', async () => {
    on.emulator.faults.add({ kind: 'status', status: 503, at: HOST, times: Infinity })
    expect(await failureOf(on.client.secret('pat'))).toMatchObject({ kind: 'unavailable', status: 503 })
    expect(on.emulator.transcript).toHaveLength(4)
    expect(on.wire.clock.slept).toEqual([1000, 2000, 4000])
  })

  test('limits are sat out as they ask, out of the budget', async () => {
    on.vault.throttle(1, 20)
    on.vault.throttle(1, undefined)
    on.vault.seed('pat', { value: 'v' })
    expect(await on.client.secret('pat')).toMatchObject({ value: 'v' })
    expect(on.wire.clock.slept).toEqual([20_000, 120_000])
  })

  test('no try of a write starts after its time', async () => {
    const { clock } = on.wire
    expect(await failureOf(on.client.setSecret('pat', SECRET, clock.now() - 1))).toMatchObject({ kind: 'incomplete' })
    on.vault.throttle(1, 60)
    const late = await failureOf(on.client.setSecret('pat', SECRET, clock.now() + 30_000))
    expect(late).toMatchObject({ kind: 'rate-limited', hint: expect.stringContaining('no write may start that late') })
    expect(on.vault.secrets).toEqual([])
  })
})

test.each(['malformed', 'truncated', 'sign-in-page'] as const)(
  'an answer that nobody can read (%s) is not quoted',
  async (kind) => {
    on.vault.seed('pat', { value: 'a-value-to-keep-to-oneself' })
    on.emulator.faults.add({ kind, at: HOST, after: 1, times: 9 })
    const failure = await failureOf(on.client.secret('pat'))
    expect(['unreadable', 'unreachable']).toContain(failure.kind)
    expect(failure.message).not.toContain('a-value')
  },
)

test.each([{ value: 'v' }, { id: 'nonsense', value: 'v' }, { id: `https://${HOST}/secrets/pat/1` }, [], 'text', null])(
  'an answer in another shape ends in a sentence: %j',
  async (body) => {
    on.emulator.faults.add({ kind: 'status', status: 200, body, at: HOST, after: 1, times: 9 })
    const failure = await failureOf(on.client.secret('pat'))
    expect(failure.message).toMatch(/^Could not read the vault secret pat of hmcts/)
    expect(failure.kind).toBe('unreadable')
  },
)

test('a cancel ends what is under way', async () => {
  on.emulator.faults.add({ kind: 'hang', at: HOST, after: 1 })
  const asking = failureOf(on.client.setSecret('pat', SECRET))
  setTimeout(() => {
    on.cancel.abort(new Error('stop'))
  }, 50)
  expect(await asking).toMatchObject({ kind: 'cancelled', fateUnknown: true })
})

test.each([
  [403, 'ForbiddenByRbac', 'Key Vault Secrets Officer'],
  [403, 'ForbiddenByPolicy', 'Get and Set of secrets'],
  [403, 'AccessDenied', 'Key Vault Secrets Officer'],
  [403, 'ForbiddenByFirewall', 'The firewall of the vault'],
  [403, 'ForbiddenByConnection', 'closed to public networks'],
  [403, 'SecretDisabled', 'enable it'],
  [403, 'SomethingNew', 'Key Vault Secrets Officer'],
  [409, 'ObjectIsDeletedButRecoverable', 'az keyvault secret recover'],
  [409, 'ObjectIsBeingDeleted', 'Run again in some minutes'],
  [409, 'ObjectIsBeingRecovered', 'Run again in some minutes'],
  [400, 'SomethingNew', 'no answer of a vault to a request of this kind'],
  [404, 'SomethingNew', 'Check key-vault-url'],
])('each refusal has its own hint: %i %s', async (status, inner, hint) => {
  const body = { error: { code: 'Forbidden', message: 'In its own words.', innererror: { code: inner } } }
  on.emulator.faults.add({ kind: 'status', status, body, at: HOST, after: 1 })
  const failure = await failureOf(on.client.setSecret('pat', SECRET))
  expect(failure).toMatchObject({ kind: 'refused', status, said: 'In its own words.' })
  expect(failure.hint).toContain(hint)
})

test('a refusal that quotes the value is not quoted', async () => {
  const body = { error: { code: 'BadParameter', message: `The value ${SECRET.value} is no good.` } }
  on.emulator.faults.add({ kind: 'status', status: 400, body, at: HOST, after: 1 })
  const failure = await failureOf(on.client.setSecret('pat', SECRET))
  expect(failure.said).toBe('The value *** is no good.')
})

describe('what is no vault secret', () => {
  const answer = { id: 'https://hmcts.vault.azure.net/secrets/pat/1', value: 'v' }

  test('a blank one has no value, and tags that are no text count for nothing', async () => {
    const body = {
      ...answer,
      value: undefined,
      attributes: { enabled: true, updated: 1_700_000_000 },
      tags: { a: 1, b: 'c' },
    }
    on.emulator.faults.add({ kind: 'status', status: 200, body, at: HOST, after: 1 })
    expect(await on.client.secret('pat')).toEqual({ value: undefined, tags: { b: 'c' }, writtenAt: 1_700_000_000_000 })
  })

  test.each([{ ...answer }, { ...answer, attributes: {} }, { ...answer, attributes: { updated: 'soon' } }])(
    'one that does not say when it was written cannot be judged (%j)',
    async (body) => {
      on.emulator.faults.add({ kind: 'status', status: 200, body, at: HOST, after: 1, times: Infinity })
      const failure = await failureOf(on.client.secret('pat'))
      expect(failure.message).toMatch(
        /read the vault secret pat of hmcts\.vault\.azure\.net\..*"the time of its last change is not a date"/,
      )
    },
  )
})
