import { describe, expect, test } from '@jest/globals'
import { emulate } from './harness.ts'

const key = 'GET /orgs/hmcts/actions/secrets/public-key'
const put = 'PUT /orgs/hmcts/actions/secrets/X'

describe('the hourly limit', () => {
  test('is told in every answer, and when it is spent there is 403 until the reset', async () => {
    const { ask, github, app, clock } = await emulate()
    const first = await ask(key)
    const reset = Math.ceil((clock.now() + 3_600_000) / 1000)
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '4999',
      'x-ratelimit-used': '1',
      'x-ratelimit-reset': String(reset),
      'x-ratelimit-resource': 'core',
    })
    expect((await ask('GET /rate_limit')).headers['x-ratelimit-used']).toBe('1')
    github.spend(app, 4998)
    expect((await ask(key)).headers['x-ratelimit-remaining']).toBe('0')
    const spent = await ask(key)
    expect([spent.status, spent.headers['x-ratelimit-remaining'], spent.headers['retry-after']]).toEqual([
      403,
      '0',
      undefined,
    ])
    expect((await ask('GET /rate_limit')).json).toMatchObject({ rate: { remaining: 0, reset } })
    clock.wait(3_600_000)
    expect((await ask(key)).status).toBe(200)
    expect(github.limits.answered).toBe(1)
  })
})

describe('secondary limits', () => {
  test('allow 900 points a minute: one for a GET, five for a write', async () => {
    const { ask, github, clock } = await emulate()
    github.limits.enforce = true
    for (let i = 0; i < 150; i++) {
      expect((await ask(key)).status).toBe(200)
      expect((await ask(put, { body: {} })).status).toBe(422)
    }
    const tooMany = await ask(key)
    expect([tooMany.status, tooMany.headers['retry-after']]).toEqual([403, '60'])
    expect(tooMany.json.message).toMatch(/^You have exceeded a secondary rate limit/)
    expect(tooMany.headers['x-ratelimit-remaining']).not.toBe('0')
    clock.wait(30_000)
    expect((await ask(key)).headers['retry-after']).toBe('30')
    expect(github.limits).toMatchObject({ answered: 2, premature: 1 })
    clock.wait(30_000)
    expect((await ask(key)).status).toBe(200)
    expect(github.pointsLog.reduce((sum, { points }) => sum + points, 0)).toBe(903)
  })

  test('allow a hundred requests at once', async () => {
    const { ask, github } = await emulate()
    Object.assign(github.limits, { enforce: true, status: 429, retryAfter: 'date' })
    const answers = await Promise.all(Array.from({ length: 101 }, async () => ask(key)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
    expect(answers.at(-1)).toMatchObject({ status: 429, headers: { 'retry-after': 'Sat, 21 Nov 2026 08:01:01 GMT' } })
  })

  test('may count secrets as content, 80 a minute', async () => {
    const { ask, github } = await emulate()
    Object.assign(github.limits, { enforce: true, secretsAreContent: true })
    for (let i = 0; i < 80; i++) expect((await ask(put, { body: {} })).status).toBe(422)
    expect((await ask(put, { body: {} })).status).toBe(403)
  })
})

test('limits can be put in by hand', async () => {
  const { ask, github, clock } = await emulate()
  github.limitNext(1, { status: 429, retryAfter: 3, at: '/public-key' })
  github.limitNext(1, { retryAfter: 'Sat, 21 Nov 2026 08:01:00 GMT', method: 'PUT' })
  expect((await ask('GET /orgs/hmcts')).status).toBe(200)
  expect(await ask(key)).toMatchObject({ status: 429, headers: { 'retry-after': '3' } })
  clock.wait(3000)
  expect((await ask(key)).status).toBe(200)
  expect(await ask(put)).toMatchObject({ status: 403, headers: { 'retry-after': 'Sat, 21 Nov 2026 08:01:00 GMT' } })
  clock.wait(60_000)
  github.limitNext(1, { primary: true, retryAfter: 20 })
  expect(await ask(key)).toMatchObject({ status: 403, headers: { 'x-ratelimit-remaining': '0' } })
})

describe('while a limit put in by hand holds', () => {
  test('whatever the account asks is refused as the first request was, and no other account is', async () => {
    const { ask, github, clock } = await emulate()
    const other = github.token({ kind: 'app', permissions: { organization_secrets: 'write' } })
    github.limitNext(1, { status: 429, message: 'Slow down', retryAfter: 90, method: 'PUT' })
    expect((await ask(put)).status).toBe(429)
    clock.wait(30_000)
    for (const route of [key, put, 'GET /rate_limit', 'GET /orgs/hmcts'])
      expect(await ask(route)).toMatchObject({
        status: 429,
        headers: { 'retry-after': '60' },
        json: { message: 'Slow down' },
      })
    expect((await ask(key, { token: other })).status).toBe(200)
    expect(github.limits).toMatchObject({ answered: 5, premature: 4 })
    clock.wait(60_000)
    expect((await ask(key)).status).toBe(200)
  })

  test('it holds for a minute where it does not say how long', async () => {
    const { ask, github, clock } = await emulate()
    github.limitNext(1, {})
    for (let times = 0; times < 2; times++) {
      const refused = await ask(key)
      expect([refused.status, refused.headers['retry-after']]).toEqual([403, undefined])
      clock.wait(59_000)
    }
    clock.wait(1000)
    expect((await ask(key)).status).toBe(200)
  })
})
