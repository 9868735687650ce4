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

it.each(['rpx', 'a/b/c'])('a repository called %s is none', async (name) => {
  nock(API).get('/repos/hmcts/rpx').times(4).reply(200, { id: 1, full_name: name })
  const { github } = await connected()
  expect((await failureOf(github.repository('hmcts/rpx'))).refusal).toBe('unreadable')
})

it('one that cannot be seen is a refusal', async () => {
  nock(API).get('/repos/hmcts/rpx').reply(404, { message: 'Not Found' })
  const { github } = await connected()
  expect(await failureOf(github.repository('hmcts/rpx'))).toMatchObject({
    refusal: 'not-found',
    missingPermission: 'metadata=read',
  })
})
