import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { inspect } from 'node:util'
import { API, answering, connected, failureOf, placeIn, repository, TOKEN } from './github.ts'

const sealed = { keyId: '1', encryptedValue: 'c2VhbGVkIGJveA==' }

afterEach(() => {
  jest.restoreAllMocks()
})

describe('a failure', () => {
  it('holds neither the token nor what was sent, however it is looked at', async () => {
    const words = `no: ${TOKEN} ${'x'.repeat(400)}`
    const { github, secrets } = await connected({
      fetch: answering(() => Response.json({ message: words }, { status: 400 })),
    })
    secrets.add('made-up-PAT')
    const failure = await failureOf(github.write(placeIn(repository), sealed))
    expect(failure.said).toMatch(/^no: \*\*\* x+…$/)
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toMatch(/ghs_|c2VhbGVk/)
  })

  it('of the network does not quote a secret', async () => {
    const reset = (): never => {
      throw new Error(`proxy user:${TOKEN} refused`)
    }
    const { github } = await connected({ fetch: answering(reset, reset, reset, reset) })
    expect((await failureOf(github.repository('hmcts/rpx'))).message).not.toContain(TOKEN)
  })
})

it('octokit prints nothing', async () => {
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation(() => undefined),
  )
  const headers = {
    deprecation: 'Sat, 21 Nov 2026 08:00:00 GMT',
    sunset: 'soon',
    link: `<${API}/x>; rel="deprecation"`,
  }
  const reset = (): never => {
    throw new TypeError('fetch failed')
  }
  const fetch = answering(
    () => Response.json({ id: 1, full_name: 'hmcts/rpx' }, { headers }),
    () => new Response('', { status: 401, headers }),
    ...[reset, reset, reset, reset],
  )
  const { github } = await connected({ fetch })
  await github.repository('hmcts/rpx')
  await failureOf(github.repository('hmcts/rpx'))
  await failureOf(github.repository('hmcts/rpx'))
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})
