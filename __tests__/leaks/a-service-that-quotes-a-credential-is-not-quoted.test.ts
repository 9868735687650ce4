import { describe, expect, test } from '@jest/globals'
import type { Service, WireAnswer, WireRequest } from '../emulator/wire.ts'
import { createScene, type Scene, type Told } from '../scene.ts'
import { seedLive } from '../world.ts'
import { type Echo, makeEcho } from './echo.ts'
import { leaksOf } from './forms.ts'

const HOME = 'hmcts/.github'

/** Characters that every escape writes in another way. */
const ODD = '%41"\\+/=&~\'()!*'

type How = Echo['how']
interface Who {
  readonly service: (scene: Scene) => Service
  readonly at: RegExp
  readonly hows: readonly How[]
}

const inAzure: readonly How[] = [
  'message that is cut',
  'exception',
  'patTokenError',
  'page',
  'text with tags',
  'headers',
]
const inGitHub: readonly How[] = ['message', 'message that is cut', 'page', 'text with tags', 'headers', 'sso']

const whos: Readonly<Record<string, Who>> = {
  Entra: { service: ({ entra }) => entra, at: /./, hows: ['refusal', 'page', 'headers', 'message that is cut'] },
  'the list of PATs': { service: ({ ado }) => ado, at: /^GET https:\/\/vssps/, hows: inAzure },
  'the mint': { service: ({ ado }) => ado, at: /^POST https:\/\/vssps/, hows: inAzure },
  'the mark': { service: ({ ado }) => ado, at: /^PUT https:\/\/vssps/, hows: ['exception', 'headers'] },
  'the feed': { service: ({ ado }) => ado, at: /https:\/\/feeds/, hows: inAzure },
  GitHub: { service: ({ github }) => github, at: /actions\/secrets\/(?!ADO)/, hows: inGitHub },
  'the write': { service: ({ github }) => github, at: /^PUT .*\/AZURE/, hows: inGitHub },
}

function secretsOf(scene: Scene, inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const all = [
    ...scene.ado.pats.map(({ token }, index) => [`PAT ${index}`, token]),
    ...scene.entra.accessTokens.map(({ value }, index) => [`access token ${index}`, value.slice(60)]),
    ...scene.entra.refreshTokens.map(({ value }, index) => [`refresh token ${index}`, value]),
    ...['github-token', 'current-pat', 'bot-access-token'].map((name) => [name, (inputs[name] ?? '').slice(-100)]),
  ]
  return Object.fromEntries(all.filter(([, value]) => value !== '')) as Readonly<Record<string, string>>
}

async function runWith({ service, at }: Who, echo: Echo, odd = false): Promise<Told> {
  const scene = await createScene()
  const live = seedLive(scene)
  scene.github.seedSecret(HOME, 'actions', 'ADO_BOT_REFRESH_TOKEN', { value: 'a former one' })
  const byToken = { 'bot-access-token': '', 'bot-refresh-token': scene.entra.issueRefreshToken() }
  const inputs = odd
    ? {
        'bot-access-token': `eyJ.${'access'.repeat(5)}${ODD}${'end'.repeat(9)}`,
        'current-pat': `${'present'.repeat(5)}${ODD}${'pat'.repeat(9)}`,
        'github-token': `ghs_${'github'.repeat(5)}${ODD}${'token'.repeat(5)}`,
      }
    : { ...byToken, 'current-pat': live.token, 'github-token': scene.githubToken }
  const given = {
    ...inputs,
    'azure-tenant-id': scene.entra.tenant,
    'azure-client-id': scene.entra.application.clientId,
    'max-wait-minutes': '0',
  }
  makeEcho(service(scene), echo, at)
  const told = await scene.run(given)
  const texts = { 'the log': told.log.join('\n'), 'the conclusion': JSON.stringify({ ...told.conclusion, token: '' }) }
  expect([echo, leaksOf(secretsOf(scene, given), texts)]).toEqual([echo, []])
  return told
}

describe.each(Object.entries(whos))('%s', (_, who) => {
  test.each([200, 302, 401, 422, 500])('answers %i and quotes the credential, in whatever words', async (status) => {
    for (const how of who.hows) await runWith(who, { status, how })
  })

  test('quotes credentials of odd characters', async () => {
    for (const how of who.hows) await runWith(who, { status: 403, how }, true)
  })

  test('of the address at which single sign-on is authorised only the host is shown', async () => {
    const told = await runWith(who, { status: 403, how: 'sso' })
    expect([...told.log, told.conclusion.reason].join('\n')).not.toMatch(/orgs\/hmcts\/sso/)
  })
})

type Fields = Readonly<Record<string, unknown>>
const orders: Readonly<Record<string, (fields: Fields) => Fields>> = {
  first: ({ token, ...others }) => ({ token, ...others }),
  'in alphabetical order': (fields) => Object.fromEntries(Object.entries(fields).toSorted()),
}
const brokenOff = (body: string, characters: number): string =>
  body.slice(0, body.indexOf('"token":"') + 9 + characters)
const spoilt: Readonly<Record<string, (body: string) => WireAnswer>> = {
  'with 500': (body) => ({ status: 500, body }),
  'with 400': (body) => ({ status: 400, body }),
  'with 201': (body) => ({ status: 201, body, headers: { 'content-type': 'application/json' } }),
  'with 200, broken off': (body) => ({ status: 200, body: brokenOff(body, 40) }),
  'with 500, broken off': (body) => ({ status: 500, body: brokenOff(body, 40) }),
  'with 500, broken off behind it': (body) => ({ status: 500, body: brokenOff(body, 85) }),
}

/** From now on PATs are minted, and their answers spoilt on the way. */
function spoilMints({ ado }: Scene, order: (fields: Fields) => Fields, spoil: (body: string) => WireAnswer): void {
  const handle = ado.handle.bind(ado)
  const handleAndSpoil = async (request: WireRequest): Promise<WireAnswer> => {
    const answer = await handle(request)
    if (request.method !== 'POST' || !request.url.host.startsWith('vssps.')) return answer
    const { patToken, ...rest } = answer.body as { readonly patToken: Fields }
    return spoil(JSON.stringify({ patToken: order(patToken), ...rest }))
  }
  Object.assign(ado, { handle: handleAndSpoil })
}

describe.each(Object.entries(orders))('a new PAT, %s among its fields', (_, order) => {
  test.each(Object.entries(spoilt))('is answered %s, and shown nowhere', async (_name, spoil) => {
    const scene = await createScene()
    const old = seedLive(scene)
    spoilMints(scene, order, spoil)
    const { log, conclusion, masked } = await scene.run()
    const minted = scene.ado.pats.filter((pat) => pat !== old).map(({ token }) => token)
    expect(minted).not.toEqual([])
    const texts = { log: log.join('\n'), conclusion: JSON.stringify(conclusion) }
    expect(leaksOf(Object.fromEntries(minted.entries()), texts)).toEqual([])
    for (const token of minted)
      expect([...masked].some((value) => value.length >= 40 && token.startsWith(value))).toBe(true)
  })
})
