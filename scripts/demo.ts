import { type BundleRun, type BundleWorld, runBundle, startBundleWorld } from '../__tests__/bundle.ts'
import { SECRET, seedLive } from '../__tests__/world.ts'

const REFRESH_TOKEN_SECRET = 'ADO_BOT_REFRESH_TOKEN'
const REPOSITORIES = ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b']

interface Scene {
  readonly title: string
  /** What somebody would tell about it. */
  readonly story: readonly string[]
  readonly prepare: (world: BundleWorld) => Record<string, string>
  /** What is not as it should be at the end. */
  readonly wrong: (world: BundleWorld, run: BundleRun) => readonly string[]
}

const scenes: readonly Scene[] = [
  {
    title: 'The PAT has three days left, and the daily workflow runs',
    story: ['The GitHub token may write organization secrets. The bot signs in with its refresh token.'],
    prepare: () => ({}),
    wrong: (world, run) => [
      ...unless(run.outputs.outcome === 'renewed', 'the outcome is not "renewed"'),
      ...unless(run.outputs['delivered-to'] === 'organization', 'the organization did not get the PAT'),
      ...REPOSITORIES.flatMap((name) => unless(seesNewest(world, name), `${name} does not see the new PAT`)),
      ...unless(!run.shown.includes('Warning: '), 'there is a warning'),
    ],
  },
  {
    title: 'The same, but GitHub refuses the organization write',
    story: ['The GitHub token may read organization secrets, but write only those of repositories.'],
    prepare: ({ github }) => ({
      'github-token': github.token({ kind: 'app', permissions: { organization_secrets: 'read', secrets: 'write' } }),
      repositories: 'app-a',
    }),
    wrong: (world, run) => [
      ...unless(run.outputs.outcome === 'renewed', 'the outcome is not "renewed"'),
      ...unless(run.outputs['delivered-to'] === 'repositories', 'the repositories did not get the PAT'),
      ...unless(seesNewest(world, 'hmcts/app-a'), 'hmcts/app-a does not see the new PAT'),
      ...unless(!seesNewest(world, 'hmcts/app-b'), 'hmcts/app-b sees the new PAT, though nobody named it'),
      ...REPOSITORIES.flatMap((name) => unless(restores(world, name), `the feed refuses what ${name} sees`)),
      ...unless(/^Warning: Fallback/m.test(run.shown), 'no warning tells of the fallback'),
    ],
  },
]

for (const [index, scene] of scenes.entries()) await play(scene, index + 1)

async function play({ title, story, prepare, wrong }: Scene, number: number): Promise<void> {
  const world = await startBundleWorld()
  try {
    const old = seedLive(world)
    const refreshToken = world.entra.issueRefreshToken()
    world.github.seedSecret('hmcts/.github', 'actions', REFRESH_TOKEN_SECRET, { value: refreshToken })
    const inputs = {
      'bot-access-token': '',
      'bot-refresh-token': refreshToken,
      'azure-tenant-id': world.entra.tenant,
      'azure-client-id': world.entra.application.clientId,
      'current-pat': old.token,
      ...prepare(world),
    }
    heading(`Scene ${number}: ${title}`, '=')
    say([...story, '', 'Before:', ...places(world)])
    const began = performance.now()
    const run = await runBundle(world, inputs)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    heading(`The log of scene ${number}, as people see it (${run.requests.length} requests, ${seconds} s)`, '-')
    say(run.shown.split('\n'))
    say(run.stderr.split('\n').filter((line) => line !== ''))
    heading(`The job summary of scene ${number}`, '-')
    say(run.summary.trimEnd().split('\n'))
    heading(`Afterwards, scene ${number}: what each place holds, and who sees what`, '-')
    say(places(world))
    const amiss = [...unless(run.exitCode === 0, `the step ended with ${run.exitCode}`), ...wrong(world, run)]
    say([
      '',
      amiss.length === 0 ? `Scene ${number} ended as it should.` : `Scene ${number} went wrong: ${amiss.join('; ')}.`,
    ])
    if (amiss.length > 0) process.exitCode = 1
  } finally {
    await world.close()
  }
}

/** Each PAT, each place, and what each repository's next run would see; values by the names of what they are. */
function places(world: BundleWorld): readonly string[] {
  const { ado, github } = world
  const stored = github.secret('hmcts/.github', 'actions', REFRESH_TOKEN_SECRET)?.value ?? ''
  return [
    ...ado.pats.map((pat, index) => {
      const ends = pat.revoked ? 'revoked' : `ends ${day(pat.validTo)}`
      return `PAT ${index + 1}: "${pat.displayName}" (${pat.authorizationId}), ${ends}`
    }),
    ...['hmcts', ...REPOSITORIES].flatMap((home) => {
      const secret = github.secret(home, 'actions', SECRET)
      const access = secret?.visibility === undefined ? '' : `, visibility ${secret.visibility}`
      return secret === undefined
        ? []
        : [`The secret ${SECRET} of ${home} holds ${patIn(world, secret.value)}${access}.`]
    }),
    `The secret ${REFRESH_TOKEN_SECRET} of hmcts/.github holds ${stored
      .split('\n')
      .map((line) => refreshTokenIn(world, line))
      .join(', then ')}.`,
    ...REPOSITORIES.map((name) => {
      const takes = restores(world, name) ? 'the feed takes it' : 'the feed REFUSES it'
      return `A build of ${name} sees ${patIn(world, github.visibleTo(name, 'actions', SECRET))}: ${takes}.`
    }),
  ]
}

function patIn({ ado }: BundleWorld, value: string | undefined): string {
  const index = ado.pats.findIndex(({ token }) => token === value)
  return index < 0 ? 'nothing' : `PAT ${index + 1}`
}

function refreshTokenIn({ entra }: BundleWorld, value: string): string {
  return entra.refreshTokens.find((token) => token.value === value)?.name ?? 'something unknown'
}

function seesNewest({ ado, github }: BundleWorld, repository: string): boolean {
  return github.visibleTo(repository, 'actions', SECRET) === ado.pats.at(-1)?.token
}

function restores({ ado, github }: BundleWorld, repository: string): boolean {
  return ado.accepts(github.visibleTo(repository, 'actions', SECRET) ?? '')
}

function unless(fine: boolean, complaint: string): readonly string[] {
  return fine ? [] : [complaint]
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function heading(text: string, line: '=' | '-'): void {
  console.log(`\n${text}\n${line.repeat(text.length)}`)
}

function say(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}
