import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { isRecord } from './answers.ts'
import { emulate, sealFor, type Ask } from './harness.ts'
import { stores } from './world.ts'

const file = new URL('../../../../shared/specs/github-secrets.openapi.json', import.meta.url)
const testWithDescription = existsSync(file) ? test : test.skip
const description: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}

const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce((inner, key) => (isRecord(inner) ? inner[key] : undefined), value)

function resolved(schema: unknown): unknown {
  const reference = at(schema, '$ref')
  return typeof reference === 'string' ? resolved(at(description, ...reference.slice(2).split('/'))) : schema
}

const isOfType: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isRecord,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
}

/** What is wrong with a value, by the parts of a schema that this slice of GitHub's description uses. */
function faults(value: unknown, unresolved: unknown, where: string): string[] {
  const schema = resolved(unresolved)
  if (!isRecord(schema)) return []
  if (value === null && schema.nullable === true) return []
  const type = schema.type
  if (typeof type === 'string' && isOfType[type]?.(value) === false) return [`${where} is no ${type}`]
  const { enum: allowed, required, properties, items, format } = schema
  if (Array.isArray(allowed) && !allowed.includes(value)) return [`${where} is none of ${allowed.join(', ')}`]
  if (format === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(String(value))) return [`${where} is no date`]
  if (Array.isArray(value)) return value.flatMap((item, index) => faults(item, items, `${where}[${index}]`))
  if (!isRecord(value)) return []
  const names: unknown[] = Array.isArray(required) ? required : []
  const missing = names.filter((name) => !(String(name) in value)).map((name) => `${where}.${String(name)} is missing`)
  const inner = Object.entries(value).flatMap(([name, item]) => {
    const known = at(properties, name)
    if (known === undefined && isRecord(properties)) return [`${where}.${name} is not described`]
    return faults(item, known, `${where}.${name}`)
  })
  return [...missing, ...inner]
}

async function seed() {
  const emulated = await emulate()
  const { github } = emulated
  github.addRepository('hmcts/app')
  const token = github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })
  for (const store of stores) {
    github.seedSecret('hmcts', store, 'X', { value: 'x', visibility: 'selected', selectedRepositories: ['hmcts/app'] })
    github.seedSecret('hmcts', store, 'Y', { value: 'y', visibility: 'all' })
    github.seedSecret('hmcts/app', store, 'X', { value: 'x' })
  }
  const ask: Ask = async (title, options) => emulated.ask(title, { token, ...options })
  return { ...emulated, ask }
}

function check(method: string, template: string, status: number, body: unknown): void {
  const responses = at(description, 'paths', template, method.toLowerCase(), 'responses')
  const response = resolved(at(responses, String(status)))
  expect(response === undefined ? `${method} ${template} never answers ${status}` : []).toEqual([])
  const schema = at(response, 'content', 'application/json', 'schema')
  if (at(response, 'content') === undefined) expect(body).toBeUndefined()
  expect(faults(body, schema, template)).toEqual([])
}

testWithDescription.each(stores)('what is answered about %s secrets is as GitHub describes it', async (store) => {
  const { ask } = await seed()
  const homes = [
    ['/orgs/{org}', '/orgs/hmcts'],
    ['/repos/{owner}/{repo}', '/repos/hmcts/app'],
  ] as const
  for (const [template, home] of homes) {
    const root = `${home}/${store}/secrets`
    for (const below of ['', '/public-key', '/X', '/Y', '/X/repositories']) {
      const described = `${template}/${store}/secrets${below.replace(/\/[XY]/, '/{secret_name}')}`
      if (template === '/repos/{owner}/{repo}' && (below === '/Y' || below === '/X/repositories')) continue
      const { status, body } = await ask(`GET ${root}${below}`)
      check('GET', described, status, body)
    }
    for (const name of ['NEW', 'NEW']) {
      const body = { ...(await sealFor(ask, root, 'x')), ...(template === '/orgs/{org}' ? { visibility: 'all' } : {}) }
      const answer = await ask(`PUT ${root}/${name}`, { body })
      check('PUT', `${template}/${store}/secrets/{secret_name}`, answer.status, answer.body)
    }
    const removed = await ask(`DELETE ${root}/NEW`)
    check('DELETE', `${template}/${store}/secrets/{secret_name}`, removed.status, removed.body)
  }
})

testWithDescription(
  'every path described is one that the emulator knows, but for those the action never asks',
  async () => {
    const { ask, github } = await seed()
    github.addWorkflow('hmcts/app')
    const never = ['POST /orgs/{org}/repos', 'PATCH /repos/{owner}/{repo}', 'DELETE /repos/{owner}/{repo}']
    never.push('DELETE /repos/{owner}/{repo}/actions/runs/{run_id}')
    const paths = at(description, 'paths')
    const unknown: string[] = []
    for (const [template, operations] of Object.entries(isRecord(paths) ? paths : {})) {
      const path = template.replace(
        /\{(\w+)\}/g,
        (_, name: string) => ({ org: 'hmcts', owner: 'hmcts', repo: 'app' })[name] ?? '1',
      )
      for (const method of Object.keys(isRecord(operations) ? operations : {})) {
        const answer = await ask(`${method.toUpperCase()} ${path}`)
        if (answer.headers['x-emulator-unknown'] !== undefined) unknown.push(`${method.toUpperCase()} ${template}`)
      }
    }
    expect(unknown.sort()).toEqual(never.sort())
  },
)

testWithDescription('no answer that GitHub describes shows what a secret holds, to whoever may write it', () => {
  const named = (schema: unknown): readonly string[] => {
    const { properties, items } = resolved(schema) as { readonly properties?: unknown; readonly items?: unknown }
    const inner = Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, one]) => [name, ...named(one)])
    return [...inner, ...(items === undefined ? [] : named(items))]
  }
  const paths = at(description, 'paths')
  const shown = Object.entries(isRecord(paths) ? paths : {})
    .filter(([path]) => /secrets(\/\{secret_name\})?$/.test(path))
    .flatMap(([, methods]) => Object.values(isRecord(methods) ? methods : {}))
    .map((method) => at(method, 'responses'))
    .flatMap((responses) => Object.entries(isRecord(responses) ? responses : {}))
    .flatMap(([status, answer]) => (status.startsWith('2') ? [answer] : []))
  const names = shown.flatMap((answer) => named(at(resolved(answer), 'content', 'application/json', 'schema') ?? {}))
  expect(names).toContain('updated_at')
  expect(names.filter((name) => /value|plain|secret$/i.test(name))).toEqual([])
})
