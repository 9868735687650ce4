import { afterEach, describe, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../src/errors.ts'
import { assemble } from '../../src/assemble.ts'
import { azureDevOpsHosts, guard, hostsOf } from '../../src/hosts.ts'
import { readInputs } from '../../src/inputs.ts'
import type { Log } from '../../src/log.ts'
import type { Run, Services } from '../../src/operations/run.ts'
import { Secrets } from '../../src/secrets.ts'
import { inputsFrom } from '../action.ts'
import { fc, tries } from '../properties.ts'
import { VirtualClock } from '../wire.ts'
import { checkRequests } from './check-request.ts'
import { followingLikeNode, json, play, usual } from './stage.ts'

const allowed = [...Object.values(azureDevOpsHosts), 'api.github.com', 'ghe.example:8443']

/** Whom a guarded fetch asked; undefined where it refused. */
async function askedBy(url: string): Promise<string | undefined> {
  let asked: string | undefined
  const fetch = guard((address) => {
    asked = new URL(address).host
    return Promise.resolve(new Response())
  }, allowed)
  await fetch(url, {}).catch((error: unknown) => {
    // An address that is none is no request either; the class of the error is another one inside of Jest.
    if (!(error instanceof Failure || String(error).startsWith('TypeError: Invalid URL'))) throw error
  })
  return asked
}

test.each([
  'https://vssps.dev.azure.com@evil.example/',
  'https://evil.example/vssps.dev.azure.com',
  'https://vssps.dev.azure.com.evil.example/',
  'https://evil.example#vssps.dev.azure.com',
  'https://vssps.dev.azure.com:8443/',
  'https://xvssps.dev.azure.com/',
  'https://vssps.dev.azure.com./',
  'http://vssps.dev.azure.com/',
  'https://ghe.example/',
  'https:\\\\evil.example\\vssps.dev.azure.com',
  'file:///etc/passwd',
  'data:text/plain,vssps.dev.azure.com',
])('%s is never asked', async (url) => {
  expect(await askedBy(url)).toBeUndefined()
})

test.each(['https://VSSPS.dev.azure.com/', 'https://ghe.example:8443/api/v3', 'https://api.github.com:443/'])(
  '%s is one of those named',
  async (url) => {
    expect(await askedBy(url)).toBeDefined()
  },
)

test('whatever the address, whoever is asked is on the list', async () => {
  const part = fc.oneof(
    fc.constantFrom(...allowed, 'evil.example', '@', ':', '/', '\\', '#', '?', '.', '%2f'),
    fc.string(),
  )
  const url = fc.tuple(fc.constantFrom('https://', 'https:', 'http://', '//', ''), fc.array(part, { maxLength: 5 }))
  await fc.assert(
    fc.asyncProperty(url, async ([scheme, parts]) => {
      const asked = await askedBy(scheme + parts.join(''))
      expect(asked === undefined || allowed.includes(asked)).toBe(true)
    }),
    tries(500),
  )
})

test('a redirect is not followed, whatever its status and wherever it leads', async () => {
  const statuses = fc.constantFrom(301, 302, 303, 307, 308)
  const location = fc.oneof(fc.webUrl(), fc.constantFrom('//evil.example/', 'https://evil.example', '/elsewhere', '..'))
  await fc.assert(
    fc.asyncProperty(statuses, location, async (status, where) => {
      const inputs = { 'current-pat': 'p' }
      const { asked, conclusion } = await play(inputs, () => json({}, status, { location: where }))
      expect(conclusion.outcome).toBe('failed')
      expect(asked.length).toBeGreaterThan(2)
      checkRequests(asked, { inputs })
    }),
    tries(40),
  )
})

/** A run that is assembled as every run is, and whoever its services ask, though nobody would answer them. */
function assembled(given: Readonly<Record<string, string>> = {}): { readonly run: Run; readonly asked: string[] } {
  const asked: string[] = []
  const secrets = new Secrets(() => undefined)
  const inputs = inputsFrom({ ...usual, ...given })
  const read = (name: string): string => inputs[name]?.trim() ?? ''
  const log = new Proxy({} as Log, { get: () => () => undefined })
  const fetch = followingLikeNode(({ url }) => {
    asked.push(url.host)
    return json({}, 400)
  })
  const parsed = readInputs({ read, env: { GITHUB_REPOSITORY: 'hmcts/.github' }, secrets })
  const [clock, cancel] = [new VirtualClock(), new AbortController().signal]
  return { run: assemble(parsed, { fetch, clock, random: Math.random, log, secrets, cancel }), asked }
}

const GUID = '00000000-0000-0000-0000-000000000000'
const evil = { authority: 'https://evil.example', tenantId: GUID, clientId: GUID, clientAuth: 'none' } as const

describe.each(['services', 'lastServices'] as const)('the %s of a run that is assembled', (which) => {
  const servicesOf = ({ run }: ReturnType<typeof assembled>): Services =>
    which === 'services' ? run.services : run.lastServices()

  const astray: readonly (readonly [string, (services: Services) => Promise<unknown>])[] = [
    ['redeem a refresh token at another authority', ({ entra }) => entra.redeemRefreshToken(evil, 'refresh-token')],
    ['sign in an app there', ({ entra }) => entra.signInAsApp(evil)],
    ['sign in a person there', ({ entra }) => entra.signInForGood(evil, () => undefined, undefined)],
  ]

  test.each(astray)('asked to %s, send nothing', async (_, ask) => {
    process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = 'of-the-job'
    process.env.ACTIONS_ID_TOKEN_REQUEST_URL = ''
    const world = assembled()
    // Named by a step that ran meanwhile, and not when the run began.
    process.env.ACTIONS_ID_TOKEN_REQUEST_URL = 'https://evil.example/token'
    const failure = await ask(servicesOf(world)).then(String, String)
    expect(failure).toMatch(/Could not .*This run only talks to vssps\.dev\.azure\.com, .*: nothing was sent\./)
    expect(world.asked).toEqual([])
  })

  test('ask those that are named', async () => {
    const world = assembled({ 'notify-webhook-url': 'https://hooks.example/x' })
    await servicesOf(world)
      .tellWebhook('hello')
      .catch(() => undefined)
    expect(world.asked).toEqual(['hooks.example'])
  })
})

const ado = Object.values(azureDevOpsHosts)
const app = { 'azure-tenant-id': 'hmcts.example', 'azure-client-id': GUID }
const lists: readonly (readonly [Readonly<Record<string, string>>, readonly string[]])[] = [
  [{}, []],
  [app, []],
  [{ ...app, operation: 'federate' }, ['login.microsoftonline.com']],
  [{ ...app, 'bot-access-token': '', 'bot-refresh-token': 'r' }, ['login.microsoftonline.com']],
  [{ 'key-vault-url': 'https://hmcts.vault.azure.net' }, ['hmcts.vault.azure.net', 'login.microsoftonline.com']],
  [{ 'notify-webhook-url': 'https://hooks.example:8443/x' }, ['hooks.example:8443']],
]

test.each(lists)('with %j a run talks to Azure DevOps, the GitHub API and no more than %j', (inputs, more) => {
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = ''
  expect(hostsOf(assembled(inputs).run.inputs).toSorted()).toEqual([...ado, 'api.github.com', ...more].toSorted())
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = 'https://oidc.example/token'
  expect(hostsOf(assembled(inputs).run.inputs)).toContain('oidc.example')
})

afterEach(() => {
  delete process.env.ACTIONS_ID_TOKEN_REQUEST_URL
  delete process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN
})

test('no other file of the source names a host that requests could go to', () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const naming = files.filter((file) => {
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
    return /fetch\([^)]*['"`]https?:|url: [`'"]https:\/\/(?!\$\{azureDevOpsHosts)/.test(code)
  })
  expect(naming).toEqual([])
})
