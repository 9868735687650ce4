import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block of code, and the heading it stands below. */
export interface Snippet {
  readonly page: string
  readonly heading: string
  readonly language: string
  readonly text: string
}

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Every Markdown file of the repository, by its path from the root. */
export const pages: readonly string[] = readdirSync(root, { withFileTypes: true })
  .flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    if (!entry.isDirectory()) return [entry.name]
    return readdirSync(`${root}/${entry.name}`, { recursive: true, encoding: 'utf8' }).map(
      (name) => `${entry.name}/${name}`,
    )
  })
  .filter((name) => name.endsWith('.md'))
  .toSorted()

export function read(page: string): string {
  return readFileSync(`${root}/${page}`, 'utf8')
}

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm

export function snippetsOf(page: string): readonly Snippet[] {
  const text = read(page)
  return [...text.matchAll(FENCE)].map(({ index, 2: language = '', 3: code = '' }) => {
    const above = [
      ...text
        .slice(0, index)
        .replace(FENCE, '')
        .matchAll(/^#+ (.*)$/gm),
    ]
    return { page, heading: above.at(-1)?.[1] ?? '', language, text: code }
  })
}

/** The page without its code, of blocks and of spans: what stands there is no link. */
function prose(page: string): string {
  return read(page)
    .replace(FENCE, '')
    .replace(/<!--[\s\S]*?-->/g, '')
}

/** Where each link of the page that leads into the repository leads to. */
export function linksOf(page: string): readonly string[] {
  const text = prose(page).replace(/`[^`\n]*`/g, '')
  const links = text.matchAll(/(?:\]\(<?|\b(?:src|href)=")((?!https?:|mailto:)[^)\s>"]+)/g)
  return [...links].map(([, link = '']) => link)
}

/** As GitHub makes them: https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of prose(page).matchAll(/^#{1,6} +(.*?)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
    for (let number = 0, anchor = slug; ; number += 1, anchor = `${slug}-${number}`) {
      if (anchors.has(anchor)) continue
      anchors.add(anchor)
      break
    }
  }
  return anchors
}

/** The workflows that people copy or call, as if each were the snippet of a page. */
export function workflowFiles(): readonly Snippet[] {
  return ['examples', '.github/workflows']
    .filter((folder) => existsSync(`${root}/${folder}`))
    .flatMap((folder) => readdirSync(`${root}/${folder}`, { encoding: 'utf8' }).map((name) => `${folder}/${name}`))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({ page: name, heading: 'the file', language: 'yaml', text: read(name) }))
}

/** A step that uses this action, as far as the tests look at it. */
export interface Step {
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, unknown>>
}

export interface Job {
  readonly steps?: readonly Step[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, unknown>>
  readonly strategy?: { readonly matrix?: { readonly include?: readonly Readonly<Record<string, unknown>>[] } }
}

export interface WorkflowFile {
  readonly name?: string
  readonly on?: {
    readonly workflow_dispatch?: { readonly inputs?: Readonly<Record<string, { readonly default?: unknown }>> } | null
  }
  readonly permissions?: Readonly<Record<string, string>>
  readonly concurrency?: Readonly<Record<string, unknown>>
  readonly jobs?: Readonly<Record<string, Job>>
}

/** @throws where the snippet is no YAML */
export function yamlOf({ text }: Snippet): unknown {
  return parse(text)
}

/** The steps of this action in a snippet, which may leave parts of a workflow out, a line `# …` in their place. */
export function stepsOf({ text }: Snippet): readonly Step[] {
  return text.split(/^ *# …$/m).flatMap((part) => stepsIn(parse(part)))
}

export function isThisAction({ uses = '' }: Step): boolean {
  return /^(\.\/?|[\w-]+\/ado-artifacts-token-renewal)(@|$)/.test(uses)
}

/** The steps of this action in a workflow, in a list of steps, in a single step, or in the `with` of one. */
export function stepsIn(yaml: unknown): readonly Step[] {
  if (Array.isArray(yaml)) return (yaml as readonly Step[]).filter(isThisAction)
  const file = (yaml ?? {}) as WorkflowFile & Step
  const steps = Object.values(file.jobs ?? {}).flatMap((job) => job.steps ?? [])
  if (file.jobs !== undefined) return steps.filter(isThisAction)
  return isThisAction(file) || (file.uses === undefined && file.with !== undefined) ? [file] : []
}
