import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { createEmulator } from './emulator.ts'
import { AZURE_DEVOPS, createEntra, type Entra } from './entra/entra.ts'

const SCOPE = `${AZURE_DEVOPS}/.default offline_access`

interface World {
  readonly entra: Entra
  pass(milliseconds: number): void
  post(form: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>>
}

function createWorld(): World {
  let time = Date.UTC(2026, 10, 21, 8)
  const clock = { now: () => time }
  const entra = createEntra({ clock })
  const emulator = createEmulator({ services: [entra], clock })
  return {
    entra,
    pass: (milliseconds) => void (time += milliseconds),
    async post(form) {
      const body = new URLSearchParams({ client_id: entra.application.clientId, ...form })
      const response = await emulator.fetch(`https://login.microsoftonline.com/${entra.tenant}/oauth2/v2.0/token`, {
        method: 'POST',
        body,
      })
      return (await response.json()) as Readonly<Record<string, unknown>>
    },
  }
}

const refresh = (token: unknown): Readonly<Record<string, string>> => ({
  grant_type: 'refresh_token',
  refresh_token: String(token),
  scope: SCOPE,
})

const verifier = 'a-verifier-of-at-least-43-characters-as-PKCE-has-it'
const challenge = createHash('sha256').update(verifier).digest('base64url')

async function authorize(world: World, given: Readonly<Record<string, string>> = {}): Promise<URLSearchParams> {
  const query = new URLSearchParams({
    client_id: world.entra.application.clientId,
    response_type: 'code',
    redirect_uri: 'http://localhost:50123',
    scope: SCOPE,
    state: 'the-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...given,
  })
  const answer = await world.entra.handle({
    method: 'GET',
    url: new URL(`https://login.microsoftonline.com/${world.entra.tenant}/oauth2/v2.0/authorize?${query.toString()}`),
    headers: {},
    body: '',
  })
  const location = answer.headers?.location
  return location === undefined ? new URLSearchParams({ page: String(answer.body) }) : new URL(location).searchParams
}

const redeem = (code: string | null, given: Readonly<Record<string, string>> = {}) => ({
  grant_type: 'authorization_code',
  code: code ?? '',
  redirect_uri: 'http://localhost:50123',
  code_verifier: verifier,
  scope: SCOPE,
  ...given,
})

test('authorization codes are redeemed once, by whoever holds the verifier, for where they were sent', async () => {
  const world = createWorld()
  const back = await authorize(world)
  expect(back.get('state')).toBe('the-state')
  const code = back.get('code')
  const codes = async (form: Readonly<Record<string, string>>) => (await world.post(form)).error_codes
  expect(await codes(redeem(code, { code_verifier: `${verifier}x` }))).toEqual([50148])
  expect(await codes(redeem(code, { redirect_uri: 'http://localhost:50124' }))).toEqual([50011])
  expect(await codes(redeem('made up'))).toEqual([70000])
  expect(await world.post(redeem(code))).toMatchObject({ refresh_token: expect.any(String) })
  expect(await codes(redeem(code))).toEqual([54005])
  const late = (await authorize(world)).get('code')
  world.pass(600_000)
  expect(await codes(redeem(late))).toEqual([70008])
})

test('authorization codes are sent to registered addresses alone; a refusal goes back with the state', async () => {
  const world = createWorld()
  for (const redirect_uri of ['http://127.0.0.1:50123', 'https://localhost', 'http://localhost/path', 'no address'])
    expect((await authorize(world, { redirect_uri })).get('page')).toContain('AADSTS50011')
  expect((await authorize(world, { client_id: 'nobody' })).get('page')).toContain('AADSTS700016')
  expect((await authorize(world, { code_challenge_method: 'plain' })).get('error')).toBe('invalid_request')
  world.entra.authorizing = 65004
  const back = await authorize(world)
  expect(Object.fromEntries(back)).toMatchObject({ error: 'access_denied', state: 'the-state' })
})

test('refresh tokens of a browser outlive a policy against device codes, which ends what began with one', async () => {
  const world = createWorld()
  const { entra, post } = world
  const { refresh_token: byBrowser } = await post(redeem((await authorize(world)).get('code')))
  const byDeviceCode = entra.issueRefreshToken({ byDeviceCode: true })
  const { refresh_token: rolled } = await post(refresh(byDeviceCode))
  entra.blocksDeviceCode = true
  expect((await post(refresh(byDeviceCode))).error_codes).toEqual([530036])
  expect((await post(refresh(rolled))).error_codes).toEqual([530036])
  expect(await post(refresh(byBrowser))).toHaveProperty('access_token')
})
