import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type BundleWorld, startBundleWorld } from '../bundle.ts'
import { REFRESH, tokensInVault } from '../vault/vault.ts'
import { signedInWithAz } from './az.ts'
import { leaksOf } from '../leaks/forms.ts'
import { secretsOf } from '../leaks/secrets-of.ts'

const HOME = 'hmcts/.github'
const NAME = 'ADO_BOT_REFRESH_TOKEN'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

/** The page that a browser on this machine is sent to, opened by a person who signs in; where it sends them back. */
type Browser = (address: URL) => Promise<URL>

const browser: Browser = async (address) => {
  const answer = await world.emulator.fetch(address.href, { redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? 'http://localhost/no-redirect')
}

interface Ended {
  readonly exitCode: number | null
  readonly printed: string
  readonly pages: readonly string[]
}

/** Runs dist/sign-in.js, and comes back to it once it has printed the address. */
async function signIn(
  comeBack: (address: URL) => Promise<readonly URL[]>,
  options: readonly string[] = [],
  path = '',
): Promise<Ended> {
  const { entra, folder, proxy, githubToken } = world
  const child = spawn(
    process.execPath,
    [
      join(folder, 'dist/sign-in.js'),
      ...['--repository', HOME, '--ado-organization', 'hmcts', '--bot-user', entra.user.upn],
      ...['--azure-tenant-id', entra.tenant, '--azure-client-id', entra.application.clientId],
      ...options,
    ],
    {
      cwd: folder,
      env: {
        PATH: path,
        HOME: folder,
        GH_TOKEN: githubToken,
        HTTPS_PROXY: proxy.proxyUrl,
        NODE_EXTRA_CA_CERTS: proxy.caFile,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let printed = ''
  const pages: string[] = []
  let sent = false
  const visit = async (): Promise<void> => {
    const [, address] = /open (https:\/\/\S+)\.$/m.exec(printed) ?? []
    if (sent || address === undefined) return
    sent = true
    for (const url of await comeBack(new URL(address))) {
      const page = await fetch(`http://127.0.0.1:${url.port}${url.pathname}${url.search}`)
      pages.push(`${page.status} ${await page.text()}`)
    }
  }
  const visits: Promise<void>[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      visits.push(visit())
    })
  }
  const [exitCode] = (await once(child, 'close')) as [number | null]
  await Promise.all(visits)
  expect(leaksOf(secretsOf(world, {}), { 'the terminal': printed })).toEqual([])
  for (const code of entra.authorizationCodes) expect(printed).not.toContain(code.value)
  return { exitCode, printed, pages }
}

test('the refresh token goes from the browser sealed into the secret, and is never printed', async () => {
  const ended = await signIn(async (address) => [await browser(address)])
  expect(ended.printed).toContain(`${world.entra.user.upn} of tenant ${world.entra.tenant} is signed in`)
  expect(ended).toMatchObject({ exitCode: 0, pages: [expect.stringMatching(/^200 You are signed in/)] })
  const [token] = world.entra.refreshTokens
  expect(world.github.secret(HOME, 'actions', NAME)?.value).toBe(token?.value)
  expect(token?.byDeviceCode).toBe(false)
  expect(world.transcript().filter((request) => request.includes('devicecode'))).toEqual([])
})

test('the address asks for what the bot needs, of the account that is wanted, bound by PKCE', async () => {
  let asked = new URLSearchParams()
  await signIn(async (address) => {
    asked = address.searchParams
    return [await browser(address)]
  })
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: 'code',
    response_mode: 'query',
    scope: '499b84ac-1321-427f-aa17-267ca6975798/.default offline_access',
    code_challenge_method: 'S256',
    login_hint: world.entra.user.upn,
    redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+$/),
    state: expect.stringMatching(/^.{43}$/),
  })
})

test('whoever comes with another state is turned away, and the right one is still waited for', async () => {
  const ended = await signIn(async (address) => {
    const right = await browser(address)
    const [forged, without, elsewhere] = [new URL(right), new URL(right), new URL(right)]
    forged.searchParams.set('state', 'forged')
    forged.searchParams.set('code', 'of-somebody-else')
    without.search = ''
    elsewhere.pathname = '/favicon.ico'
    return [forged, without, elsewhere, right]
  })
  expect(ended.pages.map((page) => page.slice(0, 3))).toEqual(['404', '404', '404', '200'])
  expect(ended.exitCode).toBe(0)
})

test('a code that was begun elsewhere is worth nothing here: PKCE', async () => {
  const ended = await signIn(async (address) => {
    const other = new URL(address)
    other.searchParams.set('code_challenge', 'x'.repeat(43))
    return [await browser(other)]
  })
  expect(ended.exitCode).toBe(1)
  expect(ended.printed).toContain('AADSTS50148')
  expect(world.github.secret(HOME, 'actions', NAME)).toBeUndefined()
})

test('a sign-in that is declined, and somebody else who signs in, leave the secret alone', async () => {
  world.entra.authorizing = 65004
  const declined = await signIn(async (address) => [await browser(address)])
  expect(declined).toMatchObject({ exitCode: 1, pages: [expect.stringMatching(/^200 You are not signed in/)] })
  expect(declined.printed).toContain('AADSTS65004')
  world.entra.authorizing = 'success'
  const other = await signIn(async (address) => [await browser(address)], ['--bot-user', 'somebody@else.example'])
  expect(other.printed).toContain('No refresh token was stored.')
  expect(world.github.secret(HOME, 'actions', NAME)).toBeUndefined()
})

test('the vault can be the home, reached as whoever is signed in with az', async () => {
  const { path } = await signedInWithAz(world)
  const vault = ['--key-vault-url', world.vault.url, '--key-vault-refresh-token', REFRESH]
  const ended = await signIn(async (address) => [await browser(address)], vault, path)
  expect(ended.printed).toContain(`stored: vault secret ${REFRESH} of hmcts.vault.azure.net`)
  expect(ended.exitCode).toBe(0)
  expect(tokensInVault(world)).toEqual([world.entra.refreshTokens[0]?.value])
  expect(world.github.secret(HOME, 'actions', NAME)).toBeUndefined()
})

test('a vault that nobody may reach is told before anybody is sent to a browser', async () => {
  const vault = ['--key-vault-url', world.vault.url, '--key-vault-refresh-token', REFRESH]
  const ended = await signIn(() => Promise.reject(new Error('nobody is to be sent')), vault)
  expect(ended.exitCode).toBe(1)
  expect(ended.printed).toContain('get an access token for the vault hmcts.vault.azure.net')
})

test('a dry run sends nobody to a browser', async () => {
  const ended = await signIn(() => Promise.reject(new Error('nobody is to be sent')), ['--dry-run'])
  expect(ended.exitCode).toBe(0)
  expect(ended.printed).toContain(`Plan: Create the secret ${NAME} in repository ${HOME} with the new refresh token.`)
})

test('an option that there is not, such as for a token, is refused', async () => {
  const ended = await signIn(() => Promise.resolve([]), ['--github-token', 'ghp_typed-into-the-shell'])
  expect(ended.exitCode).toBe(1)
  expect(ended.printed).toContain("Unknown option '--github-token'")
})
