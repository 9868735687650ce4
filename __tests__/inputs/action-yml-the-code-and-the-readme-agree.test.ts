import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { outputsOf } from '../../src/report/outputs.ts'
import { action, inputsFrom } from '../action.ts'
import { result } from '../report/results.ts'
import { usable, reading } from './reading.ts'

const declared = Object.keys(action.inputs)

/** The rows of the first table below a heading of README.md: the texts of their cells. */
function table(heading: string): readonly (readonly string[])[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, section = ''] = readme.split(new RegExp(`^## ${heading}$`, 'm'))
  const [rows = ''] = section.split(/^## /m)
  return rows
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const unquoted = (cell = ''): string => cell.replace(/^`(.*)`$/, '$1')

test('every input that is declared is read, and no other', () => {
  expect([...reading(usable).asked].toSorted()).toEqual(declared.toSorted())
})

test('every input is read however few are good', () => {
  expect([...reading({ operation: 'nonsense', 'pat-lifetime-days': 'x' }).asked].toSorted()).toEqual(
    declared.toSorted(),
  )
})

test('the defaults of action.yml are those of the code', () => {
  const defaults = inputsFrom({ ...usable, 'workflow-token': '' }, 'hmcts/.github')
  expect(reading(defaults).failure).toBeUndefined()
  expect(reading(defaults).inputs).toEqual(reading(usable).inputs)
})

test('required in action.yml is what the code requires', () => {
  const required = declared.filter((name) => action.inputs[name]?.required === true)
  const missing = declared.filter((name) => reading({}).failure?.includes(`${name}: is required`))
  expect(missing.toSorted()).toEqual(required.toSorted())
  expect(required.filter((name) => action.inputs[name]?.default !== undefined)).toEqual([])
})

test('each description says the default', () => {
  const wrong = Object.entries(action.inputs).filter(([name, { description, default: value }]) => {
    if (value === undefined) return !description.endsWith(' Required.')
    const said = value === '' ? 'blank' : value.includes('${{') ? 'this|the owner|this job' : `\`${value}\``
    return !new RegExp(`Default: (${said})`).test(description) && name !== ''
  })
  expect(wrong.map(([name]) => name)).toEqual([])
})

test('every output that is declared is set, and no other', () => {
  const set = Object.keys(outputsOf(result({ token: 'the-new-pat' })))
  expect(set.toSorted()).toEqual(Object.keys(action.outputs).toSorted())
})

test('README.md lists the inputs of action.yml in the same order', () => {
  expect(table('Inputs').map(([name]) => unquoted(name))).toEqual(declared)
})

test('README.md lists their defaults', () => {
  const defaults = table('Inputs').map(([name, value]) => [unquoted(name), unquoted(value)])
  const expected = Object.entries(action.inputs).map(([name, input]) => [
    name,
    input.required === true ? 'required' : (input.default ?? ''),
  ])
  expect(defaults).toEqual(expected)
})

test('README.md says of each input what action.yml says', () => {
  const meanings = Object.fromEntries(table('Inputs').map(([name, , meaning]) => [unquoted(name), meaning]))
  const described = Object.entries(action.inputs).map(([name, { description }]) => [
    name,
    description
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/ (Default: .*|Required)\.$/, ''),
  ])
  expect(meanings).toEqual(Object.fromEntries(described))
})

test('README.md lists the outputs of action.yml in the same order', () => {
  expect(table('Outputs').map(([name]) => unquoted(name))).toEqual(Object.keys(action.outputs))
})
