import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Failure } from '../../src/errors.ts'
import { fc, tries } from '../properties.ts'
import { checkRequests } from './check-request.ts'
import { json, play, type Played } from './stage.ts'
import { PAT_ID, welcome } from './welcome.ts'

type Inputs = Readonly<Record<string, string>>

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

const app = { 'azure-tenant-id': 'hmcts.example', 'azure-client-id': '00000000-0000-0000-0000-000000000000' }
const byRefreshToken = { ...app, 'bot-access-token': '', 'bot-refresh-token': 'r' }
const vault = {
  ...{ 'key-vault-url': 'https://hmcts.vault.azure.net', 'key-vault-pat': 'pat' },
  ...{ ...byRefreshToken, 'bot-refresh-token': '', 'key-vault-refresh-token': 'refresh' },
}
const verified = { 'verify-workflow': 'hmcts/app/build.yml@main' }

/** The inputs that become part of requests, and what they are given beside. */
const names: Readonly<Record<string, Inputs>> = {
  ...of({}, 'ado-organization', 'ado-project', 'ado-feed', 'pat-name', 'pat-scope', 'bot-user', 'current-pat'),
  ...of({}, 'github-organization', 'repositories', 'secret-name', 'secret-name-base64', 'github-token'),
  ...of({}, 'bot-access-token', 'revoke-pats', 'secret-stores'),
  ...of(byRefreshToken, 'bot-refresh-token-secret', 'bot-refresh-token-environment', 'bot-refresh-token'),
  ...of(byRefreshToken, 'azure-tenant-id', 'azure-client-id'),
  ...of(vault, 'key-vault-url', 'key-vault-pat', 'key-vault-refresh-token'),
  ...of(verified, 'verify-workflow', 'workflow-token'),
  ...of({ 'notify-issue': 'true' }, 'notify-webhook-url'),
}

function of(beside: Inputs, ...inputs: readonly string[]): Readonly<Record<string, Inputs>> {
  return Object.fromEntries(inputs.map((name) => [name, beside]))
}

const operations = fc.oneof(
  { weight: 4, arbitrary: fc.constant('renew') },
  { weight: 6, arbitrary: fc.constantFrom('check', 'extend', 'revoke', 'audit', 'sign-in', 'federate') },
)

const OIDC = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://oidc.example/token?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
}
beforeAll(() => {
  Object.assign(process.env, OIDC)
})
afterAll(() => {
  for (const name of Object.keys(OIDC)) Reflect.deleteProperty(process.env, name)
})

async function playOrRefuse(inputs: Inputs, env: Inputs, answer = welcome): Promise<Played | undefined> {
  try {
    return await play(inputs, answer, env)
  } catch (error) {
    // Refused before any request, with what was expected.
    if (error instanceof Failure && error.kind === 'input') return undefined
    throw error
  }
}

/** @returns how many requests there were */
async function checkAll(inputs: Inputs, env: Inputs = {}, answer = welcome): Promise<number> {
  const asked = (await playOrRefuse(inputs, env, answer))?.asked ?? []
  checkRequests(asked, { inputs, env, named: ['hmcts/app', PAT_ID] })
  return asked.length
}

test.each(Object.entries(names))(
  'any string as %s: refused, or in its own place of the request',
  async (name, beside) => {
    await fc.assert(
      fc.asyncProperty(hostile, operations, async (text, operation) => {
        await checkAll({ ...(operation === 'renew' ? {} : app), ...beside, operation, [name]: text })
      }),
      tries(20),
    )
  },
)

/** Who is told of trouble, and where, is only asked in trouble. */
const troubled: typeof welcome = (asked) => (asked.url.host === 'vssps.dev.azure.com' ? json({}, 401) : welcome(asked))

test('any string in the address of the webhook: refused, or in its own place', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      await checkAll({ 'notify-webhook-url': `https://hooks.example/${text}`, 'notify-issue': 'true' }, {}, troubled)
    }),
    tries(20),
  )
})

test.each(['GITHUB_API_URL', 'AZURE_AUTHORITY_HOST', 'GITHUB_REPOSITORY'])(
  'any string in the variable %s: refused, or where all such requests go',
  async (name) => {
    await fc.assert(
      fc.asyncProperty(
        hostile,
        fc.constantFrom('', 'https://ghe.example/', 'ghe.example', 'a/'),
        async (text, before) => {
          const inputs = name === 'GITHUB_REPOSITORY' ? { repositories: 'app', 'github-organization': 'hmcts' } : {}
          await checkAll({ ...byRefreshToken, ...inputs }, { [name]: before + text })
        },
      ),
      tries(20),
    )
  },
)

test.each(['https://ghe.example/?', 'https://ghe.example/api#', 'https://ghe.example/?#'])(
  '%j as an address: what is asked there stays in the path',
  async (text) => {
    const env = { AZURE_AUTHORITY_HOST: text, GITHUB_API_URL: text }
    expect(await checkAll(byRefreshToken, env)).toBeGreaterThan(0)
  },
)

test.each(['..', '.', './', '../..', '%2e%2e', '..\\..', ' .. '])(
  '%j as the environment leaves no path',
  async (text) => {
    await checkAll({ ...byRefreshToken, 'bot-refresh-token-environment': text })
  },
)

const ways: readonly (readonly [outcome: string, inputs: Inputs, hosts: number])[] = [
  ['renewed', {}, 3],
  ['renewed', { ...byRefreshToken, 'azure-client-auth': 'github-oidc' }, 5],
  ['renewed', { ...vault, ...verified, repositories: 'all' }, 6],
  ['due', { operation: 'check' }, 4],
  ['extended', { operation: 'extend' }, 2],
  ['revoked', { operation: 'revoke', 'revoke-pats': 'all' }, 2],
  ['audited', { operation: 'audit' }, 1],
  ['signed-in', { ...app, operation: 'sign-in' }, 5],
  ['federated', { ...app, operation: 'federate' }, 3],
  ['federated', { ...app, operation: 'federate', 'azure-tenant-id': 'HMCTS.example' }, 3],
]

test.each(ways)(
  'usual inputs get through to the end (%s, %j), so that strings are tried on every request',
  async (outcome, inputs, hosts) => {
    const { conclusion, asked } = await play(inputs, welcome)
    expect(conclusion).toMatchObject({ outcome })
    expect(new Set(asked.map(({ url }) => url.host)).size).toBe(hosts)
    expect(await checkAll(inputs)).toBe(asked.length)
  },
)

test('so do those of people who are told of trouble', async () => {
  const inputs = { 'notify-webhook-url': 'https://hooks.example/services/T/B/x?y=z', 'notify-issue': 'true' }
  const { asked } = await play(inputs, troubled)
  expect(asked.map(({ url }) => url.href)).toContain(inputs['notify-webhook-url'])
  expect(await checkAll(inputs, {}, troubled)).toBe(asked.length)
})
