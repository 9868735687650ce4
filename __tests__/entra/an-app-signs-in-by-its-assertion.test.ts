import { expect, test } from '@jest/globals'
import { signInAsApp } from '../../src/entra/sign-in-as-app.ts'
import type { Tokens } from '../../src/entra/token-endpoint.ts'
import { guard } from '../../src/hosts.ts'
import { createEmulator, type Emulator } from '../emulator/emulator.ts'
import { createEntra, type Entra, gitHubFederation } from '../emulator/entra/entra.ts'
import { createGitHubOidc, type GitHubOidc } from '../emulator/entra/github-oidc.ts'
import { testWire, VirtualClock } from '../wire.ts'
import { failureOf, secretsMaskedInto } from './tenant.ts'

interface Stage {
  readonly entra: Entra
  readonly oidc: GitHubOidc
  readonly emulator: Emulator
  readonly masked: string[]
  signIn(): Promise<Tokens>
}

/** A cloud whose authority the library does not know. */
function stage(host = 'login.contoso.example'): Stage {
  const clock = new VirtualClock()
  const oidc = createGitHubOidc({ clock })
  const entra = createEntra({ clock, hosts: [host], federated: [gitHubFederation(oidc.subject)] })
  const emulator = createEmulator({ services: [entra, oidc], clock })
  const masked: string[] = []
  const wire = testWire({ clock, fetch: guard((url, init) => emulator.fetch(url, init), [host]) })
  const app = {
    authority: `https://${host}`,
    tenantId: entra.tenantDomain,
    clientId: entra.application.clientId,
    assertion: () => Promise.resolve(oidc.issue('api://AzureADTokenExchange')),
  }
  return { entra, oidc, emulator, masked, signIn: () => signInAsApp(wire, app, secretsMaskedInto(masked)) }
}

const asked = ({ emulator }: Stage): readonly string[] =>
  emulator.transcript.map(({ method, host, path }) => `${method} ${host}${path.replace(/\?.*/, '')}`)

test('another cloud is asked alone, and the public one not about it', async () => {
  const here = stage()
  const tokens = await here.signIn()
  const [issued] = here.entra.accessTokens
  expect(tokens).toMatchObject({ accessToken: issued?.value, refreshToken: undefined })
  expect(Math.abs(tokens.expiresAt - (issued?.expiresAt ?? 0))).toBeLessThan(365 * 86_400_000)
  expect(here.masked).toContain(issued?.value)
  expect(new Set(asked(here).map((request) => request.split(/[ /]/)[1]))).toEqual(new Set(['login.contoso.example']))
  expect(here.oidc.issued).toHaveLength(1)
})

test('the public cloud is not asked to describe itself', async () => {
  const here = stage('login.microsoftonline.com')
  await here.signIn()
  expect(asked(here)).toEqual([`POST login.microsoftonline.com/${here.entra.tenantDomain}/oauth2/v2.0/token`])
})

test('an authority that sends the assertion elsewhere is not followed', async () => {
  const here = stage()
  const elsewhere = 'https://evil.example'
  here.emulator.faults.add({
    kind: 'status',
    status: 200,
    at: 'openid-configuration',
    body: {
      issuer: `https://login.contoso.example/${here.entra.tenant}/v2.0`,
      authorization_endpoint: `${elsewhere}/authorize`,
      token_endpoint: `${elsewhere}/token`,
      jwks_uri: `${elsewhere}/keys`,
    },
  })
  const failure = await failureOf(here.signIn())
  expect(failure).toMatchObject({ kind: 'input', doing: 'send a request to evil.example' })
  expect(here.oidc.issued.every((assertion) => here.masked.includes(assertion))).toBe(true)
})

test('an assertion that GitHub does not give is the failure, and not what the library makes of it', async () => {
  const clock = new VirtualClock()
  const reason = new Error('a bug')
  const app = {
    authority: 'https://login.microsoftonline.com',
    tenantId: 't',
    clientId: 'c',
    assertion: () => Promise.reject(reason),
  }
  const failure = await failureOf(signInAsApp(testWire({ clock }), app, secretsMaskedInto([])))
  expect(failure).toMatchObject({ kind: 'sign-in', said: expect.stringContaining('a bug') })
})

test.each([
  [700024, /too old or too new/],
  [700016, /azure-client-id/],
  [90002, /azure-tenant-id/],
  [7000112, /disabled/],
])('AADSTS%i has its own hint, though the library drops the code', async (code, hint) => {
  const here = stage()
  const body = { error: 'invalid_client', error_description: `AADSTS${code}: no.`, error_codes: [code] }
  here.emulator.faults.add({ kind: 'status', status: 401, at: 'v2.0/token', body })
  const failure = await failureOf(here.signIn())
  expect(failure).toMatchObject({ kind: 'sign-in', codes: [code] })
  expect(failure.hint).toMatch(hint)
})
