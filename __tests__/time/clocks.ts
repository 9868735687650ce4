import { expect } from '@jest/globals'
import type { Scene } from '../scene.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Whether a build that is queued now can use the feed. */
export function buildsWork(scene: Scene, home = 'hmcts'): boolean {
  return scene.ado.accepts(scene.held(home)?.token ?? '')
}

/** Runs once, and checks that no run mints twice. */
export async function outcomeOf(scene: Scene, inputs: Readonly<Record<string, string>> = {}): Promise<string> {
  const { conclusion, requests } = await scene.run(inputs)
  expect(requests.filter((request) => request.startsWith('POST vssps')).length).toBeLessThanOrEqual(1)
  return conclusion.outcome
}
