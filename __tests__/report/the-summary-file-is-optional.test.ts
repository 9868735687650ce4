import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSummary } from '../../src/report/write-summary.ts'

describe('the job summary', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'summary-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true })
  })

  it('is added to what earlier steps of the action wrote', async () => {
    const env = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') }
    await writeSummary(env, '## One\n')
    await writeSummary(env, '## Two – “quoted”\n')
    expect(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')).toBe('## One\n## Two – “quoted”\n')
  })

  it('is left out where the runner has none', async () => {
    await expect(writeSummary({}, 'text')).resolves.toBeUndefined()
    await expect(writeSummary({ GITHUB_STEP_SUMMARY: '' }, 'text')).resolves.toBeUndefined()
  })

  it('fails loudly where the file cannot be written', async () => {
    await expect(writeSummary({ GITHUB_STEP_SUMMARY: folder }, 'text')).rejects.toThrow('EISDIR')
  })
})
