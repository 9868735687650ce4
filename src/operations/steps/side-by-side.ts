/** Enough to use all that GitHub's limits allow, and few enough to stop in time. */
const SIDE_BY_SIDE = 10

/**
 * Does the work for every item, ten at a time, begun in the order given. Once one fails no other is begun.
 * @returns what became of each item, in the order of the items
 * @throws what the first of them failed with
 */
export async function sideBySide<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results = new Map<number, R>()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      try {
        results.set(index, await work(items[index] as T))
      } catch (error) {
        next = items.length
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, worker))
  return items.map((_, index) => results.get(index) as R)
}
