import { availableParallelism } from 'node:os'
import { createWorld } from '../world.ts'
import { type Case, type CaseResult, play, Play, Recoveries } from './case.ts'
import { faultKinds, isFor } from './fault-kinds.ts'
import { wrongInFallback } from './at-rest.ts'
import { copyBundle, type Lane, openLane } from './lane.ts'
import { type Scene, scenes } from './scenes.ts'

/** Most of a case is waiting, and starting a process keeps one core busy. */
const LANES = 3 * availableParallelism()

/** Lanes to play cases in, closed at the end. */
export async function withLanes<T>(work: (lanes: readonly Lane[]) => Promise<T>, count = LANES): Promise<T> {
  const bundle = await copyBundle()
  const lanes: Lane[] = []
  try {
    const hosts = await createWorld({ clock: { now: Date.now } })
    for (let index = 0; index < count; index += 1) lanes.push(await openLane(bundle.folder, hosts))
    return await work(lanes)
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()))
    await bundle.remove()
  }
}

/** Every request of a clean renewal with every fault, in the order in which the requests came. */
export async function learnCases(lanes: readonly Lane[]): Promise<readonly Case[]> {
  const cases: Case[] = []
  for (const scene of scenes) cases.push(...(await learn(scene, lanes)))
  return cases
}

async function learn(scene: Scene, [lane]: readonly Lane[]): Promise<readonly Case[]> {
  if (lane === undefined) throw new TypeError('no lane')
  const game = await Play.begin(scene, lane, 1)
  await game.run()
  const { wrong, ...later } = scene.fallsBack ? { wrong: wrongInFallback(game.world, scene) } : game.rest()
  const broken = [...game.wrong, ...wrong, ...Object.values(later).flat()]
  const [clean] = game.runs
  if (clean === undefined || broken.length > 0 || clean.run.outputs.outcome !== 'renewed') {
    throw new Error(`The clean renewal "${scene.name}" is none: ${JSON.stringify(broken)}\n${clean?.run.shown ?? ''}`)
  }
  const struck = clean.exchanges.filter(({ request: { method } }) => scene.strikes?.(method) ?? true)
  return struck.flatMap(({ name, request: { method, url } }) =>
    faultKinds
      .filter((fault) => isFor(fault, method, url.host))
      .map((fault) => {
        const [, request = '', nth] = /^(.*) #(\d+)$/.exec(name) ?? []
        return { scene, request, nth: Number(nth), fault }
      }),
  )
}

/**
 * Plays the cases side by side.
 * @param told after each
 * @param recoveries where later runs are looked up that another case has played
 * @returns what became of them; the runs only of those that do not hold, for there are thousands
 */
export async function playAll(
  cases: readonly Case[],
  lanes: readonly Lane[],
  told: (result: CaseResult) => void = () => undefined,
  recoveries = new Recoveries(),
): Promise<readonly CaseResult[]> {
  const waiting = [...cases]
  const results: CaseResult[] = []
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const result = await play(next, lane, recoveries)
        results.push(result.wrong.length > 0 ? result : { ...result, runs: [] })
        told(result)
      }
    }),
  )
  return results
}
