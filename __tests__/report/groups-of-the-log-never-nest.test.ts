import { describe, expect, it } from '@jest/globals'
import { createRunnerLog } from '../../src/report/runner-log.ts'
import { secretsOf } from './results.ts'
import { transcript } from './runner.ts'

describe('a group of the log', () => {
  it('hands on what the work returns', async () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf())
    await expect(log.group('Mint', () => Promise.resolve(7))).resolves.toBe(7)
    expect(said).toEqual(['startGroup Mint', 'endGroup'])
  })

  it('is a plain line inside another one', async () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf())
    await log.group('Deliver', async () => {
      await log.group('Seal', () => Promise.resolve())
      log.info('sealed')
    })
    await log.group('Confirm', () => Promise.resolve())
    expect(said).toEqual([
      'startGroup Deliver',
      'info Seal',
      'info sealed',
      'endGroup',
      'startGroup Confirm',
      'endGroup',
    ])
  })

  it('is closed when the work fails, and by nobody but the one who opened it', async () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf())
    const outer = log.group('Deliver', async () => {
      await log.group('Seal', () => Promise.reject(new Error('no key'))).catch(() => undefined)
      throw new Error('no place')
    })
    await expect(outer).rejects.toThrow('no place')
    expect(said).toEqual(['startGroup Deliver', 'info Seal', 'endGroup'])
  })

  it('is closed when the work throws before its first promise', async () => {
    const { core, said } = transcript()
    const log = createRunnerLog(core, secretsOf())
    await expect(
      log.group('Decide', () => {
        throw new Error('at once')
      }),
    ).rejects.toThrow('at once')
    expect(said).toEqual(['startGroup Decide', 'endGroup'])
  })
})
