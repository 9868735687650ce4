import { describe, expect, it } from '@jest/globals'
import { answering, connected, failureOf, organization, placeIn, repository, truncated } from './github.ts'

const sealed = { keyId: '1', encryptedValue: 'c2VhbGVk' }
const key = (): Response => Response.json({ key_id: '1', key: 'a2V5' })

describe('a write', () => {
  it.each([
    ['broken off', (): Response => truncated(201, '{"na')],
    ['no JSON', (): Response => new Response('<html>', { status: 201, headers: { 'content-type': 'text/html' } })],
    ['of no known kind', (): Response => new Response('{}', { status: 201, headers: { 'content-type': ';;' } })],
    ['missing', (): Response => new Response(null, { status: 201 })],
  ])('has happened with its 201, the body %s', async (_, answer) => {
    const { github } = await connected({ fetch: answering(answer) })
    expect(await github.write(placeIn(repository), sealed)).toBe('created')
  })

  it('is refused by its status, the body broken off', async () => {
    const { github } = await connected({ fetch: answering(() => truncated(403, '{"mess')) })
    expect((await failureOf(github.write(placeIn(repository), sealed))).refusal).toBe('no-permission')
  })

  it('with an undocumented success may have happened or not', async () => {
    const proxy = (): Response => new Response('<html>', { status: 202 })
    const { github } = await connected({ fetch: answering(proxy, proxy, proxy, proxy) })
    expect(await failureOf(github.write(placeIn(repository), sealed))).toMatchObject({
      kind: 'unreadable',
      fateUnknown: true,
    })
  })
})

it('a removal is only done with 204', async () => {
  const fetch = answering(
    () => Response.json({}),
    () => new Response(null, { status: 204 }),
  )
  const { github } = await connected({ fetch })
  expect(await github.remove(placeIn(repository))).toBe('removed')
  expect(fetch.asked).toHaveLength(2)
})

describe('a reading', () => {
  it('is tried again after a body that nobody can read', async () => {
    const fetch = answering(
      () => truncated(200, '{"key_id'),
      () => Response.json(['no key']),
      () => Response.json({ key_id: 1, key: 'a2V5' }),
      key,
    )
    const { github, wire } = await connected({ fetch })
    expect(await github.publicKey(repository, 'actions')).toEqual({ keyId: '1', key: 'a2V5' })
    expect(wire.clock.slept).toEqual([1000, 2000, 4000])
  })

  it('fails as unreadable in the end, and says what is wrong', async () => {
    const odd = (): Response =>
      Response.json({ created_at: '2026-11-21T08:00:00Z', updated_at: '2026-11-21T08:00:00Z', visibility: 'nobody' })
    const { github } = await connected({ fetch: answering(odd, odd, odd, odd) })
    expect(await failureOf(github.secret(placeIn(organization)))).toMatchObject({
      kind: 'unreadable',
      refusal: 'unreadable',
      fallsBack: false,
      fateUnknown: false,
      hint: expect.stringContaining('visibility is not one of all, private, selected'),
    })
  })

  it.each([
    ['null', ''],
    ['{"message":"a","errors":[{"message":"b"},"c",4,{}]}', 'a: b: c'],
    ['{"errors":"x"}', 'x'],
    ['plain words', 'plain words'],
  ])('is refused with the words in %s', async (body, said) => {
    const { github } = await connected({ fetch: answering(() => new Response(body, { status: 400 })) })
    expect((await failureOf(github.publicKey(repository, 'actions'))).said).toBe(said)
  })
})
