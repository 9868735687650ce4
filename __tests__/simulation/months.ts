import { DAY, iso, MINUTE, SECOND } from '../../src/clock.ts'
import { organizationPlaces, repositoryPlaces } from '../../src/operations/steps/places.ts'
import { type Actor, type Fate, quietly } from './actor.ts'
import type { Place } from '../../src/place.ts'
import type { Means } from './azure-devops.ts'
import { Dice } from './dice.ts'
import { judgeDeaths, judgeOutcome } from './judge.ts'
import { meddle, patByHand } from './people.ts'
import { act, actorFor, type Asked, type Setup } from './runs.ts'
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
  /** When runs renewed, since something happened last. */
  #renewals: number[] = []
  runs = 0
  /** The last quiet run warned that a fallback stands. */
  saysFallback = false

  constructor(seed: number, tell?: (line: string) => void) {
    this.#seed = seed
    const dice = new Dice(seed)
    this.scenario = scenarioFrom(dice, new Dice(seed, -3))
    this.world = new World(this.scenario.clocks, tell)
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
    const actor = this.#actor(dice, { fate: quietly, ...given }, setup)
    await this.#actAndJudge(this.#quiet, actor)
    if (setup !== this.#setup) return actor
    this.saysFallback = actor.saysFallback
    this.#judgeMints(actor)
    return actor
  }

  /** Something happened that may make the next runs renew though the last one did. */
  disturb(): void {
    this.#renewals = []
  }

  /**
   * Nothing happened since, and the PAT lives for weeks: three renewals on end would go on forever. In a fallback a refused
   * current-pat makes every run due, as long as the organization secret holds what is refused.
   */
  #judgeMints({ name, inputs, minted, outcome, currentPat, saysFallback }: Actor): void {
    const { world } = this
    if (outcome === 'not-due') return
    const live = minted !== undefined && minted.validTo > world.now + 10 * DAY
    const vaultLags = inputs.vault !== undefined && world.troubles.vault !== undefined
    if (outcome !== 'renewed' || !live || inputs.force || vaultLags || (saysFallback && currentPat === 'refused')) {
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
        const asked = { force: dice.chance(0.4), dryRun: dice.chance(0.03), currentPat, fate: fateFrom(dice) }
        void this.#actAndJudge(means, this.#actor(dice, asked, setup))
      })
    }
    for (let deeds = this.scenario.meddled.size > 0 ? dice.whole(0, 2) : 0; deeds > 0; deeds -= 1) {
      means.scheduler.at(this.world.now + dice.whole(0, 120) * MINUTE, () => {
        meddle(this.world, dice, this.#setup)
      })
    }
    await means.scheduler.untilQuiet()
    this.#throwBreach()
  }

  #throwBreach(): void {
    if (this.watch.breach !== undefined) throw this.watch.breach
  }

  #actor(dice: Dice, asked: Omit<Asked, 'name' | 'skew'>, setup: Setup): Actor {
    const skew = dice.whole(-this.scenario.runnerSkew, this.scenario.runnerSkew)
    const actor = actorFor(this.world.now, setup, { ...asked, skew, name: `run ${++this.runs}` })
    if (this.world.traced) {
      const how = [asked.force && 'forced', asked.dryRun && 'dry', asked.currentPat !== undefined && 'with current-pat']
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

  judgeDeaths(): void {
    judgeDeaths(this.world, this.watch, this.#nobody)
  }

  /** Every secret of the organization and of the configured repositories. */
  secrets(): readonly Secret[] {
    return this.#places.flatMap((place) => this.world.secret(place) ?? [])
  }
}

function fateFrom(dice: Dice): Fate {
  const stall = dice.chance(0.25)
  return {
    quiet: false,
    pace: dice.pick(2 * SECOND, 20 * SECOND, MINUTE, 4 * MINUTE),
    loss: dice.pick(0, 0, 0.04, 0.15),
    killedAt: dice.chance(0.25) ? dice.whole(1, 30) : 0,
    cancelledAt: dice.chance(0.1) ? dice.whole(1, 30) : 0,
    stallsAt: stall ? dice.whole(1, 25) : 0,
    stall: stall ? dice.whole(MINUTE, 100 * MINUTE) : 0,
  }
}
