import { expect, test } from '@jest/globals'
import nock from 'nock'
import { feedRoleOf } from '../../src/azure-devops/feed-role.ts'
import { type FeedPermission, type OrganizationView, viewOrganization } from '../../src/azure-devops/organization.ts'
import { Secrets } from '../../src/secrets.ts'
import { testWire } from '../wire.ts'
import { ACCESS_TOKEN, failureOf } from './service.ts'

const feed = { organization: 'hmcts', project: 'Artifacts', feed: 'hmcts-lib' }
const USER = 'Microsoft.IdentityModel.Claims.ClaimsIdentity;tenant\\bot@example.org'
const GROUP = 'Microsoft.TeamFoundation.Identity;S-1-9-1'
const BUILD = 'Microsoft.TeamFoundation.ServiceIdentity;b:Build:c'
const bot = { id: 'ABC', descriptor: USER }

function view(): OrganizationView {
  const account = { organization: 'hmcts', accessToken: ACCESS_TOKEN, secrets: new Secrets(() => undefined) }
  return viewOrganization(testWire(), account)
}

function permissions(path: string): nock.Interceptor {
  return nock('https://feeds.dev.azure.com').get(path).query({ includeIds: 'true', 'api-version': '7.1' })
}

const ofProject = '/hmcts/Artifacts/_apis/packaging/Feeds/hmcts-lib/permissions'

test('permissions are read with ids, bare or wrapped, descriptors as text or in two', async () => {
  const identityDescriptor = { identityType: 'Microsoft.TeamFoundation.Identity', identifier: 'S-1-9-1' }
  const record = { role: 'Contributor', identityDescriptor, identityId: 'abc', displayName: 'Publishers' }
  const read = { role: 'contributor', descriptor: GROUP, identityId: 'abc', displayName: 'Publishers' }
  permissions(ofProject).reply(200, [record])
  expect(await view().feedPermissions(feed)).toEqual([read])
  permissions(ofProject).reply(200, { count: 1, value: [{ ...record, identityDescriptor: GROUP }] })
  expect(await view().feedPermissions(feed)).toEqual([read])
  permissions('/hmcts/_apis/packaging/Feeds/lib%40Local/permissions').reply(200, [
    { role: 'reader', identityDescriptor: {} },
  ])
  expect(await view().feedPermissions({ ...feed, project: undefined, feed: 'lib@Local' })).toEqual([{ role: 'reader' }])
})

test.each([
  [403, 'refused', 'vso.packaging'],
  [404, 'refused', 'ado-project (blank for a feed of the organization)'],
])('%d says what is missing', async (status, kind, hint) => {
  permissions(ofProject).reply(status, { message: 'no' })
  expect(await failureOf(view().feedPermissions(feed))).toMatchObject({ kind, hint: expect.stringContaining(hint) })
})

test('a list of something else cannot be read', async () => {
  permissions(ofProject)
    .times(4)
    .reply(200, { value: [{ role: 7 }] })
  expect(await failureOf(view().feedPermissions(feed))).toMatchObject({ kind: 'unreadable' })
})

const one = (role: string, descriptor: string | undefined, identityId?: string): FeedPermission => ({
  role,
  descriptor,
  identityId,
  displayName: `who has ${role}`,
})

test.each<[string, readonly FeedPermission[], ReturnType<typeof feedRoleOf>]>([
  ['its own', [one('contributor', USER.toUpperCase())], { kind: 'publishes', role: 'Feed Publisher (Contributor)' }],
  ['its own by id', [one('administrator', undefined, 'abc')], { kind: 'publishes', role: 'Feed Owner' }],
  [
    'the better of two',
    [one('reader', USER), one('contributor', USER)],
    { kind: 'publishes', role: 'Feed Publisher (Contributor)' },
  ],
  ['a lower one alone', [one('reader', USER), one('reader', GROUP)], { kind: 'too-low', role: 'Feed Reader' }],
  ['a custom one', [one('custom', USER)], { kind: 'unknown', own: 'custom', groups: [] }],
  ['one that is new', [one('none', USER), one('curator', USER)], { kind: 'unknown', own: 'curator', groups: [] }],
  ['a custom one by its id alone', [one('custom', undefined, 'abc')], { kind: 'unknown', own: 'custom', groups: [] }],
  [
    'a lower one beside a group',
    [one('reader', USER), one('contributor', GROUP)],
    { kind: 'unknown', own: undefined, groups: ['who has contributor'] },
  ],
  [
    'a lower one beside a group with a custom role',
    [one('reader', USER), one('custom', GROUP)],
    { kind: 'unknown', own: undefined, groups: ['who has custom'] },
  ],
  [
    'a build service is no group',
    [one('reader', USER), one('contributor', BUILD)],
    { kind: 'too-low', role: 'Feed Reader' },
  ],
  [
    'another user is no group',
    [one('reader', USER), one('administrator', USER.replace('bot', 'boss'))],
    { kind: 'too-low', role: 'Feed Reader' },
  ],
  ['none of its own', [one('reader', GROUP)], { kind: 'unknown', own: undefined, groups: [] }],
  ['nothing that counts', [one('none', USER), one('none', GROUP)], { kind: 'too-low', role: 'none' }],
])('%s', (_name, list, role) => {
  expect(feedRoleOf(list, bot)).toEqual(role)
})

test('a bot that nobody knows has no role that could be told', () => {
  const list = [one('contributor', undefined), one('contributor', USER)]
  const { kind } = feedRoleOf(list, { id: undefined, descriptor: undefined })
  expect(kind).toBe('unknown')
})
