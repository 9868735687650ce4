import { expect, test } from '@jest/globals'
import type nock from 'nock'
import { bot, failureOf, pat, PATS, record, vssps } from './service.ts'

/** Answers the pages of one filter, in order. */
function pages(filter: string, ...bodies: readonly nock.Body[]): void {
  for (const body of bodies)
    vssps()
      .get(PATS)
      .query({ displayFilterOption: filter, $top: '100', 'api-version': '7.1-preview.1' })
      .reply(200, body)
}

const none = { patTokens: [], continuationToken: '' }

test('active, expired and revoked PATs are merged', async () => {
  pages('active', { patTokens: [record({ authorizationId: 'a' })], continuationToken: '' })
  pages('expired', { patTokens: [record({ authorizationId: 'b' })], continuationToken: null })
  pages('revoked', { patTokens: [record({ authorizationId: 'c' })] })
  expect(await bot().azureDevOps.listPats()).toEqual([
    pat({ authorizationId: 'a' }),
    pat({ authorizationId: 'b' }),
    pat({ authorizationId: 'c', revoked: true }),
  ])
})

test('a PAT that two lists hold is there once, and revoked wins', async () => {
  pages('active', { patTokens: [record({ authorizationId: 'ABC' })], continuationToken: '' })
  pages('expired', none)
  pages('revoked', { patTokens: [record({ authorizationId: 'abc' })], continuationToken: '' })
  expect(await bot().azureDevOps.listPats()).toEqual([pat({ authorizationId: 'abc', revoked: true })])
})

test('every page is read, with the same filters again', async () => {
  pages('active', { patTokens: [record({ authorizationId: 'a' })], continuationToken: 'page/2=' })
  vssps()
    .get(PATS)
    .query({ displayFilterOption: 'active', $top: '100', continuationToken: 'page/2=', 'api-version': '7.1-preview.1' })
    .reply(200, { patTokens: [record({ authorizationId: 'b' })], continuationToken: '' })
  pages('expired', none)
  pages('revoked', none)
  const ids = (await bot().azureDevOps.listPats()).map(({ authorizationId }) => authorizationId)
  expect(ids).toEqual(['a', 'b'])
})

test('a next page that comes round again is given up', async () => {
  vssps()
    .get(PATS)
    .query(({ displayFilterOption }) => displayFilterOption === 'active')
    .times(2)
    .reply(200, { patTokens: [], continuationToken: 'same' })
  pages('expired', none)
  pages('revoked', none)
  const failure = await failureOf(bot().azureDevOps.listPats())
  expect(failure).toMatchObject({ kind: 'unreadable', hint: expect.stringContaining('same next page') })
})

test('a PAT without a name, without scopes or for all organizations is listed like any other', async () => {
  pages('active', {
    patTokens: [record({ displayName: null, scope: null, targetAccounts: null })],
    continuationToken: '',
  })
  pages('expired', none)
  pages('revoked', none)
  expect(await bot().azureDevOps.listPats()).toEqual([pat({ displayName: '', scopes: [], global: true })])
})

test('scopes come apart at any white space', async () => {
  pages('active', { patTokens: [record({ scope: ' vso.packaging  vso.code ' })], continuationToken: '' })
  pages('expired', none)
  pages('revoked', none)
  expect((await bot().azureDevOps.listPats())[0]?.scopes).toEqual(['vso.packaging', 'vso.code'])
})

test('one that cannot be read is left out where whoever asks allows it, and all others are there', async () => {
  const broken = [
    record({ authorizationId: 'a', displayName: 'by hand', validFrom: null }),
    record({ authorizationId: 'b', displayName: 'of a tool', validTo: '+012345-01-01T00:00:00Z' }),
    record({ authorizationId: null, displayName: null }),
  ]
  pages('active', { patTokens: [...broken, record({ authorizationId: 'd' })], continuationToken: '' })
  pages('expired', none)
  pages('revoked', none)
  const leftOut: string[][] = []
  const leaveOut = (...why: [string, string]): boolean => leftOut.push(why) > 0
  expect(await bot().azureDevOps.listPats(leaveOut)).toEqual([pat({ authorizationId: 'd' })])
  expect(leftOut).toEqual([
    ['by hand', 'its validFrom is not a non-empty string'],
    ['of a tool', 'its validTo is not a date'],
    ['', 'its authorizationId is not a non-empty string'],
  ])
})

test('one page that fails for a moment is asked for again', async () => {
  const { azureDevOps, wire } = bot()
  vssps()
    .get(PATS)
    .query(({ displayFilterOption }) => displayFilterOption === 'active')
    .reply(503, '<html>busy</html>')
  pages('active', none)
  pages('expired', none)
  pages('revoked', none)
  expect(await azureDevOps.listPats()).toEqual([])
  expect(wire.clock.slept).toEqual([1000])
})

test.each([
  ['no list', { value: [] }, 'patTokens is not a list'],
  [
    'a PAT without an id',
    { patTokens: [record({ authorizationId: null })] },
    'its authorizationId is not a non-empty string',
  ],
  ['a PAT without an end', { patTokens: [record({ validTo: 'soon' })] }, 'its validTo is not a date'],
  ['a PAT that is none', { patTokens: [null] }, 'the PAT is not an object'],
  ['a list instead of an object', [], 'the list is not an object'],
])('%s is unreadable, after the retries', async (_name, body, words) => {
  const { azureDevOps, sent } = bot()
  vssps()
    .get(PATS)
    .query(({ displayFilterOption }) => displayFilterOption === 'active')
    .times(4)
    .reply(200, body)
  pages('expired', none)
  pages('revoked', none)
  const failure = await failureOf(azureDevOps.listPats())
  expect(failure).toMatchObject({ kind: 'unreadable', fateUnknown: false, hint: expect.stringContaining(words) })
  expect(sent).toHaveLength(6)
})
