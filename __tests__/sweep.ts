import { EventClock } from './event-clock.ts'
import { runInProcess, type Told } from './scene.ts'
import { createWorld, SECRET, seedLive, type World } from './world.ts'

/** What makes a run end as a killed process does: at its so-many-th request nothing goes on any more. */
export interface Kill {
  readonly request: number
  /** Whether that request still reaches its service. */
  readonly arrives: boolean
}

export interface Sweep {
  readonly world: World
  readonly clock: EventClock
  /** `owner/name` of every repository that the organization secret reaches. */
  readonly names: readonly string[]
  readonly token: string
  run(inputs?: Readonly<Record<string, string>>): Promise<Omit<Told, 'requests'>>
  /** A run that is killed. */
  killed(kill: Kill, inputs?: Readonly<Record<string, string>>): Promise<'killed' | Omit<Told, 'requests'>>
  /** How many secrets of repositories were written since that line of the transcript. */
  writesSince(line: number): readonly string[]
}

export interface SweepOptions {
  /** Milliseconds that GitHub takes for an answer. */
  readonly latency?: number
  readonly token?: Parameters<World['github']['token']>[0]
}

/** What most sweeps are run with: every repository, in place of an organization secret that may only be read. */
export const sweepInputs = { repositories: 'all' } as const

const name = (index: number): string => `hmcts/service-${String(index).padStart(4, '0')}`

/**
 * An organization of so many private repositories whose secret the GitHub token may read and not write, so that each gets
 * a copy; in time that stands still while anything is being done, and with GitHub's documented limits enforced.
 */
export async function createSweep(count: number, options: SweepOptions = {}): Promise<Sweep> {
  const clock = new EventClock()
  const world = await createWorld({ clock })
  const { github, emulator } = world
  for (const one of ['.github', 'app-a', 'app-b']) github.deleteRepository(`hmcts/${one}`)
  const names = Array.from({ length: count }, (_, index) => name(index + 1))
  for (const one of names) github.addRepository(one)
  seedLive(world)
  github.limits.enforce = true
  github.limits.perHour.app = 12_500
  github.latency = options.latency ?? 200
  github.wait = (milliseconds) => clock.sleep(milliseconds)
  const { token = { kind: 'app', permissions: { organization_secrets: 'read', secrets: 'write' } } } = options
  const githubToken = github.token(token)
  const given = { ...sweepInputs, 'github-token': githubToken }
  return {
    world,
    clock,
    names,
    token: githubToken,
    run: (inputs = {}) => runInProcess(world, clock, { ...given, ...inputs }),
    killed: ({ request, arrives }, inputs = {}) =>
      new Promise((resolve, reject) => {
        let asked = 0
        const fetch: typeof emulator.fetch = async (url, init) => {
          asked += 1
          if (asked < request) return emulator.fetch(url, init)
          if (asked === request) {
            if (arrives) await emulator.fetch(url, init)
            resolve('killed')
          }
          return new Promise(() => undefined)
        }
        runInProcess(world, clock, { ...given, ...inputs }, { fetch }).then(resolve, reject)
      }),
    writesSince: (line) =>
      emulator.transcript
        .slice(line)
        .filter(
          ({ method, path, answered }) => method === 'PUT' && path.startsWith('/repos/') && Number(answered) < 300,
        )
        .map(({ path }) => path.split('/').slice(2, 4).join('/')),
  }
}

/** The repositories in which a build would fail at the feed now. */
export function broken({ world, names }: Sweep): readonly string[] {
  const seen = (one: string): string =>
    world.github.secret(one, 'actions', SECRET)?.value ?? world.github.visibleTo(one, 'actions', SECRET) ?? ''
  return names.filter((one) => !world.ado.accepts(seen(one)))
}

/** The repositories without a copy. */
export function withoutCopy({ world, names }: Sweep): readonly string[] {
  return names.filter((one) => world.github.secret(one, 'actions', SECRET) === undefined)
}
