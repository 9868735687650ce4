import { expect, it } from '@jest/globals'
import nock from 'nock'
import { API, connected, failureOf, nockEachTest } from './github.ts'

nockEachTest()

it.each([
  [{ visibility: 'internal', private: true, archived: true, disabled: false }, 'internal', true, false],
  [{ visibility: 'public', private: false, archived: false, disabled: true }, 'public', false, true],
  [{ private: true }, 'private', false, false],
  [{ private: false }, 'public', false, false],
])('%j is %s', async (told, visibility, archived, disabled) => {
  nock(API)
    .get('/repos/hmcts/RPX')
    .reply(200, { id: 4711, full_name: 'hmcts/rpx', ...told })
  const { github } = await connected()
  expect(await github.repository('hmcts/RPX')).toEqual({ id: 4711, name: 'hmcts/rpx', visibility, archived, disabled })
})

const noNames = [
  'rpx',
  'a/b/c',
  'hmcts/..',
  'hmcts/.',
  '../rpx',
  './rpx',
  '/rpx',
  'hmcts/',
  'hmcts/r?x',
  'hmcts/r\\..',
  'hm%2fcts/x',
]

it.each(noNames)('a repository called %s is none, and no list may name it', async (name) => {
  nock(API).get('/repos/hmcts/rpx').times(4).reply(200, { id: 1, full_name: name })
  nock(API)
    .get(/^\/orgs\/hmcts\/repos/)
    .times(4)
    .reply(200, [{ id: 1, full_name: name }])
  const { github } = await connected()
  expect((await failureOf(github.repository('hmcts/rpx'))).refusal).toBe('unreadable')
  expect((await failureOf(github.repositories('hmcts'))).refusal).toBe('unreadable')
})

it('repositories of others that a list names are none of the organization', async () => {
  const listed = ['evil/rpx', 'hmcts-evil/rpx', 'HMCTS/rpx'].map((name, id) => ({ id, full_name: name }))
  nock(API)
    .get(/^\/orgs\/hmcts\/repos/)
    .reply(200, listed)
  const { github } = await connected()
  expect((await github.repositories('hmcts')).map(({ name }) => name)).toEqual(['HMCTS/rpx'])
})

it('one that cannot be seen is a refusal', async () => {
  nock(API).get('/repos/hmcts/rpx').reply(404, { message: 'Not Found' })
  const { github } = await connected()
  expect(await failureOf(github.repository('hmcts/rpx'))).toMatchObject({
    refusal: 'not-found',
    missingPermission: 'metadata=read',
  })
})
