import { readFileSync, writeFileSync } from 'node:fs'
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml'

/** Writes the tables of inputs and outputs into README.md, from action.yml. */
const readme = new URL('../README.md', import.meta.url)
const action = parseDocument(readFileSync(new URL('../action.yml', import.meta.url), 'utf8'))

writeFileSync(
  readme,
  put(
    put(readFileSync(readme, 'utf8'), 'inputs', [
      '| input | default | meaning |',
      '| --- | --- | --- |',
      ...rowsOf('inputs', (name, { text, fallback }) => `| \`${name}\` | ${fallback} | ${text} |`),
    ]),
    'outputs',
    ['| output | value |', '| --- | --- |', ...rowsOf('outputs', (name, { text }) => `| \`${name}\` | ${text} |`)],
  ),
)

interface Described {
  readonly text: string
  readonly fallback: string
}

function rowsOf(block: 'inputs' | 'outputs', row: (name: string, described: Described) => string): readonly string[] {
  return mapIn(action.get(block)).items.flatMap(({ key, value }) => {
    if (!isScalar(key)) throw new Error(`${block}: a name is expected`)
    // A comment before an input names the group that begins with it.
    const group = key.commentBefore?.trim()
    const line = row(String(key.value), describe(mapIn(value)))
    return group === undefined ? [line] : [`| **${group}** | | |`, line]
  })
}

function describe(entry: YAMLMap): Described {
  const description = String(entry.get('description'))
    .replace(/\s+/g, ' ')
    .replace(/ (Default: .*|Required)\.$/, '')
  const fallback = entry.get('default')
  if (entry.get('required') === true) return { text: description, fallback: 'required' }
  return { text: description, fallback: typeof fallback === 'string' && fallback !== '' ? `\`${fallback}\`` : '' }
}

function mapIn(value: unknown): YAMLMap {
  if (!isMap(value)) throw new Error('action.yml: a mapping is expected')
  return value
}

function put(text: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name}: npm run tables -->`, `<!-- end of ${name} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`README.md: ${begin} … ${end} is expected`)
  return `${text.slice(0, from)}${begin}\n<!-- prettier-ignore-start -->\n\n${lines.join('\n')}\n\n<!-- prettier-ignore-end -->\n${text.slice(to)}`
}
