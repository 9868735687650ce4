import { workflowToken } from '../afterwards/afterwards.ts'
import { SECRET, seedLive } from '../world.ts'
import { type ActOptions, type ActRun, type ActWorld, checkoutOfThisRepository } from './act-world.ts'

/** A workflow, and how it is started. */
type Started = readonly [workflow: string, options?: ActOptions]

export interface Scene {
  readonly title: string
  readonly prepare: (world: ActWorld) => void
  readonly steps: readonly {
    readonly run: (world: ActWorld) => Promise<Started> | Started
    /** What is not as it should be. */
    readonly check: (world: ActWorld, run: ActRun) => readonly string[]
  }[]
}

const REFRESH_TOKEN = 'ADO_BOT_REFRESH_TOKEN'
const HOME = 'hmcts/.github'

export const scenes: readonly Scene[] = [
  {
    title: 'ci.yml uses the action from its checkout',
    prepare: () => undefined,
    steps: [
      {
        run: async (world) => [
          'ci.yml',
          {
            event: 'push',
            cwd: await checkoutOfThisRepository(world),
            more: ['--job', 'bundle', '--matrix', 'os:ubuntu-latest'],
          },
        ],
        check: (_, run) => [
          ...succeeded(run),
          ...unless(run.log.includes('The organization secret holds a new PAT'), 'its last step did not look'),
        ],
      },
    ],
  },
  {
    title: 'examples/renew.yml renews when due, and on the next day does nothing',
    prepare: organization,
    steps: [
      {
        run: () => ['renew.yml'],
        check: (world, run) => [...succeeded(run), ...holdsNewest(world), ...minted(world, 1)],
      },
      {
        run: (world) => {
          storedForTheNextRun(world)
          return ['renew.yml', { event: 'schedule' }]
        },
        check: (world, run) => [...succeeded(run), ...minted(world, 1), ...unless(rolled(world) === 2, 'not rolled')],
      },
      {
        run: (world) => {
          storedForTheNextRun(world)
          return ['renew.yml', { inputs: { force: 'true' } }]
        },
        check: (world, run) => [...succeeded(run), ...holdsNewest(world), ...minted(world, 2)],
      },
    ],
  },
  {
    title: 'examples/renew.yml serves its own repository where GitHub refuses the organization write',
    prepare: (world) => {
      organization(world)
      world.github.refuse({ home: 'hmcts', status: 403, method: 'PUT' })
    },
    steps: [
      {
        run: () => ['renew.yml'],
        check: (world, run) => [
          ...succeeded(run),
          ...unless(world.held(HOME) === world.ado.pats.at(-1), `${HOME} does not hold the new PAT`),
          ...minted(world, 1),
        ],
      },
    ],
  },
  {
    title: 'examples/sign-in.yml makes the secret that examples/renew.yml reads',
    prepare: (world) => {
      organization(world)
      world.github.deleteSecret(HOME, 'actions', REFRESH_TOKEN)
      Reflect.deleteProperty(world.secrets, REFRESH_TOKEN)
      world.variables.BOT_USER = world.entra.user.upn
    },
    steps: [
      {
        run: () => ['sign-in.yml'],
        check: (world, run) => [
          ...succeeded(run),
          ...unless(world.github.secret(HOME, 'actions', REFRESH_TOKEN) !== undefined, 'no refresh token is stored'),
        ],
      },
      {
        run: (world) => {
          storedForTheNextRun(world)
          return ['renew.yml']
        },
        check: (world, run) => [...succeeded(run), ...holdsNewest(world)],
      },
    ],
  },
  {
    title: 'examples/check.yml is green on a good day, and red without a live PAT',
    prepare: (world) => {
      organization(world, 25)
    },
    steps: [
      { run: () => ['check.yml'], check: (world, run) => [...succeeded(run), ...minted(world, 0)] },
      {
        run: (world) => {
          storedForTheNextRun(world)
          for (const pat of world.ado.pats) pat.revoked = true
          return ['check.yml']
        },
        check: (world, run) => [...unless(run.exitCode === 1, `act ended with ${run.exitCode}`), ...minted(world, 0)],
      },
    ],
  },
  {
    title: 'examples/renew-several.yml renews two organization secrets, and one in every repository by two shards',
    prepare: (world) => {
      organization(world)
      for (let number = 1; number <= 9; number += 1) world.github.addRepository(`hmcts/service-${number}`)
      world.github.addRepository('hmcts/old', { archived: true })
      world.variables.SECOND_APP_CLIENT_ID = 'app-2'
      world.secrets.SECOND_APP_PRIVATE_KEY = 'key of app-2'
    },
    steps: [
      {
        run: () => ['renew-several.yml'],
        check: (world, run) => [...succeeded(run), ...minted(world, 4), ...severalAreServed(world)],
      },
      {
        run: (world) => {
          storedForTheNextRun(world)
          return ['renew-several.yml', { event: 'schedule' }]
        },
        check: (world, run) => [...succeeded(run), ...minted(world, 4), ...severalAreServed(world)],
      },
    ],
  },
]

/** The settings that the examples ask for, and a live PAT with `daysLeft` days. */
function organization(world: ActWorld, daysLeft = 3): void {
  seedLive(world, { daysLeft, ageDays: 30 - daysLeft })
  const { entra, github, variables, secrets } = world
  github.seedSecret(HOME, 'actions', REFRESH_TOKEN, { value: entra.issueRefreshToken() })
  Object.assign(variables, {
    RENEWAL_APP_CLIENT_ID: 'app-1',
    BOT_TENANT_ID: entra.tenant,
    BOT_CLIENT_ID: entra.application.clientId,
  })
  secrets.RENEWAL_APP_PRIVATE_KEY = 'key of app-1'
  // GitHub gives it to every job, with what `permissions` says.
  secrets.GITHUB_TOKEN = workflowToken(world)
  storedForTheNextRun(world)
}

/** Secrets are read when a run is queued. */
function storedForTheNextRun({ github, secrets }: ActWorld): void {
  for (const name of [REFRESH_TOKEN, SECRET]) {
    const value = github.visibleTo(HOME, 'actions', name)
    if (value !== undefined) secrets[name] = value
  }
}

function severalAreServed(world: ActWorld): readonly string[] {
  const { ado, github, apps } = world
  const copies = [...['.github', 'app-a', 'app-b'], ...Array.from({ length: 9 }, (_, at) => `service-${at + 1}`)]
  const name = 'COPIED_ARTIFACT_TOKEN'
  const shardOf = (repository: string): string | undefined =>
    world.held(`hmcts/${repository}`, 'actions', name)?.displayName.slice(0, `${name} 1 of 2`.length)
  return [
    ...[SECRET, 'PIPELINES_ARTIFACT_TOKEN'].flatMap((secret) => {
      const held = world.held('hmcts', 'actions', secret)
      return unless(
        held?.displayName.startsWith(`${secret} [hmcts] `) === true && ado.accepts(held.token),
        `${secret} is not renewed`,
      )
    }),
    ...copies.flatMap((repository) => {
      const expected = `${name} ${(github.repository(`hmcts/${repository}`).id % 2) + 1} of 2`
      return unless(shardOf(repository) === expected, `${repository} holds ${shardOf(repository)}, not ${expected}`)
    }),
    ...unless(github.secret('hmcts/old', 'actions', name) === undefined, 'an archived repository got a copy'),
    ...unless(apps.given.includes('app-2'), 'the second App was not used'),
  ]
}

function succeeded({ exitCode }: ActRun): readonly string[] {
  return unless(exitCode === 0, `act ended with ${exitCode}`)
}

function holdsNewest(world: ActWorld): readonly string[] {
  const { ado } = world
  const held = world.held()
  return unless(
    held !== undefined && held === ado.pats.at(-1) && ado.accepts(held.token),
    'the organization secret does not hold the new PAT',
  )
}

/** Beside the one that was there. */
function minted({ ado }: ActWorld, times: number): readonly string[] {
  return unless(ado.pats.length - 1 === times, `${ado.pats.length - 1} PATs were minted, not ${times}`)
}

function rolled({ github }: ActWorld): number {
  return (github.secret(HOME, 'actions', REFRESH_TOKEN)?.history.length ?? 1) - 1
}

function unless(fine: boolean, complaint: string): readonly string[] {
  return fine ? [] : [complaint]
}
