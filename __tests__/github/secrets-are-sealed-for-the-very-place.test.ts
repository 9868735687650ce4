import { describe, expect, it } from '@jest/globals'
import nock from 'nock'
import { seal } from '../../src/github/seal.ts'
import { writeSealed } from '../../src/github/write-sealed.ts'
import { type JsonObject, objectIn } from '../../src/json.ts'
import {
  API,
  connected,
  failureOf,
  newOpener,
  nockEachTest,
  ORGANIZATION_SECRETS,
  organization,
  placeIn,
  REPOSITORY_SECRETS,
  repository,
} from './github.ts'

nockEachTest()

const TEXT = 'made-up PAT, ünïcode and all'
const SECRET = `${REPOSITORY_SECRETS}/FEED_TOKEN`
const place = placeIn(repository)

/** The bodies of the writes to a path, as they come. */
function writes(path: string, ...statuses: readonly number[]): JsonObject[] {
  const bodies: JsonObject[] = []
  for (const status of statuses) {
    nock(API)
      .put(path)
      .reply(async (request: Request) => {
        bodies.push(objectIn(await request.json(), 'the body'))
        return [status, status === 204 ? null : {}]
      })
  }
  return bodies
}

function valueOf(body: JsonObject | undefined): string {
  return String(body?.encrypted_value)
}

describe('a sealed text', () => {
  it('opens with the key of the place, and only with that', async () => {
    const [mine, other] = [await newOpener('1'), await newOpener('2')]
    const { keyId, encryptedValue } = await seal(mine.key, TEXT)
    expect(keyId).toBe('1')
    expect(mine.open(encryptedValue)).toBe(TEXT)
    expect(() => other.open(encryptedValue)).toThrow()
  })

  it('is another one each time', async () => {
    const { key } = await newOpener()
    expect((await seal(key, TEXT)).encryptedValue).not.toBe((await seal(key, TEXT)).encryptedValue)
  })

  it('keeps the line break between two lines', async () => {
    const { key, open } = await newOpener()
    expect(open((await seal(key, 'newest\nprevious')).encryptedValue)).toBe('newest\nprevious')
  })

  it.each(['', ' ', 'pat\n', ' pat', 'pat\r\n', '\ufeffpat'])('is never %j', async (text) => {
    const { key } = await newOpener()
    await expect(seal(key, text)).rejects.toMatchObject({ kind: 'input', doing: 'seal the secret' })
  })

  it.each([
    ['too long', Buffer.alloc(33).toString('base64')],
    ['too short', Buffer.alloc(31).toString('base64')],
    ['base64url', Buffer.alloc(32, 255).toString('base64url')],
    ['no base64', '***'],
  ])('needs a key that is not %s', async (_, key) => {
    expect(await failureOf(seal({ keyId: '1', key }, TEXT))).toMatchObject({ refusal: 'unreadable', fallsBack: false })
  })
})

describe('a secret', () => {
  it('is sealed with the key fetched for its place', async () => {
    const opener = await newOpener()
    nock(API).get(`${REPOSITORY_SECRETS}/public-key`).reply(200, opener.sent)
    const bodies = writes(SECRET, 201)
    const { github } = await connected()
    expect(await writeSealed(github, place, TEXT)).toBe('created')
    expect(bodies).toEqual([{ key_id: opener.key.keyId, encrypted_value: expect.any(String) }])
    expect(opener.open(valueOf(bodies[0]))).toBe(TEXT)
  })

  it('takes one request with a key that is at hand', async () => {
    const opener = await newOpener()
    const bodies = writes(`${ORGANIZATION_SECRETS}/FEED_TOKEN`, 204)
    const { github } = await connected()
    const access = { visibility: 'selected', selectedRepositoryIds: [1, 2], holdsUntil: Infinity } as const
    expect(await writeSealed(github, placeIn(organization), TEXT, { key: opener.key, access })).toBe('updated')
    expect(bodies[0]).toMatchObject({ visibility: 'selected', selected_repository_ids: [1, 2] })
    expect(opener.open(valueOf(bodies[0]))).toBe(TEXT)
  })

  it.each([409, 422])('is sealed again after %i, with the key of now', async (status) => {
    const [old, fresh] = [await newOpener('1'), await newOpener('2')]
    const bodies = writes(SECRET, status, 204)
    nock(API).get(`${REPOSITORY_SECRETS}/public-key`).reply(200, fresh.sent)
    const { github } = await connected()
    expect(await writeSealed(github, place, TEXT, { key: old.key })).toBe('updated')
    expect(bodies.map(({ key_id }) => key_id)).toEqual(['1', '2'])
    expect(old.open(valueOf(bodies[0]))).toBe(TEXT)
    expect(fresh.open(valueOf(bodies[1]))).toBe(TEXT)
  })

  it('is sealed again once only', async () => {
    const opener = await newOpener()
    writes(SECRET, 409, 422)
    nock(API).get(`${REPOSITORY_SECRETS}/public-key`).reply(200, opener.sent)
    const { github } = await connected()
    expect(await failureOf(writeSealed(github, place, TEXT, { key: opener.key }))).toMatchObject({
      refusal: 'invalid',
      fallsBack: false,
    })
  })

  it('that GitHub refuses by its name is refused for good', async () => {
    const opener = await newOpener()
    nock(API).put(SECRET).twice().reply(422, { message: 'FEED_TOKEN is too large' })
    nock(API).get(`${REPOSITORY_SECRETS}/public-key`).reply(200, opener.sent)
    const { github } = await connected()
    expect(await failureOf(writeSealed(github, place, TEXT, { key: opener.key }))).toMatchObject({
      refusal: 'secret-refused',
      fallsBack: true,
      fateUnknown: false,
    })
  })

  it('is not sealed again after any other refusal', async () => {
    const { key } = await newOpener()
    writes(SECRET, 403)
    const { github } = await connected()
    expect((await failureOf(writeSealed(github, place, TEXT, { key }))).refusal).toBe('no-permission')
  })

  it('that cannot be sealed is not written', async () => {
    const { key } = await newOpener()
    const { github } = await connected()
    await expect(writeSealed(github, place, 'pat\n', { key })).rejects.toMatchObject({ kind: 'input' })
  })
})
