import { expect, test } from '@jest/globals'
import { progressOf, type Progress } from '../../../src/operations/steps/sweep.ts'
import { VirtualClock } from '../../wire.ts'

const SECOND = 1000

/** Work on so many things, and what is told of it. */
function working(total: number): { clock: VirtualClock; log: string[]; progress: Progress } {
  const clock = new VirtualClock()
  const log: string[] = []
  const ignore = (): void => undefined
  const progress = progressOf(
    {
      clock,
      log: {
        info: (line) => log.push(line),
        debug: (line) => log.push(`debug: ${line}`),
        warning: ignore,
        notice: ignore,
        error: ignore,
        group: (_, work) => work(),
      },
    },
    'things done',
    total,
  )
  return { clock, log, progress }
}

function steps({ clock, progress }: ReturnType<typeof working>, count: number, seconds: number): void {
  for (let step = 0; step < count; step += 1) {
    clock.pass(seconds * SECOND)
    progress.step()
  }
}

test('each of a few has a line of its own, and nothing is counted', () => {
  const work = working(20)
  work.progress.tell('one')
  steps(work, 20, 10)
  expect(work.log).toEqual(['one'])
})

test('each of many stands in the debug log alone', () => {
  const { log, progress } = working(21)
  progress.tell('one')
  expect(log).toEqual(['debug: one'])
})

test('every five seconds a line says how many, how fast and how much longer; the last one says no more than that', () => {
  const work = working(21)
  steps(work, 21, 1)
  expect(work.log).toEqual([
    '5 of 21 things done, 60 a minute; about 16 s left.',
    '10 of 21 things done, 60 a minute; about 11 s left.',
    '15 of 21 things done, 60 a minute; about 6 s left.',
    '20 of 21 things done, 60 a minute; about 1 s left.',
    '21 of 21 things done, 60 a minute.',
  ])
})

test('from two minutes on the time left is told in minutes', () => {
  const work = working(30)
  steps(work, 8, 5)
  expect(work.log.map((line) => /about (.*) left/.exec(line)?.[1])).toEqual([
    ...['3 min', '3 min', '3 min', '3 min', '3 min'],
    ...['2 min', '115 s', '110 s'],
  ])
})

test('work that takes no time has a pace all the same', () => {
  const work = working(21)
  steps(work, 21, 0)
  expect(work.log).toEqual(['21 of 21 things done, 1260000 a minute.'])
})
