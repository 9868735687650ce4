import { describe, expect, it } from '@jest/globals'
import { createRunnerLog } from '../../src/report/runner-log.ts'
import { fc } from '../properties.ts'
import { secretsOf } from './results.ts'
import { transcript } from './runner.ts'

type Kind = 'notice' | 'warning' | 'error'

/** What the runner is told when so many of a kind are reported and the log is closed. */
function saidOf(kind: Kind, count: number): readonly string[] {
  const { core, said } = transcript()
  const log = createRunnerLog(core, secretsOf())
  for (let number = 1; number <= count; number += 1) log[kind](`number ${number}`)
  log.closeAnnotations()
  return said
}

describe('annotations', () => {
  it.each<[Kind, number]>([
    ['notice', 10],
    ['warning', 10],
    ['error', 9],
  ])('of the kind %s are at most %i, and every text stands in the log', (kind, room) => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), (count) => {
        const said = saidOf(kind, count)
        expect(said.filter((line) => line.startsWith(kind))).toHaveLength(Math.min(count, room))
        for (let number = 1; number <= count; number += 1) {
          expect(said.some((line) => line.endsWith(`number ${number}`))).toBe(true)
        }
      }),
    )
  })

  it('are all real ones where the runner has room for all', () => {
    expect(saidOf('warning', 10).slice(8)).toEqual(['warning number 9', 'info Warning: number 10', 'warning number 10'])
  })

  it('are summed up in the last place where it has not', () => {
    expect(saidOf('warning', 12).slice(9)).toEqual([
      'info Warning: number 10',
      'info Warning: number 11',
      'info Warning: number 12',
      'warning 3 more warnings stand in the log and the summary.',
    ])
  })

  it('leave one place for the error of core.setFailed', () => {
    expect(saidOf('error', 12).slice(8)).toEqual([
      'info Error: number 9',
      'info Error: number 10',
      'info Error: number 11',
      'info Error: number 12',
      'error 4 more errors stand in the log.',
    ])
  })

  it('stay within their room after the log was closed', () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf())
    for (let number = 1; number <= 12; number += 1) log.notice(`number ${number}`)
    log.closeAnnotations()
    log.notice('late')
    log.closeAnnotations()
    expect(said.slice(-2)).toEqual(['notice 3 more notices stand in the log.', 'info Notice: late'])
  })

  it('say a warning once, however often what it tells of was read', () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf())
    for (const line of ['2 repositories are hidden', 'another', '2 repositories are hidden']) log.warning(line)
    log.closeAnnotations()
    expect(said).toEqual(['warning 2 repositories are hidden', 'warning another'])
    expect(log.warnings()).toEqual(['2 repositories are hidden', 'another'])
  })

  it('are counted apart for each kind, and warnings and errors are remembered for the summary', () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf())
    for (let number = 1; number <= 8; number += 1) {
      log.warning(`warning ${number}`)
      log.error(`error ${number}`)
    }
    log.closeAnnotations()
    expect(said.filter((line) => line.startsWith('info'))).toEqual([])
    expect(log.warnings()).toHaveLength(16)
  })
})
