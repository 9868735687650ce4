import { expect, test } from '@jest/globals'
import { azureDevOpsHosts } from '../../src/hosts.ts'
import { summaryOf } from '../../src/report/summary.ts'
import { outputsOf } from '../../src/report/outputs.ts'
import { Secrets } from '../../src/secrets.ts'
import { fc, tries } from '../properties.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { checkRequests } from './check-request.ts'
import { type Asked, json, NEW_PAT, play, type Played, showsNewPat } from './stage.ts'

/** What a run says is one line each, and a failure is a sentence for people and no crash's words. */
function checkWords({ conclusion, lines }: Played): void {
  expect(conclusion.failure === undefined).toBe(!['failed', 'expired', 'missing'].includes(conclusion.outcome))
  expect(conclusion.failure ?? 'A sentence.').toMatch(/^[A-Z].*\.$/)
  const result = { ...conclusion, warnings: [], finishedAt: Date.parse('2026-11-21T08:00:00Z') }
  const said = [...lines, ...Object.values(outputsOf(result)), summaryOf(result, new Secrets(() => undefined))]
  expect(
    said.filter((text) =>
      /undefined|\[object |NaN|Invalid (time|Date)|Cannot read|is not (a function|iterable)/.test(text),
    ),
  ).toEqual([])
  // eslint-disable-next-line no-control-regex
  expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|^::|##\[/.test(line))).toEqual([])
}

const status = fc.oneof(
  fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503),
  fc.integer({ min: 200, max: 599 }),
)
const time = fc.constantFrom(
  ...['2026-11-21T08:00:00Z', '+275760-09-13T00:00:00.000Z', '-271821-04-20T00:00:00Z', '9999-12-31T23:59:59.9999999Z'],
  ...['0001-01-01T00:00:00', '2026-02-30', '', 'yesterday', '1e400', '2026-11-21'],
)
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  time,
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1e308,
    2 ** 53,
    '::set-output name=x::y',
    '##[error]x',
    '</details>',
    '__proto__',
    [],
  ),
)
const headers = fc.dictionary(
  fc.constantFrom(
    'retry-after',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
    'x-github-sso',
    'location',
    'link',
    'x-tfs-serviceerror',
  ),
  fc.constantFrom(
    '0',
    '1',
    '999999999999',
    '-1',
    'Fri, 31 Dec 9999 23:59:59 GMT',
    'required; url=https://x/?a',
    '%',
    '::x::',
    'https://evil.example/',
    '<https://evil.example/repos?page=2>; rel="next"',
    '9'.repeat(400),
  ),
  { maxKeys: 2 },
)

const operations = ['renew', 'check', 'extend', 'revoke', 'audit'] as const

test.each(operations)('%s: any JSON with any status and odd headers as the answer to everything', async (operation) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(odd, status, headers), { minLength: 1, maxLength: 5 }), async (answers) => {
      let next = 0
      const answer = () => json(...(answers[next++ % answers.length] ?? [{}, 200, {}]))
      const inputs = { operation, 'current-pat': 'p', 'max-wait-minutes': '1' }
      const played = await play(inputs, answer)
      checkWords(played)
      checkRequests(played.asked, { inputs })
    }),
    tries(30),
  )
})

test.each(['text/html', 'application/json', 'text/plain', ''])(
  'any text, called %j, as the answer to everything',
  async (type) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.constantFrom(200, 203, 400, 403, 500), async (text, code) => {
        checkWords(await play({}, () => new Response(text, { status: code, headers: { 'content-type': type } })))
      }),
      tries(15),
    )
  },
)

/** Answers as the services give them, in which one value is another. */
function bent(asked: Asked, key: string, value: unknown): Response {
  const now = '2026-11-01T08:00:00Z'
  const pat = {
    ...{ authorizationId: 'id', displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-01T08:00:00.417Z' },
    ...{ scope: 'vso.packaging_write', validFrom: now, validTo: '2026-11-24T08:00:00Z', targetAccounts: ['hmcts'] },
  }
  const bend = (body: object): object => ({ ...body, ...(key in body ? { [key]: value } : {}) })
  const { url, method } = asked
  if (url.host === azureDevOpsHosts.pats && method === 'GET')
    return json(bend({ continuationToken: '', patTokens: url.search.includes('active') ? [bend(pat)] : [] }))
  if (url.host === azureDevOpsHosts.pats) {
    const minted = { ...pat, authorizationId: 'new', token: NEW_PAT, validFrom: '2026-11-21T08:00:00Z' }
    return json(bend({ patToken: bend({ ...minted, validTo: '2026-12-21T07:59:00Z' }), patTokenError: 'none' }))
  }
  if (url.host === azureDevOpsHosts.feeds)
    return showsNewPat(asked) ? json(bend({ id: 'feed' })) : json(bend({ message: 'no' }), 401)
  if (method !== 'GET') return json({}, 201)
  if (url.pathname.endsWith('/public-key'))
    return json(bend({ key_id: '1', key: Buffer.alloc(32, 9).toString('base64') }))
  const repository = bend({ id: 7, full_name: 'hmcts/app', visibility: 'private' })
  if (url.pathname.endsWith('/repos')) return json([repository])
  if (url.pathname.endsWith('/repositories')) return json(bend({ total_count: 1, repositories: [repository] }))
  if (/\/repos\/.*secrets$/.test(url.pathname))
    return json(bend({ total_count: 1, secrets: [bend({ name: 'AZURE_DEVOPS_ARTIFACT_TOKEN', updated_at: now })] }))
  return json(bend({ created_at: now, updated_at: now, visibility: 'selected' }))
}

const keys = [
  ...['authorizationId', 'displayName', 'scope', 'validFrom', 'validTo', 'targetAccounts', 'token', 'patToken'],
  ...['patTokenError', 'patTokens', 'continuationToken', 'key_id', 'key', 'total_count', 'repositories', 'id'],
  ...['created_at', 'updated_at', 'visibility', 'message', 'full_name', 'secrets', 'name'],
]

/** Names that would lead elsewhere, were they put into a path or a query as they are. */
const leading = [
  ...['hmcts/..', 'hmcts/.', '../x', '..', '/', 'hmcts/x/../..', 'hmcts/%2e%2e', 'hmcts/x?y', 'hmcts/x#y', 'hmcts/x;y'],
  ...['hmcts/x\\..\\..', '//evil.example/x', 'https://evil.example/x', 'x&displayFilterOption=all', 'x\r\ny: z'],
]

/** `all`, where copies are kept by the names that GitHub gives. */
const copies = fc.constantFrom({}, { repositories: 'all' }, { repositories: 'all', 'stale-copies': 'remove' })

test('undisturbed, those answers lead to a renewal, of every repository too', async () => {
  expect((await play({}, (asked) => bent(asked, '', ''))).conclusion.outcome).toBe('renewed')
  const { conclusion } = await play({ repositories: 'all' }, (asked) => bent(asked, '', ''))
  expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app'] })
})

async function playBent(inputs: Readonly<Record<string, string>>, key: string, value: unknown): Promise<void> {
  const played = await play(inputs, (asked) => bent(asked, key, value))
  checkWords(played)
  checkRequests(played.asked, { inputs, named: ['hmcts/app', 'id', 'new', String(value)] })
}

test.each(keys)('anything at all as %s', async (key) => {
  const value = fc.oneof(odd, fc.constantFrom(...leading))
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(...operations), copies, async (text, operation, all) => {
      await playBent({ operation, ...all }, key, text)
    }),
    tries(15),
  )
})

test.each(leading)('%j as the name of a repository, or as what asks for the next page, leads nowhere', async (name) => {
  for (const key of ['full_name', 'continuationToken', 'authorizationId', 'name'])
    await playBent({ repositories: 'all', force: 'true', 'revoke-superseded-after-hours': '0' }, key, name)
})

test.each([-1e300, 1e300, -8e15, 9e15, 0, '1', null, [], {}])('an access token that ends at %j', async (exp) => {
  const scene = await createScene()
  seedLive(scene)
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { conclusion } = await scene.run({ 'bot-access-token': `${part({})}.${part({ exp, upn: {}, scp: [] })}.x` })
  expect(conclusion.failure).toMatch(/^Could not /)
})
