import { expect, test } from '@jest/globals'
import { meaningOf, type Remedy } from '../../src/entra/aadsts.ts'
import { signInFailure } from '../../src/entra/sign-in-failure.ts'
import { Secrets } from '../../src/secrets.ts'
import { refusal } from './tenant.ts'

const again: Remedy = 'bot-must-sign-in-again'
const owner: Remedy = 'account-owner'

const table: readonly (readonly [code: number, remedy: Remedy, fragment: string])[] = [
  [50076, again, 'a policy or the network of the runner changed'],
  [50074, again, 'has not been passed'],
  [50078, again, 'multi-factor authentication has expired'],
  [50079, owner, 'https://aka.ms/mfasetup'],
  [50072, owner, 'register a second factor'],
  [50173, again, "revoked the bot's sign-ins"],
  [700082, again, 'at least once a week'],
  [70008, again, 'has expired, or was revoked'],
  [70043, again, 'sign-in frequency'],
  [70000, again, 'cut off when copied'],
  [700084, 'configuration', 'single-page app'],
  [53003, 'administrator', 'docs/sign-in.md'],
  [530036, 'administrator', 'blocks the device code'],
  [530032, 'administrator', 'A security policy of the tenant'],
  [530035, 'administrator', 'security defaults'],
  [53000, 'administrator', 'Only compliant devices'],
  [53001, 'administrator', 'Only domain-joined devices'],
  [50005, 'administrator', "runner's platform"],
  [50158, again, 'third-party second factor'],
  [50053, owner, 'is locked'],
  [50055, owner, 'password has expired'],
  [50057, owner, 'is disabled'],
  [50126, owner, 'password is wrong'],
  [50034, owner, 'no such user'],
  [65001, 'administrator', 'Nobody has consented'],
  [65004, 'administrator', 'was declined'],
  [90094, 'administrator', 'Only an administrator can consent'],
  [65002, 'configuration', 'belongs to Microsoft'],
  [650057, 'configuration', 'does not list Azure DevOps'],
  [500011, 'administrator', 'does not know Azure DevOps as a resource'],
  [650052, 'administrator', 'no service principal for Azure DevOps'],
  [700016, 'configuration', 'no such app registration'],
  [7000112, 'configuration', 'app registration is disabled'],
  [70001, 'configuration', 'multi-tenant'],
  [90002, 'configuration', 'no such tenant'],
  [50059, 'configuration', 'No tenant was named'],
  [9001023, 'configuration', '/common or /consumers'],
  [7000215, 'configuration', 'wrong client secret'],
  [7000222, 'configuration', 'client secret has expired'],
  [7000218, 'configuration', 'Allow public client flows'],
  [700025, 'configuration', 'azure-client-auth: none'],
  [700213, 'configuration', 'repo:owner@OWNERID/repo@REPOID'],
  [700211, 'configuration', 'token.actions.githubusercontent.com'],
  [700212, 'configuration', 'api://AzureADTokenExchange'],
  [50011, 'configuration', 'http://localhost'],
  [54005, 'configuration', 'sign in once more'],
  [7002131, 'configuration', 'flexible federated credential'],
  [700024, 'configuration', "the runner's clock"],
  [50196, 'configuration', 'in a loop'],
  [90033, 'transient', 'unavailable for a moment'],
  [90006, 'transient', 'outside server'],
  [50033, 'transient', 'fault of its own'],
  [90024, 'transient', 'asked too much'],
  [90055, 'transient', 'tenant as a whole'],
  [50087, 'transient', 'did not answer'],
]

const secrets = new Secrets(() => undefined)
const doing = 'sign in'

test.each(table)('AADSTS%i', (code, remedy, fragment) => {
  const failure = signInFailure({ doing, status: 400, body: refusal(code), secrets })
  expect(failure).toMatchObject({ codes: [code], remedy, kind: remedy === 'transient' ? 'unavailable' : 'sign-in' })
  expect(failure.hint).toContain(fragment)
})

test('no two codes have the same hint', () => {
  expect(new Set(table.map(([code]) => meaningOf(code)?.hint)).size).toBe(table.length)
})

test.each(table.filter(([, remedy]) => remedy === again))(
  'AADSTS%i names the operation that signs in again',
  (code) => {
    expect(meaningOf(code)?.hint).toContain('operation: sign-in')
  },
)

test('AADSTS700213 tells where GitHub shows the subject it sends', () => {
  expect(meaningOf(700213)?.hint).toContain('actions/oidc/customization/sub')
})

test('the first code that is known decides', () => {
  const body = { error: 'invalid_grant', error_codes: [1, '50057', 70000, 'x'] }
  const failure = signInFailure({ doing, status: 400, body, secrets })
  expect(failure).toMatchObject({ codes: [1, 50057, 70000], remedy: owner, said: 'invalid_grant' })
})

test('without a list of codes the description is read', () => {
  const body = { error: 'invalid_grant', error_description: 'AADSTS50055: Expired.' }
  expect(signInFailure({ doing, status: 400, body, secrets })).toMatchObject({ codes: [50055], remedy: owner })
})

test('an unknown code is named', () => {
  const failure = signInFailure({ doing, status: 400, body: refusal(12345), secrets })
  expect(failure).toMatchObject({ kind: 'sign-in', remedy: undefined, codes: [12345], error: 'invalid_grant' })
  expect(failure.hint).toContain('AADSTS12345')
})

test('the failure says what was done, what came back and what to do', () => {
  expect(signInFailure({ doing, status: 400, body: refusal(90002, 'invalid_request'), secrets }).message).toBe(
    'Could not sign in. Status: 400. The answer: "AADSTS90002: Something is wrong. Trace ID: 1 Timestamp: 2026-11-21 08:00:00Z". There is no such tenant: check azure-tenant-id, and AZURE_AUTHORITY_HOST for a sovereign cloud.',
  )
})

test.each([
  [400, { error: 'temporarily_unavailable' }, 'unavailable'],
  [400, { error: 'server_error' }, 'unavailable'],
  [408, '', 'unavailable'],
  [500, 'oh', 'unavailable'],
  [429, undefined, 'rate-limited'],
  [429, refusal(90055), 'rate-limited'],
  [404, '<html>not here</html>', 'sign-in'],
])('%i with %j', (status, body, kind) => {
  expect(signInFailure({ doing, status, body, secrets }).kind).toBe(kind)
})
