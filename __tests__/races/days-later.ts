import type { BundleOptions, BundleWorld } from '../bundle.ts'

const DAY = 86_400_000

/** Moves the clocks of all services to so many days after the beginning. The runs there need `options`: their clock moves too. */
export function daysLater(world: BundleWorld, days: number): BundleOptions {
  const shift = days * DAY
  for (const service of [world.entra, world.ado, world.github]) service.skew = shift
  const moved = `const { now } = Date; Date.now = () => now() + ${shift}`
  return { nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(moved)}`] }
}
