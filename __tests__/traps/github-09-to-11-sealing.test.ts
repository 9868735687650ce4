import { expect, test } from '@jest/globals'
import type { WireRequest } from '../emulator/wire.ts'
import { newest } from '../renew/github/writes.ts'
import { createScene, type Scene } from '../scene.ts'
import { SECRET, seedLive } from '../world.ts'

/** The bodies of all writes to GitHub from now on, as they arrive. */
function bodies(scene: Scene): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = []
  const act = ({ body }: WireRequest) => void found.push(JSON.parse(body) as Record<string, unknown>)
  scene.fault({ kind: 'act', method: 'PUT', at: 'api.github.com', times: Infinity, act })
  return found
}

test('trap 9: each level and each store is sealed with its own key', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 403 })
  const told = await scene.run({ 'secret-stores': 'actions,dependabot', repositories: 'app-a, app-b' })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
  const sealed = told.requests.filter((line) => line.startsWith('PUT api.github.com'))
  expect(sealed).toHaveLength(3)
  for (const line of sealed) expect(line).toContain(`"opened":"<PAT 2>"`)
  expect(sealed.join('\n')).not.toContain('sealedFor')
})

test('trap 9: a key_id is a string, with more digits than a number holds', async () => {
  const scene = await createScene()
  const sent = bodies(scene)
  await scene.run()
  expect(typeof sent[0]?.key_id).toBe('string')
  expect(String(Number(sent[0]?.key_id))).not.toBe(sent[0]?.key_id)
  expect(scene.held()).toBe(newest(scene))
})

test('trap 9: no key outlives its run, and one that changes during the run is fetched again', async () => {
  const scene = await createScene()
  seedLive(scene)
  await scene.run()
  scene.github.rotateKey('hmcts')
  scene.daysPass(1)
  const next = await scene.run({ force: 'true' })
  expect(next.conclusion.outcome).toBe('renewed')
  expect(next.requests.filter((line) => line.startsWith('PUT api.github.com'))).toHaveLength(1)
})

test('trap 10: the sealed value is standard base64 with padding, never base64url', async () => {
  const scene = await createScene()
  const sent = bodies(scene)
  for (let day = 0; day < 8; day += 1) {
    await scene.run({ force: 'true' })
    scene.daysPass(1)
  }
  expect(sent).toHaveLength(8)
  const values = sent.map((body) => String(body.encrypted_value))
  for (const value of values) expect(Buffer.from(value, 'base64').toString('base64')).toBe(value)
  expect(values.join('')).toMatch(/[+/]/)
  expect(new Set(values).size).toBe(8)
})

test('trap 11: what is sealed is the PAT and nothing around it, and so is its base64', async () => {
  const scene = await createScene()
  await scene.run({ 'secret-name-base64': 'NPM_PASSWORD' })
  const { token } = newest(scene)
  expect(scene.github.secret('hmcts', 'actions', SECRET)?.value).toBe(token)
  expect(scene.github.secret('hmcts', 'actions', 'NPM_PASSWORD')?.value).toBe(Buffer.from(token).toString('base64'))
  expect(token).toBe(token.trim())
})

test('trap 11: a PAT that Azure DevOps answers empty is written nowhere', async () => {
  const scene = await createScene()
  const old = seedLive(scene)
  const pat = { displayName: 'x', validTo: '2026-12-21T08:00:00Z', validFrom: '2026-11-21T08:00:00Z', token: '' }
  const body = {
    patToken: { ...pat, scope: 'vso.packaging_write', authorizationId: old.authorizationId },
    patTokenError: 'none',
  }
  scene.fault({ kind: 'status', status: 200, method: 'POST', at: '_apis/tokens/pats', times: Infinity, body })
  const { conclusion, requests } = await scene.run()
  expect(conclusion.outcome).toBe('failed')
  expect(requests.filter((line) => line.startsWith('PUT api'))).toEqual([])
  expect(scene.held()).toBe(old)
})
