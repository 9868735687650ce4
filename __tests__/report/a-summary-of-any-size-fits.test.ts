import { describe, expect, it } from '@jest/globals'
import { MINUTE } from '../../src/clock.ts'
import { listed } from '../../src/report/markdown.ts'
import type { RunResult } from '../../src/report/result.ts'
import { summaryOf } from '../../src/report/summary.ts'
import { fc, tries } from '../properties.ts'
import { now, pat, repositoryReceipt, result, row, secretsOf } from './results.ts'

const MOST = 900 * 1024

function hugeResult(count: number, text: string): RunResult {
  const repositories = Array.from({ length: count }, (_, index) => `${text}/${text}${index}` as const)
  return result({
    outcome: 'planned',
    failure: text.repeat(100),
    reason: text.repeat(100),
    repositoriesFailed: repositories,
    staleCopies: repositories,
    receipts: repositories.map(repositoryReceipt),
    warnings: repositories.map((name) => `${name} ${text.repeat(50)}`),
    plan: repositories.map((name) => `${name} ${text.repeat(50)}`),
    pats: repositories
      .slice(0, 500)
      .map((name, age) => row({ pat: pat({ displayName: name, scopes: [text, text], mintedAt: now - age * MINUTE }) })),
  })
}

describe('the size of the summary', () => {
  it.each([
    ['a', 2000],
    ['|'.repeat(200), 2000],
    ['漢'.repeat(300), 2000],
    ['&'.repeat(4000), 45],
  ])('stays below 900 KiB for names like %#, %i times', (text, count) => {
    const summary = summaryOf(hugeResult(count, text), secretsOf())
    expect(Buffer.byteLength(summary)).toBeLessThan(MOST)
    expect(summary.match(/<details>/g)).toHaveLength(summary.match(/<\/details>/g)?.length ?? 0)
  })

  it('stays below 900 KiB for anything', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), (count, text) => {
        expect(Buffer.byteLength(summaryOf(hugeResult(count, text), secretsOf()))).toBeLessThan(MOST)
      }),
      tries(25),
    )
  })
})

describe('a long list', () => {
  const lines = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `- ${index + 1}`)

  it('stands as it is up to 50 lines', () => {
    expect(listed(lines(50), { items: 'places' })).toBe(lines(50).join('\n'))
  })

  it('is counted and folded past that', () => {
    expect(listed(lines(51), { items: 'places' })).toBe(
      `<details><summary>All 51 places</summary>\n\n${lines(51).join('\n')}\n\n</details>`,
    )
  })

  it('shows 200 lines, counts the rest, and says where they are', () => {
    expect(listed(lines(2000), { items: 'places', elsewhere: 'The log has them.', head: ['head'] })).toBe(
      `<details><summary>The first 200 of 2000 places</summary>\n\nhead\n${lines(200).join('\n')}\n\n1800 more places are left out here. The log has them.\n\n</details>`,
    )
  })

  it('is cut by its size too', () => {
    const fat = lines(40).map((line) => line + 'x'.repeat(5000))
    const text = listed(fat, { items: 'warnings' })
    expect(text).toContain('The first 20 of 40 warnings')
    expect(text).toContain('20 more warnings are left out here.\n\n</details>')
  })
})
