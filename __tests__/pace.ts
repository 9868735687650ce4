import type { Pace } from '../src/github/pace.ts'

/**
 * As many requests at once as the action's own pace lets through, and no more waiting than that: the real one keeps real
 * time, which scenes in virtual time would spend most of theirs on.
 */
export function tenAtOnce(): Pace {
  const waiting: (() => void)[] = []
  let free = 10
  return {
    async run(_, work) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
    slowDown: () => undefined,
  }
}
