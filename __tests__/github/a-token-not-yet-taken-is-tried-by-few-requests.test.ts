import { describe, expect, it } from '@jest/globals'
import { openPace } from '../../src/github/pace.ts'
import { connectGitHub } from '../../src/github/connect.ts'
import { connectWorkflowToken } from '../../src/github/connect-workflow-token.ts'
import { Credential } from '../../src/github/standing.ts'
import { SECOND } from '../../src/clock.ts'
import { Secrets } from '../../src/secrets.ts'
import { telling } from '../afterwards/afterwards.ts'
import { HOME, ROLLED, withRefreshToken } from '../renew/bot/sign-in.ts'
import { EventClock } from '../event-clock.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { testWire } from '../wire.ts'
import { API, TOKEN } from './github.ts'

const unauthorized = (): Response => new Response('{"message":"Bad credentials"}', { status: 401 })
const found = (): Response => Response.json({ id: 1, full_name: 'hmcts/rpx' })

/** Asks for thirty repositories at once; each answer takes a second. When each was sent, in seconds. */
async function thirty(answer: (number: number) => Response) {
  const clock = new EventClock()
  const began = clock.now()
  const sentAt: number[] = []
  const fetch = async (): Promise<Response> => {
    const number = sentAt.push((clock.now() - began) / SECOND)
    await clock.sleep(SECOND)
    return answer(number)
  }
  const standing = { pace: openPace(clock), credential: new Credential() }
  const account = { apiUrl: API, token: TOKEN, secrets: new Secrets(() => undefined) }
  const wire = { ...testWire(), clock, fetch }
  const github = await connectGitHub(wire, account, standing)
  const ends = await Promise.allSettled(Array.from({ length: 30 }, () => github.repository('hmcts/rpx')))
  return { sentAt, ends, workflowGitHub: await connectWorkflowToken(wire, account, standing) }
}

describe('of thirty requests at once', () => {
  it('three reach GitHub with a token that it does not take, and all are told so', async () => {
    const { sentAt, ends } = await thirty(unauthorized)
    expect(sentAt).toEqual([0, 0, 0])
    const refused = { status: 'rejected', reason: expect.objectContaining({ refusal: 'bad-credential' }) }
    expect(ends).toEqual(Array.from({ length: 30 }, () => refused))
  })

  it('three meet a lock-out, which is no matter of the token, whichever input it comes from', async () => {
    const lockedOut = '{"message":"Maximum number of login attempts exceeded. Please try again later."}'
    const { sentAt, ends, workflowGitHub } = await thirty(() => new Response(lockedOut, { status: 403 }))
    expect(sentAt).toEqual([0, 0, 0])
    const hint = expect.stringMatching(/^GitHub turns all tokens of this account away for a while.*Wait some minutes/)
    const refused = { status: 'rejected', reason: expect.objectContaining({ refusal: 'locked-out', hint }) }
    expect(ends).toEqual(Array.from({ length: 30 }, () => refused))
    await expect(workflowGitHub.issues('hmcts/.github', 'x')).rejects.toMatchObject({ refusal: 'locked-out', hint })
    expect(sentAt).toHaveLength(3)
  })

  it('three find out that it takes it, and the others go on at the usual pace', async () => {
    const { sentAt } = await thirty(found)
    expect(sentAt.slice(0, 13)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(sentAt.at(-1)).toBeLessThan(5)
  })

  it.each([403, 404, 422])('a refusal (%i) tells that it takes it as well as a success', async (status) => {
    const { sentAt } = await thirty(() => new Response('{"message":"No"}', { status }))
    expect(sentAt.filter((at) => at === 1)).toHaveLength(10)
  })

  it('an outage says nothing of the token', async () => {
    const { sentAt } = await thirty((number) => (number <= 3 ? new Response('', { status: 502 }) : unauthorized()))
    expect(sentAt.length).toBeLessThanOrEqual(6)
  })
})

it('nothing is asked as whoever else has a token that is known not to be taken', async () => {
  const { sentAt, workflowGitHub } = await thirty(unauthorized)
  await expect(workflowGitHub.issues('hmcts/.github', 'x')).rejects.toMatchObject({ refusal: 'bad-credential' })
  expect(sentAt).toHaveLength(3)
})

describe('a run whose GitHub token is dead', () => {
  it.each(['the same', 'another'])('tries it three times at the most, where workflow-token is %s', async (other) => {
    const same = other === 'the same'
    const scene = await createScene()
    seedLive(scene)
    const names = Array.from({ length: 30 }, (_, index) => `lib-${index}`)
    for (const name of names) scene.github.addRepository(`hmcts/${name}`)
    const inputs = telling(scene)
    scene.github.revokeToken(scene.githubToken)
    const workflowToken = same ? { 'workflow-token': scene.githubToken } : {}
    const { conclusion } = await scene.run({ ...inputs, repositories: names.join(), ...workflowToken })
    expect(conclusion.failure).toMatch(/Bad credentials/)
    const asked = scene.emulator.transcript.filter(({ host }) => host === 'api.github.com')
    expect(asked.filter(({ answered }) => answered === 401).length).toBeLessThanOrEqual(3)
    expect(asked.some(({ path }) => path.includes('/issues'))).toBe(!same)
  })
})

it('the pace is one for both tokens where they are equal', async () => {
  const scene = await createScene()
  seedLive(scene)
  const token = scene.github.token({
    kind: 'app',
    permissions: { organization_secrets: 'write', secrets: 'write', issues: 'write' },
  })
  scene.github.refuse({ method: 'PUT', at: 'api.github.com', status: 403 })
  const inputs = { ...telling(scene), fallback: 'none', 'write-pace': 'gentle' }
  await scene.run({ ...inputs, 'github-token': token, 'workflow-token': token })
  const writes = scene.emulator.transcript.filter(({ method, host }) => method !== 'GET' && host === 'api.github.com')
  expect(writes.map(({ method }) => method)).toEqual(['PUT', 'POST'])
  expect((writes[1]?.arrived ?? 0) - (writes[0]?.arrived ?? 0)).toBeGreaterThanOrEqual(SECOND)
})

it("the refresh token's home is looked at by the first requests of all: the way to the PATs leads past it", async () => {
  const scene = await createScene()
  seedLive(scene)
  const { requests } = await scene.run(withRefreshToken(scene).inputs)
  const [first, second] = requests.filter((line) => line.includes(' api.github.com')).map((line) => line.split(' ')[1])
  const secrets = `api.github.com/repos/${HOME}/actions/secrets`
  expect([first, second].toSorted()).toEqual([`${secrets}/${ROLLED}`, `${secrets}/public-key`])
})
