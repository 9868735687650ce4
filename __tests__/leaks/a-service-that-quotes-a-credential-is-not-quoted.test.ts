import { describe, expect, test } from '@jest/globals'
import type { Service } from '../emulator/wire.ts'
import { createScene, type Scene, type Told } from '../scene.ts'
import { seedLive } from '../world.ts'
import { answers, type Echo, makeEcho } from './echo.ts'
import { leaksOf } from './forms.ts'

const HOME = 'hmcts/.github'

/** Characters that every escape writes in another way. */
const ODD = '%41"\\+/=&~\'()!*'

const whos: Readonly<Record<string, readonly [who: (scene: Scene) => Service, at: RegExp]>> = {
  Entra: [({ entra }) => entra, /./],
  'the list of PATs': [({ ado }) => ado, /^GET https:\/\/vssps/],
  'the mint': [({ ado }) => ado, /^POST https:\/\/vssps/],
  'the mark': [({ ado }) => ado, /^PUT https:\/\/vssps/],
  'the feed': [({ ado }) => ado, /https:\/\/feeds/],
  GitHub: [({ github }) => github, /actions\/secrets\/(?!ADO)/],
  'the write': [({ github }) => github, /^PUT .*\/AZURE/],
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

async function runWith(who: string, echo: Echo, odd = false): Promise<Told> {
  const scene = await createScene()
  const live = seedLive(scene)
  scene.github.seedSecret(HOME, 'actions', 'ADO_BOT_REFRESH_TOKEN', { value: 'a former one' })
  const [service, at] = whos[who] ?? [({ ado }: Scene) => ado, /./]
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
  const { token: _, ...conclusion } = told.conclusion
  const texts = { 'the log': told.log.join('\n'), 'the conclusion': JSON.stringify(conclusion) }
  const leaks = leaksOf(secretsOf(scene, given), texts)
  expect({ leaks, echo, said: leaks.length === 0 ? '' : Object.values(texts) }).toEqual({ leaks: [], echo, said: '' })
  return told
}

const statuses = [200, 203, 302, 400, 401, 403, 404, 422, 429, 500] as const
const hows = Object.keys(answers) as (keyof typeof answers)[]

describe.each(Object.keys(whos))('%s', (who) => {
  test.each(statuses)('answers %i and quotes the credential, in whatever words', async (status) => {
    for (const how of hows) await runWith(who, { status, how })
  })
})

test.each(['the list of PATs', 'the feed', 'GitHub'])('%s quotes credentials of odd characters', async (who) => {
  for (const how of hows) await runWith(who, { status: 403, how }, true)
})

test('of the address at which single sign-on is authorised only the host is shown', async () => {
  const told = await runWith('GitHub', { status: 403, how: 'sso' })
  const said = [...told.log, told.conclusion.reason].join('\n')
  expect(said).toContain('settings of the token on github.com')
  expect(said).not.toMatch(/orgs\/hmcts\/sso/)
})
