import type { Actor, Strike } from './actor.ts'
import { asError, type Call, type Event, type Pending, settled, unheard } from './call.ts'
import type { Dice } from './dice.ts'
import { cancelled, tooLate } from './failures.ts'
import { Breach, type World } from './world.ts'

const MINUTE = 60_000
/** A request is on its way for this long at most, answer included; then it counts as lost. */
const TRANSIT = 45_000
const FROM_CANCEL_TO_KILL = 10_000

/** Decides at every call who goes next and when, whose answer is lost, and who is killed. */
export class Scheduler {
  readonly #world: World
  readonly #dice: Dice
  readonly #events: Event[] = []
  readonly #pending = new Map<Actor, Set<Pending>>()
  /** What arrives after the run that sent it was told of a failure. */
  readonly #late: (() => void)[] = []

  constructor(world: World, dice: Dice) {
    this.#world = world
    this.#dice = dice
  }

  at(time: number, fire: () => void): void {
    this.#events.push({ at: time, fire })
  }

  /** Until nothing is left to happen. */
  untilQuiet(afterEach: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          const event = this.#next()
          if (event === undefined) {
            resolve()
            return
          }
          this.#world.now = Math.max(this.#world.now, event.at)
          event.fire()
          afterEach()
        } catch (error) {
          reject(asError(error))
          return
        }
        later(step)
      }
      later(step)
    })
  }

  #next(): Event | undefined {
    let first = 0
    for (let index = 1; index < this.#events.length; index += 1) {
      if ((this.#events[index]?.at ?? 0) < (this.#events[first]?.at ?? 0)) first = index
    }
    return this.#events.splice(first, 1)[0]
  }

  call<T>(actor: Actor, call: Call<T>, last = false): Promise<T> {
    if (actor.fate.quiet) return this.#atOnce(actor, call)
    if (actor.dead) return new Promise(() => undefined)
    if (actor.cancel.signal.aborted && !last) return Promise.reject(cancelled(call.doing))
    const number = ++actor.calls
    return new Promise((resolve, reject) => {
      const pending = this.#note({ actor, doing: call.doing, change: call.change, last, stage: 'waiting', reject })
      this.at(this.#world.now + this.#wait(actor, number, last), () => {
        if (pending.stage === 'waiting') this.#start(pending, call, number, resolve)
      })
    })
  }

  #atOnce<T>(actor: Actor, call: Call<T>): Promise<T> {
    if (actor.dead) return new Promise(() => undefined)
    this.#world.now += 700
    const strike = this.#strikeOn(actor)
    if (strike === 'killed before') return this.#end(actor)
    if (strike === 'lost') return this.#lose(actor, call)
    try {
      const answer = call.effect()
      this.#tell(actor, call.doing)
      if (strike === 'killed after') return this.#end(actor)
      call.answered?.(answer)
      return Promise.resolve(answer)
    } catch (error) {
      this.#tell(actor, `${call.doing}: ${asError(error).message}`)
      return Promise.reject(asError(error))
    }
  }

  /** What strikes the call of a run that is alone. */
  #strikeOn(actor: Actor): Strike['how'] | undefined {
    const { strike } = actor.fate
    if (strike === undefined || (strike.from === 'mint' && actor.mintsAsked === 0)) return undefined
    if (++actor.calls === strike.at) actor.struck = strike.how
    return actor.calls === strike.at ? strike.how : undefined
  }

  #end(actor: Actor): Promise<never> {
    this.kill(actor)
    return new Promise(() => undefined)
  }

  #lose<T>(actor: Actor, call: Call<T>): Promise<never> {
    const { failure, happens } = call.misfortune(this.#dice)
    const effect = (): void => {
      unheard(call.effect)
      this.#tell(actor, `${call.doing} (without an answer)`)
    }
    actor.misfortunes += 1
    if (happens === 'now') effect()
    if (happens === 'late') this.#late.push(effect)
    this.#tell(actor, `could not ${call.doing}: ${failure.message}`)
    return Promise.reject(failure)
  }

  /** What was on its way when a run that was alone ended. */
  arriveLate(): void {
    for (const effect of this.#late.splice(0)) effect()
  }

  #wait({ fate }: Actor, number: number, last: boolean): number {
    if (last) return this.#dice.whole(0, 2000)
    return number === fate.stallsAt ? fate.stall : this.#dice.whole(0, fate.pace)
  }

  #start<T>(pending: Pending, call: Call<T>, number: number, resolve: (answer: T) => void): void {
    const { actor } = pending
    const { killedAt, cancelledAt, loss } = actor.fate
    if (number === cancelledAt && !pending.last) {
      this.#cancel(actor)
      return
    }
    const kill = number === killedAt ? this.#dice.pick('before', 'after') : undefined
    if (kill === 'before') {
      this.kill(actor)
      return
    }
    if (this.#world.now + actor.skew > (call.notAfter ?? Infinity)) {
      this.#settle(pending, call, () => {
        throw tooLate(call.doing)
      })
      return
    }
    pending.stage = 'on its way'
    const misfortune = this.#dice.chance(loss) ? call.misfortune(this.#dice) : undefined
    if (misfortune !== undefined) actor.misfortunes += 1
    const arrives = this.#world.now + this.#dice.whole(0, this.#dice.chance(0.1) ? TRANSIT : 800)
    const answers = arrives + this.#dice.whole(0, this.#dice.chance(0.1) ? MINUTE : 800)
    const effect = (): T => {
      const answer = call.effect()
      this.#tell(actor, `${call.doing}${pending.stage === 'settled' ? ' (without an answer)' : ''}`)
      return answer
    }
    this.at(arrives, () => {
      if (pending.stage === 'settled') {
        // The process is gone or was cancelled; what was on its way may arrive.
        if (call.change && this.#dice.chance(0.5)) unheard(effect)
        return
      }
      if (misfortune === undefined) {
        const answer = settled(effect)
        if (kill === 'after') this.kill(actor)
        else
          this.at(answers, () => {
            this.#settle(pending, call, answer, resolve)
          })
        return
      }
      if (misfortune.happens === 'now') unheard(effect)
      if (misfortune.happens === 'late')
        this.at(answers + this.#dice.whole(1, 20_000), () => {
          unheard(effect)
        })
      this.at(answers, () => {
        this.#settle(pending, call, () => {
          throw misfortune.failure
        })
      })
    })
  }

  #settle<T>(pending: Pending, call: Call<T>, outcome: () => T, resolve?: (answer: T) => void): void {
    if (pending.stage === 'settled') return
    this.#forget(pending)
    try {
      const answer = outcome()
      call.answered?.(answer)
      resolve?.(answer)
    } catch (error) {
      if (error instanceof Breach) throw error
      this.#tell(pending.actor, `could not ${call.doing}: ${asError(error).message}`)
      pending.reject(asError(error))
    }
  }

  sleep(actor: Actor, milliseconds: number): Promise<void> {
    if (actor.fate.quiet) {
      this.#world.now += milliseconds
      return Promise.resolve()
    }
    if (actor.dead) return new Promise(() => undefined)
    if (actor.cancel.signal.aborted) return Promise.reject(cancelled('wait'))
    return new Promise((resolve, reject) => {
      const pending = this.#note({ actor, doing: 'wait', change: false, last: false, stage: 'waiting', reject })
      this.at(this.#world.now + milliseconds, () => {
        if (pending.stage === 'settled') return
        this.#forget(pending)
        resolve()
      })
    })
  }

  /** The process is gone: nothing of it goes on but what is already on its way. */
  kill(actor: Actor): void {
    if (actor.dead || actor.outcome !== undefined) return
    this.#tell(actor, 'is killed')
    actor.dead = true
    if (actor.mintsAsked > 0) this.#world.kills.push(this.#world.now)
    actor.gone()
    for (const pending of this.#pending.get(actor) ?? []) pending.stage = 'settled'
    this.#pending.delete(actor)
  }

  #cancel(actor: Actor): void {
    this.#tell(actor, 'is asked to stop')
    const underWay = [...(this.#pending.get(actor) ?? [])].filter(({ last }) => !last)
    actor.cancel.abort(cancelled('go on'))
    for (const pending of underWay) {
      const fateUnknown = pending.change && pending.stage === 'on its way'
      this.#forget(pending)
      pending.reject(cancelled(pending.doing, fateUnknown))
    }
    this.at(this.#world.now + FROM_CANCEL_TO_KILL, () => {
      this.kill(actor)
    })
  }

  #note(pending: Pending): Pending {
    const all = this.#pending.get(pending.actor) ?? new Set()
    this.#pending.set(pending.actor, all.add(pending))
    return pending
  }

  #forget(pending: Pending): void {
    pending.stage = 'settled'
    this.#pending.get(pending.actor)?.delete(pending)
  }

  #tell(actor: Actor, line: string): void {
    if (this.#world.traced) this.#world.tell(`${actor.name}: ${line}`)
  }
}

/** After every promise has gone as far as it can: a tick asked for by a microtask comes when no microtask is left. */
function later(step: () => void): void {
  queueMicrotask(() => {
    process.nextTick(step)
  })
}
