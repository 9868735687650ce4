import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { action } from '../action.ts'

export interface Step {
  readonly id?: string
  readonly uses?: string
  readonly run?: string
  readonly shell?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}

export interface Job {
  readonly uses?: string
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly concurrency?: Concurrency
  readonly strategy?: { readonly 'fail-fast'?: boolean }
  readonly steps?: readonly Step[]
  readonly with?: Readonly<Record<string, unknown>>
  readonly secrets?: string | Readonly<Record<string, string>>
}

export interface Concurrency {
  readonly group: string
  readonly 'cancel-in-progress'?: boolean
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: Readonly<Record<string, string>>
  readonly concurrency?: Concurrency
  readonly jobs: Readonly<Record<string, Job>>
}

export interface WorkflowFile {
  readonly path: string
  readonly text: string
  readonly workflow: Workflow
}

const root = new URL('../../', import.meta.url)

/** A file of this repository, read as YAML. The caller says what it is. */
export function yaml(path: string): unknown {
  return parse(readFileSync(new URL(path, root), 'utf8'))
}

/** Every workflow of this repository, and every example of one. */
export const workflowFiles: readonly WorkflowFile[] = ['.github/workflows', 'examples'].flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => {
      const path = `${folder}/${name}`
      return { path, text: readFileSync(new URL(path, root), 'utf8'), workflow: yaml(path) as Workflow }
    }),
)

export const stepsOf = ({ jobs }: Workflow): readonly Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps)

export const inputsOfTheAction: readonly string[] = Object.keys(action.inputs)
