import type { ChildProcess } from 'node:child_process'
import { type BundleWorld, runBundle } from '../bundle.ts'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import type { Outcome } from '../emulator/emulator.ts'
import { beforeRuns, neverHappens } from './always.ts'
import { asLeft } from './as-left.ts'
import { fallbackStands, type Rest, restOf, wrongInFallback } from './at-rest.ts'
import type { Before } from './evidence.ts'
import { FastClock } from './fast-clock.ts'
import type { FaultOfMatrix } from './fault-kinds.ts'
import { type Lane, light, type Tap } from './lane.ts'
import { type Exchange, type LedgerEntry, managedOf } from './ledger.ts'
import { nameOf } from './request-names.ts'
import type { Scene } from './scenes.ts'

/** The fault that strikes one request of a scene; the request counts from 1 among those of the same name. */
export interface Case {
  readonly scene: Scene
  readonly request: string
  readonly nth: number
  readonly fault: FaultOfMatrix
}

export function caseName({ scene, request, nth, fault }: Case): string {
  return `${scene.name}/${request} #${nth}/${fault.name}`
}

export interface CaseResult {
  readonly name: string
  /** What did not hold; empty where everything did. */
  readonly wrong: readonly string[]
  readonly runs: readonly LedgerEntry[]
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** After an hour what was minted before no longer counts as a race, and after a day the grace time is over. */
const LATER = 26 * HOUR
/** A scene that is played run by run, each of them held to what may never happen. */
export class Play {
  readonly scene: Scene
  readonly world: BundleWorld
  readonly runs: LedgerEntry[] = []
  readonly wrong: string[] = []
  readonly #clock: FastClock
  readonly #lane: Lane
  readonly #tapBy: (tap: Tap) => void
  readonly #before: Before
  readonly #seeded: readonly Pat[]

  private constructor(scene: Scene, lane: Lane, clock: FastClock, world: Awaited<ReturnType<Lane['enter']>>) {
    this.scene = scene
    this.world = world
    this.#lane = lane
    this.#clock = clock
    this.#tapBy = world.tapBy
    scene.prepare(world)
    this.#before = beforeRuns(world)
    this.#seeded = managedOf(world)
  }

  static async begin(scene: Scene, lane: Lane, factor: number): Promise<Play> {
    const clock = new FastClock(factor)
    return new Play(scene, lane, clock, await lane.enter(clock))
  }

  rest(): Rest {
    return restOf(this.world, this.scene, this.#seeded)
  }

  pass(milliseconds: number): void {
    this.#clock.pass(milliseconds)
  }

  /** @returns how often the fault struck */
  async run(how: { force?: boolean; mended?: boolean; strike?: Case } = {}): Promise<number> {
    const { force = false, mended = false, strike } = how
    const { scene, world } = this
    const exchanges: Exchange[] = []
    const seen = new Map<string, number>()
    const timers: NodeJS.Timeout[] = []
    let process: ChildProcess | undefined
    let strikes = 0
    this.#tapBy(async (request, go) => {
      const name = nameOf(world, request)
      const nth = (seen.get(name) ?? 0) + 1
      seen.set(name, nth)
      const exchange: Exchange = { name: `${name} #${nth}`, request, arrived: this.#clock.now() }
      exchanges.push(exchange)
      const hit = strike?.request === name && strikesNow(strike, nth)
      if (hit) strikes += 1
      exchange.struck = hit
      if (!hit && strikes > 0 && hangsOn(strike)) return { kind: 'hang' }
      exchange.outcome = hit ? await this.#struck(strike.fault, go, () => process, timers) : await go()
      exchange.left = this.#clock.now()
      return exchange.outcome
    })
    const given = {
      'revoke-superseded-after-hours': String(scene.grace),
      'notify-webhook-url': world.webhook.url,
      ...scene.inputs(world, mended),
      force: String(force),
    }
    const entry = { began: this.#clock.now(), struck: strike?.fault, exchanges, given, before: managedOf(world) }
    try {
      const run = await runBundle(world, given, {
        env: {
          ...light.env(world),
          ...this.#clock.env(),
          ...scene.env?.(world),
          // What is struck says all that it would ever say: nothing secret may be in it even so.
          ...(strike === undefined ? {} : { RUNNER_DEBUG: '1', AZURE_LOG_LEVEL: 'verbose' }),
        },
        nodeArgs: light.nodeArgs(world),
        started: (child) => {
          process = child
        },
      })
      this.runs.push({ ...entry, run })
    } finally {
      for (const timer of timers) clearTimeout(timer)
      await this.#lane.quiet()
    }
    const found = neverHappens({ scene, world, runs: this.runs, before: this.#before })
    this.wrong.push(...found.map((complaint) => `run ${this.runs.length}: ${complaint}`))
    return strikes
  }

  async #struck(
    fault: FaultOfMatrix,
    go: () => Promise<Outcome>,
    process: () => ChildProcess | undefined,
    timers: NodeJS.Timeout[],
  ): Promise<Outcome> {
    if (fault.kind === 'wire') {
      this.world.emulator.faults.add({ ...fault.fault, times: 1 })
      return go()
    }
    const kill = (signal: NodeJS.Signals): void => void process()?.kill(signal)
    if (fault.by === 'cancel') {
      kill('SIGINT')
      timers.push(
        this.#clock.later(() => {
          kill('SIGTERM')
        }, 7_500),
        this.#clock.later(() => {
          kill('SIGKILL')
        }, 10_000),
      )
    }
    const outcome: Outcome = fault.done ? await go() : { kind: 'hang' }
    if (fault.by === 'sigkill') kill('SIGKILL')
    return fault.answered ? outcome : { kind: 'hang' }
  }
}

/** Whether nothing is answered any more once the run is cancelled. */
function hangsOn(strike: Case | undefined): boolean {
  return strike?.fault.kind === 'stop' && strike.fault.hangsOn === true
}

function strikesNow({ nth, fault }: Case, now: number): boolean {
  return fault.kind === 'wire' && fault.forGood === true ? now >= nth : now === nth
}

/**
 * What became of the later runs, by how the struck run had left the world. Hundreds of faults leave it the same (most of
 * them as a clean renewal does), and from there on the runs are the same, so they are played once.
 */
export class Recoveries {
  readonly #played = new Map<string, { readonly by: string; readonly wrong: Promise<readonly string[]> }>()
  /** How many cases found theirs played. */
  shared = 0

  async of(
    left: string | undefined,
    name: string,
    playIt: () => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const known = left === undefined ? undefined : this.#played.get(left)
    if (known !== undefined) {
      this.shared += 1
      return (await known.wrong).map((complaint) => `left as by ${known.by}: ${complaint}`)
    }
    const wrong = playIt()
    if (left !== undefined) this.#played.set(left, { by: name, wrong })
    return wrong
  }
}

/** Runs the bundle with the fault, then again without, until the world is as if nothing had happened. */
export async function play(one: Case, lane: Lane, recoveries = new Recoveries()): Promise<CaseResult> {
  const { scene, fault } = one
  const name = caseName(one)
  const game = await Play.begin(scene, lane, fault.factor)
  try {
    const began = game.world.clock.now()
    const strikes = await game.run({ strike: one })
    if (strikes === 0) game.wrong.push('the request never came, so nothing was struck')
    const wrong = await recoveries.of(asLeft(game.world, scene, began), name, () => cleanUp(game))
    game.wrong.push(...wrong)
  } catch (error) {
    game.wrong.push(error instanceof Error ? error.message : String(error))
  }
  return { name, wrong: game.wrong, runs: game.runs }
}

/** @returns what did not hold in the later runs */
async function cleanUp(game: Play): Promise<readonly string[]> {
  const before = game.wrong.length
  await untilAtRest(game)
  return game.wrong.splice(before)
}

/**
 * A later run with the same inputs, forced where a fallback stands, ends as if nothing had happened. Only what waits for the
 * next renewal, for the end of the grace time, or for the day on which stale copies are refreshed, gets more of them.
 */
async function untilAtRest(game: Play): Promise<void> {
  const { scene, world } = game
  game.pass(LATER)
  if (scene.fallsBack) {
    if (!fallbackStands(world, scene)) {
      await cleanRun(game)
      game.wrong.push(...wrongInFallback(world, scene))
      game.pass(4 * DAY)
    }
    await cleanRun(game, { mended: true, force: true })
  } else await cleanRun(game, { force: fallbackStands(world, scene) })
  for (let rest = game.rest(); ; rest = game.rest()) {
    game.wrong.push(...rest.wrong)
    const later = [...[...rest.waiting, ...rest.retiring].map(({ displayName }) => displayName), ...rest.lagging]
    if (rest.wrong.length > 0 || later.length === 0) return
    if (game.runs.length > 4) {
      game.wrong.push(...later.map((what) => `5: "${what}" waits for ever`))
      return
    }
    game.pass(4 * DAY)
    await cleanRun(game, { mended: true, force: rest.waiting.length > 0 })
  }
}

async function cleanRun(game: Play, how: { force?: boolean; mended?: boolean } = {}): Promise<void> {
  await game.run(how)
  const run = game.runs.at(-1)?.run
  if (run?.exitCode !== 0) game.wrong.push(`run ${game.runs.length}: 5: nothing went wrong, and the run failed`)
}
