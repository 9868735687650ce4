import { describe, expect, it } from '@jest/globals'
import { HOUR, MINUTE, SECOND } from '../../src/clock.ts'
import { connectGitHub } from '../../src/github/connect.ts'
import { Credential } from '../../src/github/standing.ts'
import { WaitBudget } from '../../src/retry.ts'
import { Secrets } from '../../src/secrets.ts'
import { EventClock } from '../event-clock.ts'
import { testWire, VirtualClock } from '../wire.ts'
import {
  answering,
  API,
  connected,
  type Connected,
  failureOf,
  freePace,
  organization,
  placeIn,
  repository,
  TOKEN,
} from './github.ts'

const START = Date.parse('2026-11-21T08:00:00Z')
const limited =
  (headers: Record<string, string>, status = 403): (() => Response) =>
  () =>
    new Response('{"message":"You have exceeded a secondary rate limit"}', { status, headers })
const fine = (): Response => new Response(null, { status: 204 })
const sealed = { keyId: '1', encryptedValue: 'c2VhbGVk' }

describe('the wait', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7 * SECOND],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 08:02:00 GMT' }, 2 * MINUTE],
    ['nothing at all, which would never end', { 'retry-after': '0' }, SECOND],
    ['a date that has passed', { 'retry-after': 'Sat, 21 Nov 2026 07:00:00 GMT' }, SECOND],
    ['the next hour', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(START / 1000 + 600) }, 601 * SECOND],
    ['an hour that has begun', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1000' }, SECOND],
    ['an hour that nobody knows', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'soon' }, MINUTE],
    ['an hour not named', { 'x-ratelimit-remaining': '0' }, MINUTE],
    ['a while', {}, MINUTE],
  ])('is for %s', async (_, headers, wait) => {
    const { github, wire } = await connected({ fetch: answering(limited(headers), fine) })
    expect(await github.write(placeIn(repository), sealed)).toBe('updated')
    expect(wire.waited.map(({ milliseconds }) => milliseconds)).toEqual([wait])
  })

  it('doubles where GitHub does not say how long', async () => {
    const fetch = answering(limited({}), limited({}), limited({}, 429), limited({}), fine)
    const { github, wire } = await connected({ fetch })
    await github.write(placeIn(repository), sealed)
    expect(wire.clock.slept).toEqual([1, 2, 4, 8].map((minutes) => minutes * MINUTE))
  })
})

it('a true 404 that is the last request of its hour is asked for again in the next one', async () => {
  const absent = (remaining: number) => () =>
    new Response('{"message":"Not Found"}', {
      status: 404,
      headers: { 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': String(START / SECOND + 600) },
    })
  const { github, pace, wire } = await connected({ fetch: answering(absent(0), absent(4999)) })
  expect(await github.secret(placeIn(repository))).toBeUndefined()
  expect([wire.clock.slept, pace.slowedDown]).toEqual([[601 * SECOND], 0])
})

describe('the pace', () => {
  it('is halved by a secondary limit', async () => {
    const { github, pace } = await connected({ fetch: answering(limited({ 'retry-after': '1' }), fine) })
    await github.write(placeIn(repository), sealed)
    expect(pace.slowedDown).toBe(1)
  })

  it('is kept when the amount of the hour is used up', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(START / 1000) }
    const { github, pace } = await connected({ fetch: answering(limited(headers), fine) })
    await github.write(placeIn(repository), sealed)
    expect(pace.slowedDown).toBe(0)
  })
})

describe('while one request waits', () => {
  it('the others wait with it, on the same budget', async () => {
    const clock = new VirtualClock()
    const sentAt: number[] = []
    const fetch = (): Promise<Response> => {
      sentAt.push(clock.now() - START)
      return Promise.resolve(sentAt.length === 1 ? limited({ 'retry-after': '90' })() : fine())
    }
    const { github, wire } = await connected({ clock, fetch, waits: new WaitBudget(clock, 90 * SECOND) })
    const first = github.write(placeIn(repository), sealed)
    while (wire.waited.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([first, github.remove(placeIn(repository)), github.remove(placeIn(repository, 'agents'))])
    expect(sentAt).toEqual([0, 90 * SECOND, 90 * SECOND, 90 * SECOND])
  })

  it('and another meets a longer limit meanwhile, all wait for that one', async () => {
    const clock = new EventClock()
    const sentAt: number[] = []
    const answers = [
      { after: 0, answer: limited({ 'retry-after': '60' }) },
      { after: 10 * SECOND, answer: limited({ 'retry-after': '300' }) },
    ]
    const fetch = async (): Promise<Response> => {
      const { after, answer } = answers[sentAt.push(clock.now() - START) - 1] ?? { after: 0, answer: fine }
      if (after > 0) await clock.sleep(after)
      return answer()
    }
    const wire = { ...testWire(), clock, fetch, waits: new WaitBudget(clock, 30 * MINUTE) }
    const secrets = new Secrets(() => undefined)
    const standing = { pace: freePace(), credential: new Credential() }
    const github = await connectGitHub(wire, { apiUrl: API, token: TOKEN, secrets }, standing)
    const later = clock.sleep(5 * SECOND).then(() => github.remove(placeIn(repository, 'agents')))
    await Promise.all([github.write(placeIn(repository), sealed), github.remove(placeIn(repository)), later])
    expect(sentAt).toEqual([0, 0, 310, 310, 310].map((seconds) => seconds * SECOND))
  })

  const tooLong = async (): Promise<Connected & { readonly asked: readonly string[] }> => {
    const fetch = answering(limited({ 'retry-after': '7200' }), fine)
    const made = await connected({ fetch })
    const { github } = made
    const access = { visibility: 'all', selectedRepositoryIds: [], holdsUntil: Infinity } as const
    expect(await failureOf(github.write(placeIn(organization), sealed, access))).toMatchObject({
      refusal: 'rate-limited',
      fallsBack: false,
      retryAfter: 2 * HOUR,
    })
    return { ...made, asked: fetch.asked }
  }

  it('and no time is left for that, the others are not sent either', async () => {
    const { github, wire, asked } = await tooLong()
    wire.clock.pass(HOUR)
    for (const work of [() => github.write(placeIn(repository), sealed), () => github.secret(placeIn(organization))])
      expect(await failureOf(work())).toMatchObject({
        refusal: 'rate-limited',
        kind: 'rate-limited',
        fallsBack: false,
        fateUnknown: false,
        retryAfter: HOUR,
        hint: expect.stringMatching(/asks to wait 3600 s, and max-wait-minutes leaves less/),
      })
    expect([asked.length, wire.clock.slept]).toEqual([1, []])
    wire.clock.pass(HOUR)
    expect(await github.write(placeIn(repository), sealed)).toBe('updated')
  })

  it('and no time is left for that, a rolled refresh token is still stored: there is no other chance', async () => {
    const { github, wire } = await tooLong()
    expect(await github.write({ ...placeIn(repository), form: 'refresh-token' }, sealed)).toBe('updated')
    expect(wire.clock.slept).toEqual([])
  })
})
