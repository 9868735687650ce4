import { DAY, iso, MINUTE } from '../../src/clock.ts'
import { organizationPlaces, repositoryPlaces } from '../../src/operations/steps/places.ts'
import { type Actor, quietly } from './actor.ts'
import type { Place } from '../../src/place.ts'
import type { Means } from './azure-devops.ts'
import { Dice } from './dice.ts'
import { botQueued, canSignIn, Entra, signInByHand } from './entra.ts'
import { fateFrom, Strikes } from './fates.ts'
import { judgeDeaths, judgeOutcome } from './judge.ts'
import { meddle, patByHand } from './people.ts'
import { act, actorFor, type Asked, type Operation, type Setup } from './runs.ts'
import { type Scenario, scenarioFrom } from './scenario.ts'
import { Scheduler } from './scheduler.ts'
import { Watch } from './watch.ts'
import { type Secret, World, type WorldPat } from './world.ts'

/** The months of one seed: a world, what befalls it, and the runs in it. */
export class Months {
  readonly world: World
  readonly scenario: Scenario
  readonly watch: Watch
  readonly #seed: number
  readonly #quiet: Means
  /** Nobody's run, to judge the state of things by. */
  readonly #nobody: Actor
  readonly #places: readonly Place[]
  readonly #strikes: Strikes
  /** When runs renewed, since something happened last. */
  #renewals: number[] = []
  runs = 0
  /** The last quiet run warned that a fallback stands. */
  saysFallback = false

  constructor(seed: number, tell?: (line: string) => void) {
    this.#seed = seed
    const dice = new Dice(seed)
    this.scenario = scenarioFrom(dice, new Dice(seed, -3), new Dice(seed, -5))
    this.world = new World(this.scenario.clocks, tell)
    if (this.scenario.rolling !== undefined) this.world.entra = new Entra(this.scenario.rolling)
    signInByHand(this.world)
    this.#strikes = new Strikes(new Dice(seed, -6))
    this.watch = new Watch(this.world)
    this.#quiet = this.#means(-2)
    this.#nobody = actorFor(this.world.now, this.#setup, { name: 'nobody', skew: 0, fate: quietly })
    this.#places = [...organizationPlaces(this.#nobody.inputs), ...repositoryPlaces(this.#nobody.inputs)]
    this.#begin(dice)
  }

  get #setup(): Setup {
    return this.scenario.setup
  }

  /** Mostly a PAT that an earlier renewal delivered; sometimes one made by hand, or nothing. */
  #begin(dice: Dice): void {
    const { world } = this
    const { inputs } = this.#nobody
    const places = this.#setup.target === 'organization' ? organizationPlaces(inputs) : repositoryPlaces(inputs)
    const how = dice.whole(0, 9)
    if (how === 0) return
    const slot = this.#setup.target === 'organization' ? 'hmcts' : this.#setup.thisRepository
    const pat = how < 3 ? patByHand(world, dice.whole(5, 60)) : this.#mintedBefore(dice, slot)
    const at = how < 3 ? world.gitHubTime() : world.now - (world.azureDevOpsTime() - pat.validFrom) + MINUTE
    for (const place of places) {
      const text = place.form === 'plain' ? pat.value : Buffer.from(pat.value).toString('base64')
      world.write(place, text, { at, byHand: how < 3, ...(how < 3 ? {} : { slot }) })
    }
  }

  #mintedBefore(dice: Dice, slot: string): WorldPat {
    const { patLifetime, renewBeforeDays } = this.#setup
    const validFrom = this.world.azureDevOpsTime() - dice.whole(0, patLifetime / DAY - renewBeforeDays) * DAY
    const displayName = `AZURE_DEVOPS_ARTIFACT_TOKEN [${slot}] ${iso(validFrom)}`
    const validTo = validFrom + patLifetime
    return this.world.addPat({
      displayName,
      scopes: ['vso.packaging_write'],
      validFrom,
      validTo,
      knownFrom: validFrom,
      proved: true,
    })
  }

  #means(number: number): Means {
    const [dice, ofScheduler] = [new Dice(this.#seed, number, 1), new Dice(this.#seed, number, 2)]
    return { world: this.world, dice, watch: this.watch, scheduler: new Scheduler(this.world, ofScheduler) }
  }

  /** A step in a workflow of a repository that renews a copy of its own once the feed refuses what it holds. */
  ownSlotRun(dice: Dice, setup: Setup): Promise<Actor> {
    return this.quietRun(dice, { currentPat: this.currentPat(setup) }, setup)
  }

  /** A run by itself. */
  async quietRun(dice: Dice, asked: Partial<Asked> = {}, setup = this.#setup): Promise<Actor> {
    const given = { currentPat: this.scenario.givesCurrentPat ? this.currentPat(setup) : undefined, ...asked }
    const actor = this.#actor(
      dice,
      { fate: { ...quietly, strike: this.#strikes.next(this.world.now) }, ...given },
      setup,
    )
    const gone = new Promise<void>((resolve) => (actor.gone = resolve))
    await Promise.race([this.#actAndJudge(this.#quiet, actor), gone])
    this.#quiet.scheduler.arriveLate()
    this.#throwBreach()
    this.judgeStep()
    this.#judgeSignIn(actor.struck !== undefined)
    if (actor.struck !== undefined) this.#strikes.struck(this.world.now)
    if (setup !== this.#setup) return actor
    this.saysFallback = actor.saysFallback
    this.#judgeMints(actor)
    return actor
  }

  /** From now on nothing goes wrong. */
  calm(): void {
    this.#strikes.end()
    this.disturb()
  }

  /** Something happened that may make the next runs renew though the last one did. */
  disturb(): void {
    this.#renewals = []
  }

  /**
   * Nothing happened since, and the PAT lives for weeks: three renewals on end would go on forever. In a fallback a refused
   * current-pat makes every run due, as long as the organization secret holds what is refused.
   */
  #judgeMints({ name, inputs, minted, outcome, currentPat, saysFallback, misfortunes }: Actor): void {
    const { world } = this
    if (outcome === 'not-due') return
    const live = minted !== undefined && minted.validTo > world.now + 10 * DAY
    const vaultLags = inputs.vault !== undefined && world.troubles.vault !== undefined
    if (
      misfortunes > 0 ||
      outcome !== 'renewed' ||
      !live ||
      inputs.force ||
      vaultLags ||
      (saysFallback && currentPat === 'refused')
    ) {
      this.disturb()
      return
    }
    this.#renewals.push(world.now)
    if (world.now - (this.#renewals.at(-3) ?? -Infinity) < 4 * DAY) this.watch.fail(`${name} renews day by day`)
  }

  /** Several runs at once, with people in between. */
  async crowd(day: number, dice: Dice): Promise<void> {
    const means = this.#means(day)
    this.disturb()
    for (let many = dice.whole(2, 5); many > 0; many -= 1) {
      const own = dice.chance(0.25)
      const setup = (own ? this.scenario.ownSlot : undefined) ?? this.#setup
      means.scheduler.at(this.world.now + dice.whole(0, dice.pick(1, 20, 100)) * MINUTE, () => {
        const currentPat = dice.chance(own ? 0.7 : 0.4) ? this.currentPat(setup) : undefined
        const operation: Operation = dice.chance(0.2) ? dice.pick<Operation>('check', 'extend', 'revoke') : 'renew'
        const asked = {
          operation,
          force: dice.chance(0.4),
          dryRun: dice.chance(0.03),
          currentPat,
          fate: fateFrom(dice),
        }
        void this.#actAndJudge(means, this.#actor(dice, asked, setup))
      })
    }
    for (let deeds = this.scenario.meddled.size > 0 ? dice.whole(0, 2) : 0; deeds > 0; deeds -= 1) {
      means.scheduler.at(this.world.now + dice.whole(0, 120) * MINUTE, () => {
        meddle(this.world, dice, this.#setup)
      })
    }
    await means.scheduler.untilQuiet(() => {
      this.judgeStep()
    })
    this.#throwBreach()
    this.#judgeSignIn(true)
  }

  #throwBreach(): void {
    if (this.watch.breach !== undefined) throw this.watch.breach
  }

  #actor(dice: Dice, asked: Omit<Asked, 'name' | 'skew' | 'bot'>, setup: Setup): Actor {
    const skew = dice.whole(-this.scenario.runnerSkew, this.scenario.runnerSkew)
    const bot = setup === this.#setup ? botQueued(this.world) : undefined
    const actor = actorFor(this.world.now, setup, { ...asked, bot, skew, name: `run ${++this.runs}` })
    if (this.world.traced) {
      const how = [
        asked.operation,
        asked.force && 'forced',
        asked.dryRun && 'dry',
        asked.currentPat !== undefined && 'with current-pat',
      ]
      this.world.tell(
        `${actor.name} of ${actor.slot} begins ${how.filter((word) => word !== false && word !== undefined).join(', ')}`,
      )
    }
    return actor
  }

  async #actAndJudge(means: Means, actor: Actor): Promise<void> {
    try {
      const conclusion = await act(means, actor)
      this.#throwBreach()
      if (actor.dead) return
      judgeOutcome(this.world, this.watch, actor, conclusion)
    } catch (error) {
      if (this.watch.breach === undefined) {
        this.world.tell(String((error as Error).stack))
        this.watch.note(`${actor.name} threw: ${String(error)}`)
      }
      if (actor.fate.quiet) throw this.watch.breach ?? error
    }
  }

  /** What a job of that repository sees: its own copy, else the organization secret. */
  currentPat({ target, thisRepository }: Setup): string | undefined {
    const seen = this.#places.filter(({ store, form }) => store === 'actions' && form === 'plain')
    const own = seen.find(({ home }) => home.kind === 'repository' && home.repository === thisRepository)
    const organization = target === 'organization' ? seen.find(({ home }) => home.kind === 'organization') : undefined
    return ((own && this.world.secret(own)) ?? (organization && this.world.secret(organization)))?.text
  }

  /** After every step: what places hold is alive, and the bot can sign in. */
  judgeStep(): void {
    judgeDeaths(this.world, this.watch, this.#nobody)
    if (this.world.entra?.rolling !== 'ends-at-once') this.#judgeSignIn(false)
  }

  /**
   * 6: what is stored signs the bot in. A refresh token that ends at once is lost with the answer that it was traded for:
   * nobody can help that, nor runs that were queued with it at the same time. Then somebody signs in again.
   */
  #judgeSignIn(disturbed: boolean): void {
    const { world } = this
    if (world.entra === undefined || canSignIn(world)) return
    if (!disturbed || world.entra.rolling !== 'ends-at-once') this.watch.fail('what is stored does not sign the bot in')
    signInByHand(world)
    world.lastTrouble.bot = world.now
  }

  /** Every secret of the organization and of the configured repositories. */
  secrets(): readonly Secret[] {
    return this.#places.flatMap((place) => this.world.secret(place) ?? [])
  }
}
