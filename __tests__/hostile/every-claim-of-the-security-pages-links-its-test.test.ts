import { describe, expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const TEST = /\]\([./]*__tests__\/[\w/-]+\.test\.ts\)/

/** Links to files of this repository, as they stand in the text. */
function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link)
}

/** The lines below that heading, up to the next one of its level. */
function below(text: string, heading: string): readonly string[] {
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  return (section.split('\n## ')[0] ?? '').split('\n')
}

describe.each(['SECURITY.md', 'docs/threat-model.md'])('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  test('every link leads to a file', () => {
    const links = linksIn(text)
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })
})

test('every promise names a test', () => {
  const promises = below(readFileSync(join(root, 'SECURITY.md'), 'utf8'), 'What the action promises')
  const items = promises.filter((line) => line.startsWith('- '))
  expect(items.length).toBeGreaterThan(5)
  expect(items.filter((item) => !TEST.test(item))).toEqual([])
})

/** The rows of the tables below that heading, without heads and rules. */
function rowsBelow(page: string, heading: string): readonly string[] {
  const lines = below(readFileSync(join(root, page), 'utf8'), heading)
  // A table's head is followed by its rule.
  return lines.filter(
    (line, index) => line.startsWith('| ') && !line.startsWith('| ---') && !lines[index + 1]?.startsWith('| ---'),
  )
}

test.each([
  ['SECURITY.md', 'If a credential got out'],
  ['docs/threat-model.md', 'What there is to steal'],
  ['docs/threat-model.md', 'Who could attack'],
  ['docs/threat-model.md', 'What each permission is for'],
])('every row of %s, "%s", names a test', (page, heading) => {
  const rows = rowsBelow(page, heading)
  expect(rows.length).toBeGreaterThan(3)
  expect(rows.filter((row) => !TEST.test(row))).toEqual([])
})

test('each thing that the inputs hold secret is in the table of what there is to steal', () => {
  const stolen = rowsBelow('docs/threat-model.md', 'What there is to steal').join('\n')
  const secret = [
    'PAT',
    'refresh token',
    'GitHub token',
    'workflow token',
    'access token',
    'assertion',
    'webhook',
    'vault',
  ]
  expect(secret.filter((name) => !stolen.includes(name))).toEqual([])
})
