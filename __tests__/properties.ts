import fc from 'fast-check'

/**
 * A change is judged by the same cases every time: `npm test` draws them all from one seed. `npm run test:properties` draws
 * others, and many more.
 */
const { PROPERTY_SEED = '2026', PROPERTY_TIMES = '1' } = process.env

/** @returns that a property is tried so often, or as many times more as is asked for */
export function tries(runs: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: runs * Number(PROPERTY_TIMES), seed: Number(PROPERTY_SEED) }
}

fc.configureGlobal(tries(100))

export { default as fc } from 'fast-check'
