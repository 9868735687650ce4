import { expect, test } from '@jest/globals'
import { action } from '../action.ts'
import { pages, read, type Snippet, snippetsOf, stepsOf, type WorkflowFile, workflowFiles, yamlOf } from './markdown.ts'

const snippets = pages.flatMap(snippetsOf)
const yaml = snippets.filter(({ language }) => /^ya?ml$/.test(language))
const code = snippets.filter(({ language }) => /^(groovy|xml|ini|properties|kotlin)$/.test(language))

const nameOf = ({ page, heading }: Snippet): string => `${page}, "${heading}"`

test('every snippet names its language and holds something', () => {
  const odd = snippets.filter(({ language, text }) => language === '' || text.trim() === '')
  expect(odd.map(nameOf)).toEqual([])
  expect(yaml.length).toBeGreaterThan(10)
  expect(code.length).toBeGreaterThan(2)
})

test('every step of this action names only inputs that action.yml declares', () => {
  const unknown = [...yaml, ...workflowFiles()].flatMap((snippet) =>
    stepsOf(snippet)
      .flatMap((step) => Object.keys(step.with ?? {}))
      .filter((input) => !(input in action.inputs))
      .map((input) => `${nameOf(snippet)}: ${input}`),
  )
  expect(unknown).toEqual([])
})

test('every step of this action in a whole workflow gives what is required', () => {
  const required = Object.entries(action.inputs).flatMap(([name, input]) => (input.required === true ? [name] : []))
  const lacking = yaml.flatMap((snippet) =>
    stepsOf(snippet)
      .filter((step) => step.uses !== undefined)
      .filter((step) => !['federate', 'audit'].includes(String(step.with?.operation)))
      .flatMap((step) => required.filter((input) => step.with?.[input] === undefined))
      .map((input) => `${nameOf(snippet)}: ${input}`),
  )
  expect(lacking).toEqual([])
})

test('every output that a snippet uses is declared', () => {
  const used = yaml.flatMap((snippet) =>
    stepsOf(snippet).flatMap(({ id }) =>
      id === undefined
        ? []
        : [...snippet.text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.([\\w-]+)`, 'g'))].map(
            ([, name = '']) => name,
          ),
    ),
  )
  expect(used.length).toBeGreaterThan(0)
  expect(used.filter((name) => !(name in action.outputs))).toEqual([])
})

test('every secret and variable that a snippet uses is one that docs/set-up.md names', () => {
  const known = new Set([...read('docs/set-up.md').matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name = '']) => name))
  const strange = [...yaml, ...snippets.filter(({ language }) => language === 'sh')].flatMap((snippet) =>
    [...snippet.text.matchAll(/\b(?:secrets\.|vars\.|gh (?:secret|variable) set )(\w+)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !known.has(name) && name !== 'GITHUB_TOKEN')
      .map((name) => `${nameOf(snippet)}: ${name}`),
  )
  expect(strange).toEqual([])
})

test('what a build file reads from the environment, a workflow of the same page sets', () => {
  const reads = /getenv\('(\w+)'\)|\$\{(?:env\.)?([A-Z]\w+)\}|%([A-Z]\w+)%/g
  const missing = code.flatMap((snippet) => {
    const names = [...snippet.text.matchAll(reads)].map(([, one, two, three]) => one ?? two ?? three ?? '')
    const set = yaml.filter(({ page }) => page === snippet.page).map(({ text }) => text)
    return names
      .filter((name) => !set.some((text) => new RegExp(`^ +${name}: `, 'm').test(text)))
      .map((name) => `${nameOf(snippet)}: ${name}`)
  })
  expect(missing).toEqual([])
})

test('actions of others are pinned by a full commit id, with the version beside it', () => {
  const uses = [...yaml, ...workflowFiles()].flatMap(({ text }) =>
    [...text.matchAll(/uses: (.*)$/gm)].map(([, what = '']) => what),
  )
  const others = uses.filter((what) => !/^(hmcts\/ado-artifacts-token-renewal|\.\/)/.test(what))
  expect(others.length).toBeGreaterThan(0)
  expect(others.filter((what) => !/^[\w./-]+@[0-9a-f]{40} # v[\d.]+$/.test(what))).toEqual([])
})

test('workflows that sign in as the bot share one group', () => {
  const groups = yaml
    .filter(({ text }) => /^concurrency:/m.test(text))
    .map((snippet) => [nameOf(snippet), (yamlOf(snippet) as WorkflowFile).concurrency] as const)
  expect(groups.length).toBeGreaterThan(10)
  for (const [name, group] of groups)
    expect([name, group]).toEqual([name, { group: 'artifacts-pat-bot', 'cancel-in-progress': false }])
})

test('README.md has at most 300 lines', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(301)
})
