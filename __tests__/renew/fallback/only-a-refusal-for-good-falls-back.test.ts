import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET, seedLive } from '../../world.ts'
import { newest, ORGANIZATION_SECRET, stateOf, writes } from '../github/writes.ts'

/** Where the refusal is met. */
const requests = {
  'the key': { method: 'GET', at: '/orgs/hmcts/actions/secrets/public-key' },
  'the metadata': { method: 'GET', at: new RegExp(`${ORGANIZATION_SECRET}$`) },
  'the write': { method: 'PUT', at: ORGANIZATION_SECRET },
} as const
type Where = keyof typeof requests

interface Answer {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Row extends Answer {
  readonly name: string
  readonly reason: RegExp
  /** Where it cannot be met: a 404 of the metadata says that there is no secret, and GETs name none. */
  readonly never?: readonly Where[]
}

const sso = { 'x-github-sso': 'required; url=https://github.com/orgs/hmcts/sso?authorization_request=AZSECRET' }
const fineGrained = { 'x-accepted-github-permissions': 'organization_secrets=read' }
const classic = {
  'x-accepted-github-permissions': '',
  'x-oauth-scopes': 'repo',
  'x-accepted-oauth-scopes': 'admin:org',
}
const saml = 'Resource protected by organization SAML enforcement. You must grant your Personal Access token access.'

const refusedForGood: readonly Row[] = [
  {
    name: '403 of an App',
    status: 403,
    message: 'Resource not accessible by integration',
    headers: fineGrained,
    reason: /lacks organization_secrets=write/,
  },
  {
    name: '403 of a fine-grained PAT',
    status: 403,
    message: 'Resource not accessible by personal access token',
    headers: fineGrained,
    reason: /fine-grained personal access token in github-token lacks organization_secrets=write/,
  },
  {
    name: '403 of a classic PAT',
    status: 403,
    message: 'Must have admin rights to Repository.',
    headers: classic,
    reason: /lacks the scope admin:org/,
  },
  {
    name: '404',
    status: 404,
    message: 'Not Found',
    reason: /organization_secrets=write there/,
    never: ['the metadata'],
  },
  { name: '403 for SSO', status: 403, message: saml, headers: sso, reason: /SAML single sign-on.*on github\.com/ },
  { name: '404 for SSO', status: 404, message: 'Not Found', headers: sso, reason: /SAML single sign-on/ },
  {
    name: '422 that names the secret',
    status: 422,
    message: `${SECRET} cannot be added: there are 1000 secrets already.`,
    reason: /Check secret-name/,
    never: ['the key'],
  },
  { name: '500 without end', status: 500, message: 'Server Error', reason: /GitHub is in trouble/ },
  { name: '502 without end', status: 502, message: 'Bad Gateway', reason: /GitHub is in trouble/ },
  { name: '503 without end', status: 503, message: 'Unavailable', reason: /GitHub is in trouble/ },
]

const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'

const notForGood: readonly Row[] = [
  { name: '401', status: 401, message: 'Bad credentials', reason: /does not take the github-token/ },
  {
    name: '403 after too many logins',
    status: 403,
    message: 'Maximum number of login attempts exceeded. Please try again later.',
    reason: /does not take the github-token/,
  },
  { name: '403 of a secondary limit', status: 403, message: secondary, reason: /max-wait-minutes/ },
  { name: '403 with Retry-After', status: 403, message: 'Slow down', headers: { 'retry-after': '60' }, reason: /max-w/ },
  {
    name: '403 of the hourly limit',
    status: 403,
    message: 'API rate limit exceeded for installation ID 52.',
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795248000' },
    reason: /max-wait-minutes/,
  },
  { name: '429', status: 429, message: 'Too many requests', reason: /max-wait-minutes/ },
  {
    name: '422 that does not name the secret',
    status: 422,
    message: 'Bad request - validation failed: this is not a valid encrypted value',
    reason: /does not take the request/,
  },
  { name: '400', status: 400, message: 'Problems parsing JSON', reason: /does not take the request/ },
  { name: '409 twice', status: 409, message: 'Conflict', reason: /public key changed/ },
  {
    name: '301',
    status: 301,
    message: 'Moved Permanently',
    headers: { location: 'https://api.github.com/organizations/1/actions/secrets' },
    reason: /redirect, which is never followed/,
  },
  {
    name: '307 to another host',
    status: 307,
    message: 'Temporary Redirect',
    headers: { location: 'https://evil.example/orgs/hmcts' },
    reason: /redirect, which is never followed/,
  },
]

const rows = (table: readonly Row[]) =>
  table.flatMap((row) =>
    (Object.keys(requests) as Where[])
      .filter((where) => row.never?.includes(where) !== true)
      .map((where) => [`${row.name} at ${where}`, where, row] as const),
  )

function refuse(scene: Scene, where: Where, { status, message, headers }: Answer): void {
  scene.github.refuse({ ...requests[where], status, message, ...(headers === undefined ? {} : { headers }) })
}

describe('falls back', () => {
  test.each(rows(refusedForGood))('%s', async (_, where, row) => {
    const scene = await createScene()
    const old = seedLive(scene)
    refuse(scene, where, row)
    const told = await scene.run({ repositories: 'app-a, app-b' })
    expect(told.conclusion).toMatchObject({
      outcome: 'renewed',
      deliveredTo: 'repositories',
      repositoriesWritten: ['hmcts/app-a', 'hmcts/app-b'],
      repositoriesFailed: [],
    })
    expect(told.warnings).toHaveLength(1)
    expect(told.warnings[0]).toMatch(row.reason)
    expect(told.warnings[0]).toMatch(/^Fallback: .* 2 repositories instead.*force: true/)
    expect(told.log.join('\n')).not.toContain('AZSECRET')
    expect(scene.held()).toBe(old)
    expect(scene.held('hmcts/app-a')).toBe(newest(scene))
    expect(stateOf(newest(scene))).toBe('fallback')
    expect(writes(told).some((line) => line.startsWith('PUT /orgs'))).toBe(where === 'the write')
  })
})

describe('does not fall back', () => {
  test.each(rows(notForGood))('%s', async (_, where, row) => {
    const scene = await createScene()
    const old = seedLive(scene)
    refuse(scene, where, row)
    const told = await scene.run({ repositories: 'app-a, app-b' })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
    expect(told.conclusion.failure).toMatch(row.reason)
    expect(writes(told).filter((line) => line.includes('/repos/'))).toEqual([])
    expect(scene.held()).toBe(old)
    expect(scene.ado.accepts(old.token)).toBe(true)
    const minted = scene.ado.pats.filter((pat) => pat !== old)
    expect(minted.every(({ revoked }) => revoked)).toBe(true)
  })

  for (const where of Object.keys(requests) as Where[]) {
    for (const kind of ['reset-before', 'reset-after', 'hang'] as const) {
      test(`${kind} at ${where}`, async () => {
        const scene = await createScene()
        seedLive(scene)
        scene.fault({ kind, ...requests[where], times: Infinity })
        const told = await scene.run()
        expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
        expect(told.conclusion.failure).toMatch(/api\.github\.com\) could not be reached/)
        expect(writes(told).filter((line) => line.includes('/repos/'))).toEqual([])
        const held = scene.held()
        expect(held !== undefined && scene.ado.accepts(held.token)).toBe(true)
      })
    }
  }
})

describe('with fallback: none', () => {
  test.each(rows(refusedForGood))('%s fails the run', async (_, where, row) => {
    const scene = await createScene()
    const old = seedLive(scene)
    refuse(scene, where, row)
    const told = await scene.run({ fallback: 'none' })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(told.conclusion.failure).toMatch(row.reason)
    expect(writes(told).filter((line) => line.includes('/repos/'))).toEqual([])
    expect(scene.held()).toBe(old)
    expect(scene.ado.pats.length === 1).toBe(where !== 'the write')
  })
})

test('a 5xx that passes before the retries are spent does not fall back', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', status: 503, ...requests['the write'], times: 3 })
  const { conclusion, warnings } = await scene.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(warnings).toEqual([])
})

test('a user account has no organization secrets: its repositories get copies', async () => {
  const scene = await createScene()
  scene.github.addUser('someone')
  scene.github.addRepository('someone/tool')
  const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' }, owner: 'someone' })
  const { conclusion, warnings } = await scene.run({ 'github-token': token }, { repository: 'someone/tool' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(warnings.join('\n')).toMatch(/a user account has no organization secrets: use target: repositories/)
  expect(scene.held('someone/tool')).toBe(newest(scene))
})
