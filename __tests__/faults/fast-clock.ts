import type promisesOfTimers from 'node:timers/promises'
import type { EmulatorClock } from '../emulator/emulator.ts'

/** A clock that the emulated services and the processes of the bundle share, and that runs faster than time does. */
export class FastClock implements EmulatorClock {
  readonly factor: number
  readonly #real = Date.now()
  #fast = this.#real

  constructor(factor: number) {
    this.factor = factor
  }

  now(): number {
    return this.#fast + (Date.now() - this.#real) * this.factor
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.later(resolve, milliseconds))
  }

  later(work: () => void, milliseconds: number): NodeJS.Timeout {
    return setTimeout(work, milliseconds / this.factor)
  }

  /** Moves the time of all processes that are started from now on. */
  pass(milliseconds: number): void {
    this.#fast += milliseconds
  }

  /** What makes a Node process that runs `livesByTheClock` first live by this clock. */
  env(): Readonly<Record<string, string>> {
    const pace: Pace = { real: this.#real, fast: this.#fast, factor: this.factor }
    return { FAST_CLOCK: JSON.stringify(pace) }
  }
}

/** Source of a CommonJS file for `--require`: an ES module would cost each process the loader of modules a second time. */
export function livesByTheClock(): string {
  return `(${String(liveBy)})(
    JSON.parse(process.env.FAST_CLOCK),
    require('node:timers'),
    require('node:timers/promises'),
    require('node:net').Socket.prototype,
  )
  delete process.env.FAST_CLOCK
  require('node:module').syncBuiltinESMExports()`
}

interface Pace {
  readonly real: number
  readonly fast: number
  readonly factor: number
}

type Timers = Pick<typeof globalThis, 'setTimeout' | 'setInterval'>
type TimerPromises = Pick<typeof promisesOfTimers, 'setTimeout'>
interface Socket {
  setTimeout: (this: Socket, milliseconds: number, whenOver?: () => void) => Socket
}

/** Runs inside the process of the bundle, as source text: it must not refer to anything of this module. */
function liveBy(
  pace: Pace,
  timers: { -readonly [K in keyof Timers]: Timers[K] },
  promises: { -readonly [K in keyof TimerPromises]: TimerPromises[K] },
  socket: Socket,
): void {
  const RealDate = Date
  const { setTimeout, setInterval } = globalThis
  const { setTimeout: wait } = promises
  const { setTimeout: setSocketTimeout } = socket
  const now = (): number => pace.fast + (RealDate.now() - pace.real) * pace.factor
  const shorter = <T>(milliseconds: T): T | number =>
    typeof milliseconds === 'number' && milliseconds > 0 ? Math.ceil(milliseconds / pace.factor) : milliseconds
  const faster = <F extends (...all: never[]) => unknown>(timer: F): F => {
    const fast = (work: unknown, milliseconds: unknown, ...rest: unknown[]): unknown =>
      Reflect.apply(timer, undefined, [work, shorter(milliseconds), ...rest])
    return Object.defineProperties(fast, Object.getOwnPropertyDescriptors(timer)) as unknown as F
  }

  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: unknown[], made) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  })
  globalThis.setTimeout = timers.setTimeout = faster(setTimeout)
  globalThis.setInterval = timers.setInterval = faster(setInterval)
  promises.setTimeout = (milliseconds, ...rest) => wait(shorter(milliseconds), ...rest)
  AbortSignal.timeout = (milliseconds) => {
    const controller = new AbortController()
    const over = (): void => {
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    }
    setTimeout(over, shorter(milliseconds)).unref()
    return controller.signal
  }
  socket.setTimeout = function (milliseconds, whenOver) {
    return setSocketTimeout.call(this, shorter(milliseconds), whenOver)
  }
}
