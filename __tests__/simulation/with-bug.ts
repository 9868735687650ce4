import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bug } from './bugs.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['src', '__tests__/simulation', 'scripts/simulate.ts', 'package.json']

/** What `npm run simulate` said, and how it ended. */
export interface Played {
  readonly said: string
  readonly exitCode: number
}

/** `npm run simulate`, with these arguments; ended early where the work is dropped. */
export type Simulate = (...args: readonly string[]) => Promise<Played>

/** The sources with the bug put back. @throws Error with what to do where they no longer hold the mend */
export function withBug(text: string, { what, file, mended, bug }: Bug): string {
  const parts = text.split(mended)
  const [before, after] = parts
  if (parts.length === 2 && before !== undefined && after !== undefined) return before + bug + after
  const found = parts.length === 1 ? 'no longer holds' : `holds ${parts.length - 1} times`
  throw new Error(
    `src/${file} ${found} \`${mended}\`, the mend of this bug: ${what}. Renew its entry in __tests__/simulation/bugs.ts: say what the mend is now, and what puts the bug back.`,
  )
}

/** Works with a copy of the sources in a folder of its own, that has the bug put back. */
export async function inCopyWithBug<T>(bug: Bug, work: (simulate: Simulate) => Promise<T>): Promise<T> {
  const file = join('src', bug.file)
  const changed = withBug(await readFile(join(ROOT, file), 'utf8'), bug)
  const folder = await mkdtemp(join(tmpdir(), 'bug-put-back-'))
  try {
    for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    await writeFile(join(folder, file), changed)
    return await work((...args) => simulateIn(folder, args))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The simulation as it stands. */
export const simulateHere: Simulate = (...args) => simulateIn(ROOT, args)

/** In a process of its own, where nothing of Jest slows it down: the same code, at twice the speed. */
async function simulateIn(folder: string, args: readonly string[]): Promise<Played> {
  const child = spawn(process.execPath, [join(folder, 'scripts/simulate.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { said, exitCode: exitCode ?? -1 }
}

/** The first seed that was played and failed, and what happened in it. */
export function firstFailing(said: string): { readonly seed: number; readonly breach: string } | undefined {
  const [, seed, breach] = /^seed (\d+): (.*)$/m.exec(said) ?? []
  return seed === undefined || breach === undefined ? undefined : { seed: Number(seed), breach }
}

/** What happened in the one seed, or story, that was played; undefined where it holds. */
export function breachIn(said: string): string | undefined {
  return /^(?:seed \d+|story fails): (.*)$/m.exec(said)?.[1]
}
