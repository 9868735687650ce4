import { expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE } from '../../src/clock.ts'
import { noRoomInWords } from '../../src/operations/steps/short-life.ts'
import { managed, NOW } from './slot.ts'

const words = (life: number, renewBeforeDays = 10) =>
  noRoomInWords(managed(0, 'delivered', { expiresAt: NOW + life }).pat, renewBeforeDays)

test.each([
  [3 * DAY, 10],
  [3 * DAY - 45 * MINUTE, 10],
  [30 * DAY, 1],
])('a life of %d ms, renewed %d days before its end, leaves a day', (life, renewBeforeDays) => {
  expect(words(life, renewBeforeDays)).toBeUndefined()
})

test.each([
  [3 * DAY - 46 * MINUTE, 10, 'lives 71 h and is due 24 h before its end', 'until then run every 11 hours.'],
  [DAY, 10, 'lives 24 h and is due 8 h before its end', 'until then run every 4 hours.'],
  [6 * HOUR, 10, 'lives 6 h and is due 2 h before its end', 'until then run every hour.'],
  [5 * HOUR, 10, 'lives 5 h and is due 2 h before its end', 'until then builds break between two runs.'],
  [30 * DAY, 0, 'lives 720 h and is due 0 h before its end', 'until then builds break between two runs.'],
])('a life of %d ms, renewed %d days before its end, leaves none', (life, renewBeforeDays, how, often) => {
  expect(words(life, renewBeforeDays)).toContain(`That leaves no room: the PAT ${how}, so builds break`)
  expect(words(life, renewBeforeDays)?.endsWith(often)).toBe(true)
})
