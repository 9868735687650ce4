import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from '@jest/globals'
import { createEmulator, type Emulator } from './emulator.ts'
import { unknownPath } from './unknown-path.ts'
import type { Service, WireRequest } from './wire.ts'

function createEcho(): Service & { handled: WireRequest[] } {
  const handled: WireRequest[] = []
  return {
    name: 'echo',
    hosts: ['echo.example', 'other.example'],
    handled,
    handle(request) {
      handled.push(request)
      const { pathname } = request.url
      if (pathname === '/moved') return { status: 302, headers: { location: 'https://other.example/landed' } }
      if (pathname === '/see-other') return { status: 303, headers: { location: '/landed' } }
      if (pathname === '/empty') return { status: 204 }
      if (pathname === '/nowhere') return unknownPath()
      return { status: 200, body: { method: request.method, authorization: request.headers.authorization ?? '' } }
    },
    describe: (request) => `said ${request.body}`,
  }
}

function setUp(): { emulator: Emulator; echo: ReturnType<typeof createEcho>; slept: number[] } {
  const slept: number[] = []
  const echo = createEcho()
  const clock = { now: () => 1000, sleep: (milliseconds: number) => Promise.resolve(void slept.push(milliseconds)) }
  return { emulator: createEmulator({ services: [echo], clock }), echo, slept }
}

const URL_HERE = 'https://echo.example/a?b=1'

describe('the transcript', () => {
  test('holds method, path, described body, headers and the status, in the order of arrival', async () => {
    const { emulator } = setUp()
    await emulator.fetch(URL_HERE, { method: 'POST', body: 'x', headers: { authorization: 'Bearer me' } })
    expect(emulator.transcript).toMatchObject([
      {
        method: 'POST',
        host: 'echo.example',
        path: '/a?b=1',
        body: 'said x',
        answered: 200,
        arrived: 1000,
        left: 1000,
      },
    ])
    expect(emulator.transcript[0]?.headers.authorization).toBe('Bearer me')
  })

  test('names requests that nobody knows', async () => {
    const { emulator } = setUp()
    expect((await emulator.fetch('https://elsewhere.example/')).status).toBe(404)
    const response = await emulator.fetch('https://echo.example/nowhere')
    expect(response.headers.get('x-emulator-unknown')).toBeNull()
    expect(emulator.unknown).toEqual(['GET https://elsewhere.example/', 'GET https://echo.example/nowhere'])
  })
})

describe('fetch', () => {
  test('follows redirects and leaves the credential behind at another origin', async () => {
    const { emulator, echo } = setUp()
    const response = await emulator.fetch('https://echo.example/moved', {
      method: 'POST',
      body: 'x',
      headers: { authorization: 'a' },
    })
    expect(await response.json()).toEqual({ method: 'GET', authorization: '' })
    expect([response.url, response.redirected]).toEqual(['https://other.example/landed', true])
    expect(echo.handled.map((request) => request.url.host)).toEqual(['echo.example', 'other.example'])
    const kept = await emulator.fetch('https://echo.example/see-other', { headers: { authorization: 'a' } })
    expect(await kept.json()).toEqual({ method: 'GET', authorization: 'a' })
  })

  test('hands a redirect over where it is asked to, or fails', async () => {
    const { emulator } = setUp()
    const response = await emulator.fetch('https://echo.example/moved', { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://other.example/landed'])
    await expect(emulator.fetch('https://echo.example/moved', { redirect: 'error' })).rejects.toThrow('fetch failed')
  })

  test('gives no body with 204', async () => {
    const { emulator } = setUp()
    const response = await emulator.fetch('https://echo.example/empty')
    expect([response.status, response.body]).toEqual([204, null])
  })
})

describe('faults', () => {
  test('reset before and after: only the latter is done', async () => {
    const { emulator, echo } = setUp()
    emulator.faults.add({ kind: 'reset-before' })
    emulator.faults.add({ kind: 'reset-after', after: 1 })
    const failure = await emulator.fetch(URL_HERE).catch((error: unknown) => error)
    expect(failure).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
    expect(echo.handled).toHaveLength(0)
    await expect(emulator.fetch(URL_HERE)).rejects.toThrow('fetch failed')
    expect(echo.handled).toHaveLength(1)
    expect(emulator.transcript.map((entry) => entry.answered)).toEqual(['reset-before', 'reset-after'])
    expect((await emulator.fetch(URL_HERE)).status).toBe(200)
  })

  test('a hanging exchange ends with its signal only', async () => {
    const { emulator } = setUp()
    emulator.faults.add({ kind: 'hang' })
    const signal = AbortSignal.timeout(20)
    await expect(emulator.fetch(URL_HERE, { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('a hanging exchange ends with its signal also when memory was tidied up meanwhile', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const { emulator } = setUp()
    emulator.faults.add({ kind: 'hang' })
    const cancel = new AbortController()
    const signal = AbortSignal.any([cancel.signal, new AbortController().signal])
    const answer = expect(emulator.fetch(URL_HERE, { signal })).rejects.toThrow('stop')
    for (let round = 0; round < 3; round += 1) {
      await new Promise(setImmediate)
      collect()
    }
    cancel.abort(new Error('stop'))
    await answer
  }, 5000)

  test('bodies that stop in the middle, or are no JSON', async () => {
    const { emulator, echo } = setUp()
    emulator.faults.add({ kind: 'truncated' })
    emulator.faults.add({ kind: 'malformed', after: 1 })
    const truncated = await emulator.fetch(URL_HERE)
    await expect(truncated.text()).rejects.toMatchObject({ name: 'TypeError', message: 'terminated' })
    const malformed = await emulator.fetch(URL_HERE)
    expect(malformed.headers.get('content-type')).toMatch('json')
    await expect(malformed.json()).rejects.toThrow('is not valid JSON')
    expect(echo.handled).toHaveLength(2)
  })

  test('statuses and sign-in pages come instead of an answer', async () => {
    const { emulator, echo } = setUp()
    emulator.faults.add({ kind: 'status', status: 503, headers: { 'retry-after': '7' }, method: 'GET', at: '/a' })
    emulator.faults.add({ kind: 'sign-in-page', after: 1 })
    emulator.faults.add({ kind: 'sign-in-redirect', after: 2 })
    const answers: number[] = []
    for (let turn = 0; turn < 3; turn += 1)
      answers.push((await emulator.fetch(URL_HERE, { redirect: 'manual' })).status)
    expect(answers).toEqual([503, 203, 302])
    expect(echo.handled).toHaveLength(0)
  })

  test('counts `after` and `times`, matches by method and by pattern', async () => {
    const { emulator } = setUp()
    emulator.faults.add({ kind: 'status', method: 'PUT', at: /^echo\.example\/a\?/, after: 1, times: 2 })
    const put = async (): Promise<number> => (await emulator.fetch(URL_HERE, { method: 'PUT' })).status
    expect([await put(), (await emulator.fetch(URL_HERE)).status, await put(), await put(), await put()]).toEqual([
      200, 200, 500, 500, 200,
    ])
  })

  test('slow and act let the request go on', async () => {
    const { emulator, slept } = setUp()
    const acted: string[] = []
    emulator.faults.add({ kind: 'slow', milliseconds: 30 })
    emulator.faults.add({ kind: 'act', act: (request) => acted.push(request.method) })
    emulator.faults.add({ kind: 'status', status: 418 })
    emulator.latency = 5
    expect((await emulator.fetch(URL_HERE)).status).toBe(418)
    expect([slept, acted]).toEqual([[35], ['GET']])
  })
})
