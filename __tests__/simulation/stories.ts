import { DAY, MINUTE } from '../../src/clock.ts'
import type { Refusal } from '../../src/github/refusals.ts'
import { quietly } from './actor.ts'
import type { Means } from './azure-devops.ts'
import { Dice } from './dice.ts'
import { judgeDeaths } from './judge.ts'
import { act, actorFor, type Setup, usualSetup } from './runs.ts'
import { Scheduler } from './scheduler.ts'
import { Watch } from './watch.ts'
import { type Access, Breach, World } from './world.ts'

const BEGAN = Date.UTC(2026, 10, 21, 8)

/** A world in which one run a day happens, alone and undisturbed, and what befalls it is written down. */
class Stage {
  readonly world: World
  readonly #means: Means
  readonly #setup: Setup
  #runs = 0
  /** Told each line of what happens. */
  onLine: (line: string) => void = () => undefined

  constructor(setup: Partial<Setup>, tell?: (line: string) => void) {
    this.world = new World({ began: BEGAN, ends: BEGAN + 90 * DAY, azureDevOps: [0, 0], gitHub: [0, 0] }, (line) => {
      tell?.(line)
      this.onLine(line)
    })
    const dice = new Dice(1)
    const watch = new Watch(this.world)
    this.#means = { world: this.world, watch, dice, scheduler: new Scheduler(this.world, dice) }
    this.#setup = { ...usualSetup, repositories: ['hmcts/app-a'], ...setup }
  }

  /** From now on GitHub refuses the writes of these stores of the organization; of all, where none are named. */
  refuse(refusal: Refusal, ...stores: readonly string[]): void {
    const named = stores.length === 0 ? undefined : stores
    this.world.troubles.organization = { refusal, readsToo: false, stores: named }
  }

  letRead(access: Access): void {
    for (const secret of this.world.secrets.values())
      if (secret.place.home.kind === 'organization') this.world.changeAccess(secret, access)
  }

  /** @throws Breach */
  async runs(days: number): Promise<void> {
    for (let day = 0; day < days; day += 1) {
      const actor = actorFor(this.world.now, this.#setup, { name: `run ${++this.#runs}`, skew: 0, fate: quietly })
      judgeDeaths(this.world, this.#means.watch, actor)
      await act(this.#means, actor)
      if (this.#means.watch.breach !== undefined) throw this.#means.watch.breach
      this.world.now += DAY + MINUTE
    }
  }
}

type Story = (tell?: (line: string) => void) => Promise<void>

/** What no seed shows, or only one in tens of thousands, written down. */
export const stories = {
  'a fallback, and then a credential that GitHub refuses': async (tell) => {
    const stage = new Stage({}, tell)
    await stage.runs(1)
    stage.world.now += 20 * DAY
    stage.refuse('no-permission')
    await stage.runs(2)
    stage.refuse('bad-credential')
    await stage.runs(40)
  },
  'a mixed fallback, and then a change of who can read the secret': async (tell) => {
    const stage = new Stage({ stores: ['actions', 'dependabot'] }, tell)
    await stage.runs(1)
    stage.world.now += 20 * DAY
    stage.refuse('no-permission', 'dependabot')
    await stage.runs(5)
    stage.letRead({ visibility: 'all', selected: [] })
    await stage.runs(5)
    stage.refuse('no-permission')
    await stage.runs(30)
  },
  'a secret that is no longer for selected repositories, between two looks': async (tell) => {
    const stage = new Stage({ visibility: 'selected' }, tell)
    await stage.runs(1)
    stage.world.now += 25 * DAY
    let minted = false
    stage.onLine = (line) => {
      minted ||= line.includes(': mint "')
      if (minted && line.includes('look at ')) stage.letRead({ visibility: 'private', selected: [] })
    }
    await stage.runs(1)
  },
} satisfies Readonly<Record<string, Story>>

export type StoryName = keyof typeof stories

export function isStory(name: string): name is StoryName {
  return name in stories
}

/** @returns what happened that may never happen */
export async function playStory(name: StoryName, tell?: (line: string) => void): Promise<string | undefined> {
  const story: Story = stories[name]
  try {
    await story(tell)
    return undefined
  } catch (error) {
    if (error instanceof Breach) return error.message
    throw error
  }
}
