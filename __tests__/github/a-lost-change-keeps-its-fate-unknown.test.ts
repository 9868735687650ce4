import { describe, expect, it } from '@jest/globals'
import { writeSealed } from '../../src/github/write-sealed.ts'
import { MINUTE, SECOND } from '../../src/clock.ts'
import { cancelled, Failure } from '../../src/errors.ts'
import { WaitBudget } from '../../src/retry.ts'
import { VirtualClock } from '../wire.ts'
import { answering, connected, failureOf, newOpener, organization, placeIn, repository } from './github.ts'

const sealed = { keyId: '1', encryptedValue: 'c2VhbGVk' }
const place = placeIn(repository)

function reset(): never {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) })
}
const status =
  (code: number, headers: Record<string, string> = {}): (() => Response) =>
  () =>
    new Response('{"message":"No"}', { status: code, headers })

describe('a write', () => {
  it('is sent again after the network broke, and then it is known', async () => {
    const fetch = answering(reset, () => new Response(null, { status: 204 }))
    const { github } = await connected({ fetch })
    expect(await github.write(place, sealed)).toBe('updated')
    expect(fetch.asked).toHaveLength(2)
  })

  it('that is lost every time is a matter of the network', async () => {
    const { github } = await connected({ fetch: answering(reset, reset, reset, reset) })
    expect(await failureOf(github.write(place, sealed))).toMatchObject({
      refusal: 'network',
      kind: 'unreachable',
      fallsBack: false,
      fateUnknown: true,
      said: 'fetch failed (ECONNRESET: read ECONNRESET)',
      hint: expect.stringContaining('api.github.com'),
    })
  })

  it('that GitHub failed at may have happened', async () => {
    const { github } = await connected({ fetch: answering(status(502), status(500), status(503), status(504)) })
    expect(await failureOf(github.write(place, sealed))).toMatchObject({ refusal: 'server-error', fateUnknown: true })
  })

  it('that was lost once stays in doubt, whatever the next try says', async () => {
    const { github } = await connected({ fetch: answering(reset, status(403)) })
    expect(await failureOf(github.write(place, sealed))).toMatchObject({ refusal: 'no-permission', fateUnknown: true })
  })

  it('that was lost once stays in doubt when no time is left for the next', async () => {
    const clock = new VirtualClock()
    const fetch = answering(reset, status(429, { 'retry-after': '60' }))
    const { github } = await connected({ fetch, clock, waits: new WaitBudget(clock, SECOND) })
    expect(await failureOf(github.write(place, sealed))).toMatchObject({ refusal: 'rate-limited', fateUnknown: true })
  })

  it('that was lost once stays in doubt when the second key cannot be read', async () => {
    const { key } = await newOpener()
    const { github } = await connected({ fetch: answering(reset, status(422), status(404)) })
    expect(await failureOf(writeSealed(github, place, 'text', { key }))).toMatchObject({
      refusal: 'not-found',
      fateUnknown: true,
    })
  })

  it('that was lost once stays in doubt when it is too late for the next', async () => {
    const clock = new VirtualClock()
    const fetch = answering(() => {
      clock.pass(MINUTE)
      return reset()
    })
    const { github } = await connected({ fetch, clock })
    const end = github.write(place, sealed, undefined, clock.now() + SECOND)
    expect(await failureOf(end)).toMatchObject({ refusal: 'network', fateUnknown: true })
    expect(fetch.asked).toHaveLength(1)
  })

  it('whose second key meets a bug shows the bug', async () => {
    const { key } = await newOpener()
    const { github } = await connected({ fetch: answering(reset, status(409)) })
    const bug = { ...github, publicKey: () => Promise.reject(new RangeError('a bug')) }
    await expect(writeSealed(bug, place, 'text', { key })).rejects.toThrow(RangeError)
  })

  it('that comes too late is not sent', async () => {
    const { github, wire } = await connected({ fetch: answering() })
    await expect(github.write(place, sealed, undefined, wire.clock.now() - 1)).rejects.toMatchObject({
      kind: 'incomplete',
      fateUnknown: false,
    })
  })

  it('that was lost once stays in doubt when what is to be sent no longer holds', async () => {
    const clock = new VirtualClock()
    const fetch = answering(() => {
      clock.pass(30 * SECOND)
      return reset()
    })
    const { github } = await connected({ fetch, clock })
    const access = { visibility: 'all', selectedRepositoryIds: [], holdsUntil: clock.now() + 30 * SECOND } as const
    expect(await failureOf(github.write(placeIn(organization), sealed, access))).toMatchObject({
      refusal: 'outdated',
      fateUnknown: true,
      cause: { refusal: 'network' },
    })
    expect(fetch.asked).toHaveLength(1)
  })

  it('whose turn comes when what is to be sent no longer holds is not sent', async () => {
    const { github, pace, wire } = await connected({ fetch: answering() })
    pace.run = (_, work) => {
      wire.clock.pass(SECOND)
      return work()
    }
    const access = { visibility: 'all', selectedRepositoryIds: [], holdsUntil: wire.clock.now() } as const
    expect(await failureOf(github.write(placeIn(organization), sealed, access))).toMatchObject({
      refusal: 'outdated',
      fateUnknown: false,
    })
  })

  it('that was simply refused is known', async () => {
    const { github } = await connected({ fetch: answering(status(403)) })
    expect((await failureOf(github.write(place, sealed))).fateUnknown).toBe(false)
  })
})

it('a reading that is lost leaves nothing in doubt', async () => {
  const { github } = await connected({ fetch: answering(reset, reset, reset, reset) })
  expect((await failureOf(github.repository('hmcts/rpx'))).fateUnknown).toBe(false)
})

it('a request ends after 30 s without an answer', async () => {
  const clock = new VirtualClock()
  const hang = (): Promise<Response> => {
    clock.pass(30 * SECOND)
    return Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  }
  const { github } = await connected({ clock, fetch: answering(hang, hang, hang, hang) })
  expect((await failureOf(github.repository('hmcts/rpx'))).said).toBe('no answer within 30 s')
})

describe('a cancelled run', () => {
  const end = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error)

  it('breaks a write off and says that it may have happened', async () => {
    const stop = new AbortController()
    const cut = (): never => {
      stop.abort(new Error('SIGTERM'))
      return reset()
    }
    const { github } = await connected({ fetch: answering(cut), cancel: stop.signal })
    expect(await end(github.write(place, sealed))).toMatchObject({ kind: 'cancelled', fateUnknown: true })
  })

  it('ends a wait, and remembers what was lost before it', async () => {
    const stop = new AbortController()
    const fetch = answering(reset, () => {
      setImmediate(() => {
        stop.abort(new Error('SIGTERM'))
      })
      return new Response('', { status: 429, headers: { 'retry-after': '60' } })
    })
    const { github } = await connected({ fetch, cancel: stop.signal })
    expect(await end(github.write(place, sealed))).toMatchObject({ kind: 'cancelled', fateUnknown: true })
  })

  it('has written what succeeded in the same moment', async () => {
    const stop = new AbortController()
    const done = (): Response => {
      stop.abort(new Error('SIGTERM'))
      return new Response(null, { status: 204 })
    }
    const { github } = await connected({ fetch: answering(done), cancel: stop.signal })
    expect(await github.write(place, sealed)).toBe('updated')
  })

  it('sends nothing more', async () => {
    const stop = new AbortController()
    const { github } = await connected({ fetch: answering(), cancel: stop.signal })
    stop.abort(new Error('SIGTERM'))
    expect(await end(github.write(place, sealed))).toMatchObject({ kind: 'cancelled', fateUnknown: false })
  })

  it('sends nothing that waited for its turn', async () => {
    const stop = new AbortController()
    const { github, pace } = await connected({ fetch: answering(), cancel: stop.signal })
    pace.run = (_, work) => {
      stop.abort(new Error('SIGTERM'))
      return work()
    }
    expect(await end(github.write(place, sealed))).toMatchObject({ kind: 'cancelled', fateUnknown: false })
  })

  it('sends nothing that sat out the limit of another request', async () => {
    const stop = new AbortController()
    const fetch = answering(status(429, { 'retry-after': '60' }))
    const { github, wire } = await connected({ fetch, cancel: stop.signal })
    wire.clock.sleep = () =>
      new Promise((_, reject) => {
        stop.signal.addEventListener('abort', () => {
          reject(new Error('SIGTERM'))
        })
      })
    const first = end(github.write(place, sealed))
    while (wire.waited.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = end(github.write(place, sealed))
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort(new Error('SIGTERM'))
    for (const one of [await first, await second]) expect(one).toMatchObject({ kind: 'cancelled', fateUnknown: false })
    expect(fetch.asked).toHaveLength(1)
  })

  it('leaves only that in doubt which was lost, and nothing that never began', async () => {
    const [stop, clock] = [new AbortController(), new VirtualClock()]
    const limited = (): Promise<unknown> => end(github.write(place, sealed, undefined, clock.now()))
    const fetch = answering(() => limited().then(reset), status(429, { 'retry-after': '60' }))
    const { github } = await connected({ clock, fetch, cancel: stop.signal })
    clock.sleep = (milliseconds, signal) => {
      // The back-off is over in a second, the limit of the other request is not.
      if (milliseconds > SECOND) stop.abort(cancelled('go on', false, 'SIGTERM'))
      return VirtualClock.prototype.sleep.call(clock, milliseconds, signal)
    }
    expect(await end(github.write(place, sealed))).toMatchObject({ kind: 'cancelled', fateUnknown: true })
    expect(await end(github.write(place, sealed))).toMatchObject({ kind: 'cancelled', fateUnknown: false })
  })
})

it('a host that may not be asked is neither a refusal nor the network', async () => {
  const astray = new Failure({ kind: 'input', doing: 'send a request to evil.example', hint: 'Nothing was sent.' })
  const { github } = await connected({ fetch: answering(() => Promise.reject(astray)) })
  await expect(github.repository('hmcts/rpx')).rejects.toBe(astray)
})
