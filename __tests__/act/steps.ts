import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from './act-world.ts'

export interface Step {
  readonly id?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

/** How many cases went well, what is wrong with the others, and how many could not be played here. */
export interface Looked {
  readonly right: number
  readonly wrong: readonly string[]
  readonly skipped: number
}

/** A step of the reusable workflow, to be run by itself. */
export function stepOf(id: string): Step {
  const text = readFileSync(join(root, '.github/workflows/renew.yml'), 'utf8')
  const { jobs } = parse(text) as { readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> }
  const step = Object.values(jobs)
    .flatMap(({ steps }) => steps)
    .find((one) => one.id === id)
  if (step === undefined) throw new Error(`renew.yml has no step ${id}.`)
  return step
}
