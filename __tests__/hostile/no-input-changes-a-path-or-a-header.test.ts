import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Failure } from '../../src/errors.ts'
import { azureDevOpsHosts } from '../../src/hosts.ts'
import { type Asked, json, NEW_PAT, play, type Played, showsNewPat } from './stage.ts'

const pieces = fc.constantFrom(
  ...[
    '..',
    '.',
    '/',
    '\\',
    '%2e%2e',
    '%2F',
    '%00',
    '?',
    '#',
    '@',
    ':',
    ';',
    ' ',
    '\t',
    '\r\n',
    '\n',
    '\0',
    '\u2028',
    'é',
    '😀',
  ],
  ...[
    'evil.example',
    'https://evil.example/',
    '//evil.example',
    'x',
    'A',
    '0',
    '_',
    '-',
    '{owner}',
    '${x}',
    "'",
    '"',
    '<',
    '*',
  ],
)
const hostile = fc.oneof(
  fc.array(pieces, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...Array.from('abcXYZ019-_. []()&!~')), minLength: 1, maxLength: 60 }),
)

const names = [
  ...['ado-organization', 'ado-project', 'ado-feed', 'pat-name', 'pat-scope', 'bot-user'],
  ...['github-organization', 'repositories', 'secret-name', 'secret-name-base64'],
  ...['bot-refresh-token-secret', 'bot-refresh-token-environment', 'azure-tenant-id', 'azure-client-id'],
  ...['current-pat', 'github-token', 'bot-access-token', 'bot-refresh-token'],
] as const

const REPOSITORY = { id: 1, full_name: 'hmcts/app', visibility: 'private' }

/** An action that is let in everywhere, so that it goes all the way. */
function welcome(asked: Asked): Response {
  const { url, method } = asked
  const now = '2026-11-21T08:00:00Z'
  if (url.pathname.endsWith('/token')) return json({ access_token: 'a.b.c', refresh_token: 'next', expires_in: 3600 })
  if (url.host === azureDevOpsHosts.pats && method === 'GET') return json({ continuationToken: '', patTokens: [] })
  if (url.host === azureDevOpsHosts.pats) {
    const patToken = { authorizationId: 'id', scope: 'vso.packaging_write', validFrom: now, targetAccounts: ['hmcts'] }
    return json({ patToken: { ...patToken, token: NEW_PAT, validTo: '2026-12-21T08:00:00Z' } })
  }
  if (url.host === azureDevOpsHosts.feeds)
    return showsNewPat(asked) ? json({ id: 'feed' }) : json({ message: 'no' }, 401)
  if (method !== 'GET') return json({}, 201)
  if (url.pathname.endsWith('/repos')) return json([REPOSITORY])
  if (url.pathname.endsWith('/repositories')) return json({ total_count: 1, repositories: [REPOSITORY] })
  if (url.pathname.endsWith('secrets')) return json({ total_count: 0, secrets: [] })
  if (url.pathname.endsWith('/public-key')) return json({ key_id: '1', key: Buffer.alloc(32, 9).toString('base64') })
  return json({ id: 1, created_at: now, updated_at: now, visibility: 'private' })
}

async function playOrRefuse(inputs: Readonly<Record<string, string>>): Promise<Played | undefined> {
  try {
    return await play(inputs, welcome)
  } catch (error) {
    // Refused before any request, with what was expected.
    if (error instanceof Failure && error.kind === 'input') return undefined
    throw error
  }
}

const OWN_HOSTS = new Set<string>([...Object.values(azureDevOpsHosts), 'api.github.com', 'login.microsoftonline.com'])

/** Every path that the action asks, a segment that depends on inputs as `*`. */
const PATHS = [
  /^\/[^/]+\/_apis\/tokens\/pats$/,
  /^\/[^/]+(\/[^/]+)?\/_apis\/packaging\/feeds(\/[^/]+)?$/,
  /^\/[^/]+\/oauth2\/v2\.0\/token$/,
  /^\/orgs\/[^/]+\/actions\/secrets\/(public-key|[A-Za-z0-9_]+)(\/repositories)?$/,
  /^\/repos\/[^/]+\/[^/]+\/actions\/secrets(\/(public-key|[A-Za-z0-9_]+))?$/,
  /^\/orgs\/[^/]+\/repos$/,
  /^\/repos\/[^/]+\/[^/]+\/environments\/[^/]+\/secrets\/(public-key|[A-Za-z0-9_]+)$/,
]

function checkRequest({ url, headers }: Asked): void {
  expect([...OWN_HOSTS]).toContain(url.host)
  expect([url.protocol, url.username, url.password, url.hash]).toEqual(['https:', '', '', ''])
  expect([url.pathname, PATHS.some((path) => path.test(url.pathname))]).toEqual([url.pathname, true])
  for (const [name, value] of headers) {
    // eslint-disable-next-line no-control-regex
    expect([name, /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)]).toEqual([name, false])
    expect([...HEADERS]).toContain(name)
  }
}

const HEADERS = new Set([
  ...['accept', 'authorization', 'content-type', 'user-agent', 'x-github-api-version', 'x-tfs-fedauthredirect'],
])

test.each(names)('any string as %s: refused, or in its own place of the request', async (name) => {
  const refresh = { 'bot-access-token': '', 'bot-refresh-token': 'r', 'azure-tenant-id': 'hmcts.example' }
  const client = { 'azure-client-id': '00000000-0000-0000-0000-000000000000' }
  const byRefreshToken = /refresh|azure/.test(name) ? { ...refresh, ...client } : {}
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const played = await playOrRefuse({ ...byRefreshToken, [name]: text })
      for (const asked of played?.asked ?? []) checkRequest(asked)
    }),
    { numRuns: 40 },
  )
})

test.each(['..', '.', './', '../..', '%2e%2e', '..\\..', ' .. '])(
  '%j as the environment leaves no path',
  async (text) => {
    const inputs = {
      ...{ 'bot-access-token': '', 'bot-refresh-token': 'r', 'bot-refresh-token-environment': text },
      ...{ 'azure-tenant-id': 'hmcts.example', 'azure-client-id': '00000000-0000-0000-0000-000000000000' },
    }
    for (const asked of (await playOrRefuse(inputs))?.asked ?? []) checkRequest(asked)
  },
)

test('the usual inputs get through to the end, so that the strings above are tried on every request', async () => {
  const { conclusion, asked } = await play({}, welcome)
  expect(conclusion.outcome).toBe('renewed')
  expect(new Set(asked.map(({ url }) => url.host)).size).toBe(3)
})
