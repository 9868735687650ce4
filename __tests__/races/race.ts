import type { Scene, Told } from '../scene.ts'

/** Numbers from 0 up to 1 that depend on the seed alone (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const MOST_TURNS = 12

/** From now on each request waits some turns of the event loop on its way there and some on its way back. */
export function shuffleRequests({ emulator }: Scene, seed: number): void {
  const { fetch } = emulator
  const roll = dice(seed)
  const someTurns = async () => {
    for (let left = Math.floor(roll() * MOST_TURNS); left > 0; left -= 1) await new Promise(setImmediate)
  }
  Object.assign(emulator, {
    fetch: async (...request: Parameters<typeof fetch>) => {
      await someTurns()
      const answer = await fetch(...request)
      await someTurns()
      return answer
    },
  })
}

/** So many runs begin at the same moment, in the same slot, without a concurrency group. */
export async function raceOf(
  scene: Scene,
  runs: number,
  inputs: Readonly<Record<string, string>> = {},
): Promise<readonly Told[]> {
  return Promise.all(Array.from({ length: runs }, () => scene.run(inputs)))
}
