import { expect, it } from '@jest/globals'
import nock from 'nock'
import { API, connected, failureOf, nockEachTest, placeIn, repository } from './github.ts'

nockEachTest()

it.each([301, 302, 307, 308])('%i: the secret goes nowhere else', async (status) => {
  nock(API)
    .put('/repos/hmcts/rpx/actions/secrets/FEED_TOKEN')
    .reply(status, { message: 'Moved' }, { location: `${API}/repositories/1/actions/secrets/FEED_TOKEN` })
  const { github } = await connected()
  const failure = await failureOf(github.write(placeIn(repository), { keyId: '1', encryptedValue: 'c2VhbGVk' }))
  expect(failure).toMatchObject({ refusal: 'moved', kind: 'refused', status, fateUnknown: false })
  expect(failure.hint).toMatch(/repository hmcts\/rpx has probably been renamed or transferred .* in repositories\./)
})
