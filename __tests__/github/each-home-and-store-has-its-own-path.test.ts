import { describe, expect, it } from '@jest/globals'
import nock from 'nock'
import type { Home } from '../../src/place.ts'
import { stores } from '../../src/place.ts'
import {
  API,
  connected,
  environment,
  failureOf,
  nockEachTest,
  organization,
  placeIn,
  repository,
  TOKEN,
} from './github.ts'

nockEachTest()

const sealed = { keyId: '568250167242549743', encryptedValue: 'c2VhbGVk' }
const access = { visibility: 'all', selectedRepositoryIds: [], holdsUntil: Infinity } as const
const written = { name: 'FEED_TOKEN', created_at: '2026-01-02T03:04:05Z', updated_at: '2026-11-21T08:00:00Z' }

const cases: readonly (readonly [Home, (typeof stores)[number], string])[] = [
  ...stores.map((store) => [organization, store, `/orgs/hmcts/${store}/secrets`] as const),
  ...stores.map((store) => [repository, store, `/repos/hmcts/rpx/${store}/secrets`] as const),
  [environment, 'actions', '/repos/hmcts/.github/environments/renewal%2Fbot/secrets'],
]

describe.each(cases)('%j in %s', (home, store, path) => {
  const place = placeIn(home, store)

  it('gives its public key', async () => {
    nock(API).get(`${path}/public-key`).reply(200, { key_id: '0123', key: 'a2V5' })
    const { github, pace } = await connected()
    expect(await github.publicKey(home, store)).toEqual({ keyId: '0123', key: 'a2V5' })
    expect(pace.points).toEqual([1])
  })

  it('tells when a secret was written', async () => {
    nock(API)
      .get(`${path}/FEED_TOKEN`)
      .reply(200, { ...written, visibility: 'private' })
    const { github } = await connected()
    expect(await github.secret(place)).toEqual({
      writtenAt: Date.parse('2026-11-21T08:00:00Z'),
      createdAt: Date.parse('2026-01-02T03:04:05Z'),
      visibility: home.kind === 'organization' ? 'private' : undefined,
    })
  })

  it('shows no secret where there is none', async () => {
    nock(API).get(`${path}/FEED_TOKEN`).reply(404, { message: 'Not Found' })
    const { github } = await connected()
    expect(await github.secret(place)).toBeUndefined()
  })

  it('takes a sealed secret', async () => {
    const visibility = home.kind === 'organization' ? { visibility: 'all' } : {}
    const body = { encrypted_value: 'c2VhbGVk', key_id: '568250167242549743', ...visibility }
    nock(API).put(`${path}/FEED_TOKEN`, body).reply(201, {})
    nock(API).put(`${path}/FEED_TOKEN`, body).reply(204)
    const { github, pace } = await connected()
    expect(await github.write(place, sealed, access)).toBe('created')
    expect(await github.write(place, sealed, access)).toBe('updated')
    expect(pace.points).toEqual([5, 5])
  })

  it('gives a secret up', async () => {
    nock(API).delete(`${path}/FEED_TOKEN`).reply(204)
    nock(API).delete(`${path}/FEED_TOKEN`).reply(404, { message: 'Not Found' })
    nock(API).get(path).query(true).reply(200, { total_count: 0, secrets: [] })
    const { github } = await connected()
    expect(await github.remove(place)).toBe('removed')
    expect(await github.remove(place)).toBe('already-gone')
  })

  it('does not take a 404 for the end of a secret that is listed still', async () => {
    nock(API).delete(`${path}/FEED_TOKEN`).reply(404, { message: 'Not Found' })
    nock(API)
      .get(path)
      .query(true)
      .reply(200, { total_count: 1, secrets: [written] })
    const { github } = await connected()
    expect(await failureOf(github.remove(place))).toMatchObject({ status: 404, kind: 'refused' })
  })
})

describe('a request', () => {
  it('is signed, and says who asks', async () => {
    nock(API)
      .get('/repos/hmcts/rpx')
      .matchHeader('authorization', `token ${TOKEN}`)
      .matchHeader('user-agent', /^ado-artifacts-token-renewal\b/)
      .matchHeader('accept', /^application\/vnd\.github/)
      .reply(200, { id: 7, full_name: 'hmcts/rpx' })
    const { github, masked } = await connected()
    await github.repository('hmcts/rpx')
    expect(masked).toContain(TOKEN)
  })

  it('goes to the GitHub of apiUrl, whatever its path', async () => {
    nock('https://ghe.example')
      .get('/api/v3/orgs/a%20b/actions/secrets/public-key')
      .reply(200, { key_id: '1', key: 'a' })
    const { github } = await connected({ apiUrl: 'https://ghe.example/api/v3/' })
    expect(await github.publicKey({ kind: 'organization', organization: 'a b' }, 'actions')).toEqual({
      keyId: '1',
      key: 'a',
    })
  })

  it('is never sent for the stores that environments do not have', async () => {
    const { github } = await connected()
    await expect(github.publicKey(environment, 'dependabot')).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('Environments have Actions secrets only'),
    })
  })

  it('is never sent with a token that no header can carry, and the token is not quoted', async () => {
    const end = await connected({ token: 'ghs_one\ntwo' }).catch((error: unknown) => error)
    expect(end).toMatchObject({ kind: 'input' })
    expect(String(end)).not.toMatch(/ghs_|one|two/)
  })
})

describe('who can read an organization secret', () => {
  const secret = '/orgs/hmcts/actions/secrets/FEED_TOKEN'
  const body = { encrypted_value: 'c2VhbGVk', key_id: '568250167242549743' }

  it('is sent with all the repositories selected', async () => {
    nock(API)
      .put(secret, { ...body, visibility: 'selected', selected_repository_ids: [3, 1, 2] })
      .reply(204)
    const { github } = await connected()
    const selected = { visibility: 'selected', selectedRepositoryIds: [3, 1, 2], holdsUntil: Infinity } as const
    expect(await github.write(placeIn(organization), sealed, selected)).toBe('updated')
  })

  it('is sent without repositories where none are selected by id', async () => {
    nock(API)
      .put(secret, { ...body, visibility: 'private' })
      .reply(204)
    const { github } = await connected()
    const everybody = { visibility: 'private', selectedRepositoryIds: [3], holdsUntil: Infinity } as const
    expect(await github.write(placeIn(organization), sealed, everybody)).toBe('updated')
  })

  it('cannot be forgotten', async () => {
    const { github } = await connected()
    // @ts-expect-error The types ask for it as well.
    await expect(github.write(placeIn(organization), sealed)).rejects.toThrow(TypeError)
  })
})
