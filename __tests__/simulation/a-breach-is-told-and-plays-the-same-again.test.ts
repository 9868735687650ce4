import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { type Bug, bugs } from './bugs.ts'
import { simulate } from './simulate.ts'
import { firstFailing, inCopyWithBug, withBug } from './with-bug.ts'

const bug: Bug = {
  what: 'no state is written',
  file: 'operations/renew.ts',
  mended: "const state = fellBack ? 'fallback' : 'delivered'",
  bug: "const state = 'pending'",
  shownBy: 1,
}

function sourceOf(file: string): string {
  return readFileSync(fileURLToPath(new URL(`../../src/${file}`, import.meta.url)), 'utf8')
}

test('a seed that fails is printed with what happened, and its story ends in the same, each time it is played', async () => {
  await inCopyWithBug(bug, async (play) => {
    const { said, exitCode } = await play('1', '3')
    expect(exitCode).toBe(1)
    const failing = firstFailing(said)
    expect(failing?.breach).toMatch(/^run \d+ renews day by day$/)
    expect(said.trim().split('\n').at(-1)).toMatch(/^3 seeds, \d+ runs, [1-3] failed/)

    const seed = String(failing?.seed)
    const story = await play(seed, '--trace')
    const withoutSpeed = (text: string): string => text.replace(/^.* seeds\/s$/gm, '')
    expect(withoutSpeed((await play(seed, '--trace')).said)).toBe(withoutSpeed(story.said))
    expect(story.said).toContain(` BREACH: ${failing?.breach ?? ''}\n`)
    expect(firstFailing(story.said)).toEqual(failing)
  })
})

test('a seed that holds plays the same again, to the letter', async () => {
  const play = async (): Promise<readonly string[]> => {
    const story: string[] = []
    await simulate(4711, (line) => story.push(line))
    return story
  }
  const [once, again] = [await play(), await play()]
  expect(once.length).toBeGreaterThan(100)
  expect(again).toEqual(once)
})

test.each(bugs.map((one) => [one.what, one] as const))('src/ holds the mend of a bug that was found: %s', (_, one) => {
  expect(withBug(sourceOf(one.file), one)).toContain(one.bug)
})

test('where src/ no longer holds a mend, its entry is to be renewed', () => {
  expect(() => withBug('something else', bug)).toThrow(
    /^src\/operations\/renew\.ts no longer holds `const state .*`, the mend of this bug: no state is written\. Renew its entry/,
  )
  expect(() => withBug(bug.mended + bug.mended, bug)).toThrow(/holds 2 times/)
})
