import { expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const src = fileURLToPath(new URL('../src', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

/** The floors of the house, from the top. A file may import from its own folder and from floors below it. */
const floors = [
  ['index'],
  ['main'],
  ['assemble'],
  ['operations'],
  ['renewal', 'azure-devops', 'entra', 'github', 'key-vault', 'webhook', 'report'],
  [''],
]

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(src, file), 'utf8')
  const found = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) => path ?? '')
  return found.map((path) => relative(src, join(src, dirname(file), path)))
}

function roomOf(file: string): string {
  const [first = ''] = file.split('/')
  if (file.includes('/')) return first
  return ['index.ts', 'main.ts', 'assemble.ts'].includes(file) ? file.replace('.ts', '') : ''
}

const floorOf = (file: string): number => floors.findIndex((rooms) => rooms.includes(roomOf(file)))

test('every file of src stands in a room of the house', () => {
  expect(files.filter((file) => floorOf(file) === -1)).toEqual([])
  expect(files.length).toBeGreaterThan(40)
})

test('imports run one way: index, main, operations, then renewal, services and report, then primitives', () => {
  const upwards = files.flatMap((file) =>
    importsOf(file)
      .filter((other) => floorOf(other) < floorOf(file))
      .map((other) => `${file} imports ${other}`),
  )
  // The inputs are made of the rules' own unions: types alone, which vanish when the code runs.
  expect(upwards.filter((line) => !/^inputs\.ts imports renewal\/due\.ts$/.test(line))).toEqual([])
})

test('services know nothing of each other, of the rules, nor of the report; the rules and the report know no service', () => {
  const across = files.flatMap((file) =>
    importsOf(file)
      .filter((other) => floorOf(other) === floorOf(file) && roomOf(other) !== roomOf(file) && floorOf(file) === 4)
      .map((other) => `${file} imports ${other}`),
  )
  expect(across).toEqual([])
})

test('no file is a cupboard for everything', () => {
  expect(files.filter((file) => /util|helper|common|misc/i.test(file))).toEqual([])
})
