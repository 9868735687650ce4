import { expect, test } from '@jest/globals'
import nock from 'nock'
import { type OrganizationView, viewOrganization } from '../../src/azure-devops/organization.ts'
import { DAY } from '../../src/clock.ts'
import { Secrets } from '../../src/secrets.ts'
import { type TestWire, testWire } from '../wire.ts'
import { ACCESS_TOKEN, failureOf, HTML, type SentRequest, SIGN_IN_PAGE } from './service.ts'

const until = Date.parse('2026-11-21T08:00:00.000Z')
const period = { since: until - 30 * DAY, until }

function view(wire: TestWire = testWire()): OrganizationView {
  const account = { organization: 'hmcts', accessToken: ACCESS_TOKEN, secrets: new Secrets(() => undefined) }
  return viewOrganization(wire, account)
}

function log(status: number, body: nock.Body = '', headers: nock.ReplyHeaders = {}): nock.Scope {
  return nock('https://auditservice.dev.azure.com')
    .get('/hmcts/_apis/audit/auditlog')
    .query(true)
    .reply(status, body, headers)
}

const created = {
  id: '1',
  actionId: 'Token.PatCreateEvent',
  actorUPN: 'bot@example.org',
  actorDisplayName: 'Bot',
  ipAddress: '20.0.0.1',
  userAgent: 'curl/8',
  timestamp: '2026-11-20T08:00:00.1233333Z',
  data: { DisplayName: 'a PAT' },
}

test('the log is asked as the bot, for the time wanted, without redirects; only events of PATs are told', async () => {
  const sent: SentRequest[] = []
  const wire = testWire({
    fetch: (url, init) => {
      sent.push({ url, init })
      return globalThis.fetch(url, init)
    },
  })
  log(200, {
    decoratedAuditLogEntries: [{ actionId: 'Git.CreateRepo' }, created],
    continuationToken: 'x',
    hasMore: false,
  })
  expect(await view(wire).auditLog(period)).toEqual({
    entries: 2,
    events: [
      {
        at: Date.parse('2026-11-20T08:00:00.123Z'),
        action: 'Token.PatCreateEvent',
        actor: 'bot@example.org',
        displayName: 'a PAT',
        ipAddress: '20.0.0.1',
        userAgent: 'curl/8',
      },
    ],
  })
  expect(sent.map(({ url }) => url)).toEqual([
    'https://auditservice.dev.azure.com/hmcts/_apis/audit/auditlog?startTime=2026-10-22T08%3A00%3A00.000Z&endTime=2026-11-21T08%3A00%3A00.000Z&batchSize=200&api-version=7.1-preview.1',
  ])
  expect(sent[0]?.init).toMatchObject({
    method: 'GET',
    redirect: 'manual',
    headers: { authorization: `Bearer ${ACCESS_TOKEN}`, 'x-tfs-fedauthredirect': 'Suppress' },
  })
})

test('each page is asked for with the token of the one before and the same times; newest events come first', async () => {
  const asked: string[] = []
  const page = (token: string, body: Readonly<Record<string, unknown>>) =>
    nock('https://auditservice.dev.azure.com')
      .get('/hmcts/_apis/audit/auditlog')
      .query((query) => {
        if ((query.continuationToken ?? '') !== token) return false
        asked.push(String(query.startTime))
        return true
      })
      .reply(200, body)
  const later = { ...created, timestamp: '2026-11-20T09:00:00Z' }
  page('', { decoratedAuditLogEntries: [created], continuationToken: 'a b', hasMore: true })
  page('a b', { decoratedAuditLogEntries: [later], continuationToken: null, hasMore: false })
  const { events } = await view().auditLog(period)
  expect(events.map(({ at }) => at)).toEqual([Date.parse(later.timestamp), Date.parse('2026-11-20T08:00:00.123Z')])
  expect(new Set(asked)).toEqual(new Set(['2026-10-22T08:00:00.000Z']))
})

test('what an entry leaves out is not made up', async () => {
  const bare = {
    actionId: 'token.patrevokeevent',
    actorDisplayName: 'Bot',
    timestamp: '2026-11-20T08:00:00Z',
    data: [],
  }
  log(200, { decoratedAuditLogEntries: [bare], hasMore: false })
  expect((await view().auditLog(period)).events).toEqual([
    {
      at: Date.parse('2026-11-20T08:00:00Z'),
      action: 'token.patrevokeevent',
      actor: 'Bot',
      displayName: undefined,
      ipAddress: undefined,
      userAgent: undefined,
    },
  ])
})

test('the same next page again and again is a failure, and so is more without a page', async () => {
  log(200, { decoratedAuditLogEntries: [], continuationToken: 'x', hasMore: true }).persist()
  expect(await failureOf(view().auditLog(period))).toMatchObject({ kind: 'unreadable' })
  nock.cleanAll()
  log(200, { decoratedAuditLogEntries: [], continuationToken: '', hasMore: true }).persist()
  expect(await failureOf(view().auditLog(period))).toMatchObject({
    kind: 'unreadable',
    hint: expect.stringContaining('continuationToken'),
  })
  nock.cleanAll()
})

test('pages that never end are given up', async () => {
  let page = 0
  const wire = testWire({
    fetch: () => {
      page += 1
      const body = { decoratedAuditLogEntries: [], continuationToken: `${page}`, hasMore: true }
      return Promise.resolve(Response.json(body))
    },
  })
  expect(await failureOf(view(wire).auditLog(period))).toMatchObject({ hint: expect.stringContaining('never stops') })
  expect(page).toBe(5001)
})

test.each<[string, number, nock.Body, nock.ReplyHeaders, string, string]>([
  ['401', 401, { message: 'TF400813: The user is not authorized.' }, {}, 'refused', '"View audit log"'],
  ['401 by its scope', 401, '', {}, 'refused', 'An access token that has expired'],
  ['403', 403, { message: 'no' }, {}, 'refused', '"View audit log"'],
  [
    'Conditional Access',
    403,
    { message: 'VS403463: blocked' },
    {},
    'sign-in',
    'Conditional Access policy of the tenant',
  ],
  ['404', 404, { message: 'no' }, {}, 'refused', 'only organizations connected to Microsoft Entra'],
  ['auditing off', 400, { message: 'Auditing is not enabled.' }, {}, 'refused', 'Auditing is switched off.'],
  [
    'auditing off, by its type',
    403,
    { typeKey: 'AuditLogDisabledException' },
    {},
    'refused',
    'Auditing is switched off.',
  ],
  ['another 400', 400, { message: 'startTime' }, {}, 'refused', 'for the reason it gives'],
  ['a sign-in page', 203, SIGN_IN_PAGE, HTML, 'sign-in', 'sign-in page'],
  ['no list', 200, { value: [] }, {}, 'unreadable', 'decoratedAuditLogEntries is not a list'],
])('%s has its own hint', async (_name, status, body, headers, kind, hint) => {
  log(status, body, headers).persist()
  expect(await failureOf(view().auditLog(period))).toMatchObject({
    kind,
    doing: 'read the audit log',
    hint: expect.stringContaining(hint),
  })
  nock.cleanAll()
})
