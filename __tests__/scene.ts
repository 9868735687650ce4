import { inputsFrom, usualInputs } from './action.ts'
import { assemble } from '../src/assemble.ts'
import type { Clock } from '../src/clock.ts'
import { Failure } from '../src/errors.ts'
import { readInputs } from '../src/inputs.ts'
import { operationNamed } from '../src/main.ts'
import { notify } from '../src/operations/notify.ts'
import type { Run } from '../src/operations/run.ts'
import type { Log } from '../src/log.ts'
import type { Conclusion } from '../src/operations/steps/conclude.ts'
import { Secrets } from '../src/secrets.ts'
import type { Fetch } from '../src/wire.ts'
import type { Fault } from './emulator/wire.ts'
import { VirtualClock } from './wire.ts'
import { createWorld, type World } from './world.ts'

/** What became of one run in this process: no network, and time that only moves when somebody waits. */
export interface Told {
  readonly conclusion: Conclusion
  /** Every line of the log; warnings and notices begin with their kind. */
  readonly log: readonly string[]
  /** Errors too. */
  readonly warnings: readonly string[]
  /** The requests of this run alone. */
  readonly requests: readonly string[]
  /** Every value that was masked. */
  readonly masked: ReadonlySet<string>
}

export interface Scene extends World {
  readonly clock: VirtualClock
  /** Runs the action once with the usual inputs and these; the environment is that of a step in hmcts/.github. */
  run(inputs?: Readonly<Record<string, string>>, options?: RunOptions): Promise<Told>
  /** Adds a fault; a hanging one lets time jump to whoever waits for it. */
  fault(fault: Fault): void
  daysPass(days: number): void
}

export interface RunOptions {
  readonly repository?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cancel?: AbortController
  readonly random?: () => number
  /** What is assembled is carried out with this change. */
  readonly alter?: (run: Run) => Run
}

const DAY = 86_400_000

export async function createScene(): Promise<Scene> {
  const clock = new SceneClock()
  const world = await createWorld({ clock })
  const run: Scene['run'] = async (inputs = {}, options = {}) => {
    const began = world.emulator.transcript.length
    const told = await runInProcess(world, clock, inputs, options)
    if (world.emulator.unknown.length > 0) throw new Error(`unknown requests: ${world.emulator.unknown.join(', ')}`)
    return { ...told, requests: world.transcript(began) }
  }
  return {
    ...world,
    clock,
    run,
    fault: (fault) => {
      if (fault.kind.startsWith('hang')) clock.somebodyHangs = true
      world.emulator.faults.add(fault)
    },
    daysPass: (days) => {
      clock.pass(days * DAY)
    },
  }
}

/** One run on any clock, over any wire: the emulator's own by default. */
export async function runInProcess(
  world: World,
  clock: Clock,
  given: Readonly<Record<string, string>>,
  {
    repository = 'hmcts/.github',
    env = {},
    cancel = new AbortController(),
    random = Math.random,
    alter = (run) => run,
    fetch = (url, init) => world.emulator.fetch(url, init),
  }: RunOptions & { readonly fetch?: Fetch } = {},
): Promise<Omit<Told, 'requests'>> {
  const inputs = inputsFrom({ ...usualInputs(world), ...given }, repository)
  const masked = new Set<string>()
  const secrets = new Secrets((value) => masked.add(value))
  const log = new MemoryLog(secrets)
  const read = (name: string): string => inputs[name]?.trim() ?? ''
  const parsed = readInputs({ read, env: { GITHUB_REPOSITORY: repository, ...env }, secrets })
  const carryOut = await operationNamed(parsed.operation)
  const run = alter(assemble(parsed, { fetch, clock, random, log, secrets, cancel: cancel.signal }))
  const conclusion = await carryOut(run)
  const runUrl = `https://github.com/${repository}/actions/runs/7014`
  await notify(run, { ...conclusion, warnings: log.warnings, finishedAt: clock.now(), runUrl }, secrets)
  return { conclusion, log: log.lines, warnings: log.warnings, masked }
}

/** A hanging request never ends by itself: after a moment of real time the virtual clock jumps to its deadline. */
class SceneClock extends VirtualClock {
  somebodyHangs = false

  override deadline(milliseconds: number): AbortSignal {
    const at = this.now() + milliseconds
    if (this.somebodyHangs) {
      setTimeout(() => {
        this.moveTo(at)
      }, 150).unref()
    }
    return super.deadline(milliseconds)
  }
}

class MemoryLog implements Log {
  readonly lines: string[] = []
  readonly warnings: string[] = []
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  info(line: string): void {
    this.#add('', line)
  }

  debug(line: string): void {
    this.#add('debug: ', line)
  }

  notice(line: string): void {
    this.#add('notice: ', line)
  }

  warning(line: string): void {
    this.warnings.push(line)
    this.#add('warning: ', line)
  }

  error(line: string): void {
    this.warnings.push(line)
    this.#add('error: ', line)
  }

  async group<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#add('# ', title)
    return work()
  }

  #add(kind: string, line: string): void {
    if (this.#secrets.redact(line) !== line) throw new Error(`a secret reached the log: ${this.#secrets.redact(line)}`)
    this.lines.push(kind + line)
  }
}

/** What the promise failed with, when it failed as this action fails. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(failure instanceof Failure)) throw new Error(`expected a Failure, got ${String(failure)}`)
  return failure
}
