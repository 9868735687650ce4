import { expect, it } from '@jest/globals'
import nock from 'nock'
import { API, connected, failureOf, nockEachTest, ORGANIZATION_SECRETS, organization, placeIn } from './github.ts'

nockEachTest()

const path = `${ORGANIZATION_SECRETS}/FEED_TOKEN/repositories`
const place = placeIn(organization)

function page(number: number, total: number, ids: readonly number[]): void {
  nock(API)
    .get(path)
    .query({ per_page: '100', page: String(number) })
    .reply(200, { total_count: total, repositories: ids.map((id) => ({ id, full_name: `hmcts/r${id}` })) })
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

it('page after page, a hundred each, until all are there', async () => {
  page(1, 250, range(0, 100))
  page(2, 250, range(100, 200))
  page(3, 250, range(200, 250))
  const { github } = await connected()
  expect(await github.selectedRepositories(place)).toEqual(range(0, 250))
})

it('exactly one page needs no second', async () => {
  page(1, 100, range(0, 100))
  const { github } = await connected()
  expect(await github.selectedRepositories(place)).toHaveLength(100)
})

it('none are none', async () => {
  page(1, 0, [])
  const { github } = await connected()
  expect(await github.selectedRepositories(place)).toEqual([])
})

it('one that moved to the next page meanwhile counts once', async () => {
  page(1, 150, range(0, 100))
  page(2, 150, range(99, 150))
  const { github } = await connected()
  expect(await github.selectedRepositories(place)).toEqual(range(0, 150))
})

it('a list that grows or shrinks between two pages is read anew', async () => {
  // After the first page number 0 is taken off, and 100 slips onto it.
  page(1, 150, range(0, 100))
  page(2, 149, range(101, 150))
  page(1, 149, range(1, 101))
  page(2, 149, range(101, 150))
  const { github } = await connected()
  expect(await github.selectedRepositories(place)).toEqual(range(1, 150))
})

it('one that shrinks to the page that was read already is read anew too', async () => {
  page(1, 101, range(0, 100))
  page(2, 100, [])
  page(1, 100, range(1, 101))
  const { github } = await connected()
  expect(await github.selectedRepositories(place)).toEqual(range(1, 101))
})

it('one that changes whenever it is read is given up', async () => {
  for (const total of [150, 152, 154]) {
    page(1, total, range(0, 100))
    page(2, total + 1, range(100, total + 1))
  }
  const { github } = await connected()
  expect(await failureOf(github.selectedRepositories(place))).toMatchObject({
    refusal: 'unreadable',
    fallsBack: false,
    hint: expect.stringMatching(/changed them between two pages, 3 times in a row/),
  })
})

it('a part of the list, where single sign-on hides the rest, is no list', async () => {
  const headers = { 'x-github-sso': 'partial-results; organizations=7' }
  nock(API)
    .get(path)
    .query(true)
    .reply(200, { total_count: 1, repositories: [{ id: 1 }] }, headers)
  const { github } = await connected()
  expect(await failureOf(github.selectedRepositories(place))).toMatchObject({ refusal: 'sso', fallsBack: true })
})

it('a list that never gets whole is not taken for whole', async () => {
  page(1, 120, range(0, 100))
  page(2, 120, [])
  const { github } = await connected()
  expect(await failureOf(github.selectedRepositories(place))).toMatchObject({
    refusal: 'unreadable',
    kind: 'unreadable',
    fallsBack: false,
    hint: expect.stringContaining('GitHub counts 120 and showed 100'),
  })
})

it('a server that repeats its first page ends too', async () => {
  page(1, 120, range(0, 100))
  page(2, 120, range(0, 100))
  const { github } = await connected()
  expect((await failureOf(github.selectedRepositories(place))).refusal).toBe('unreadable')
})

it('a list without its total is not taken', async () => {
  nock(API).get(path).query(true).times(4).reply(200, { repositories: [] })
  const { github } = await connected()
  expect((await failureOf(github.selectedRepositories(place))).refusal).toBe('unreadable')
})
