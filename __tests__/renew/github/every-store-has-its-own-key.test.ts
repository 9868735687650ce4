import { expect, test } from '@jest/globals'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive, seedSecret } from '../../world.ts'
import { newest, stateOf, writes } from './writes.ts'

const stores = ['actions', 'dependabot', 'codespaces', 'agents'] as const

test('all four stores get the PAT, each sealed for itself, with the token of an owner', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  for (const store of stores) seedSecret(scene, 'hmcts', live, { store })
  const token = scene.github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })
  const { conclusion, requests, warnings } = await scene.run({
    'github-token': token,
    'secret-stores': stores.join(','),
  })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(warnings).toEqual([])
  for (const store of stores) expect(scene.held('hmcts', store)).toBe(newest(scene))
  const keys = requests.flatMap((line) => /"key_id":"(\d+)"/.exec(line)?.[1] ?? [])
  expect(new Set(keys).size).toBe(4)
  expect(requests.join('\n')).not.toContain('sealedFor')
})

test('the base64 twin holds base64 of the PAT, in every store', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  seedSecret(scene, 'hmcts', live, { store: 'dependabot' })
  seedSecret(scene, 'hmcts', live, { name: 'NPM_PASSWORD', base64: true, visibility: 'all' })
  const { conclusion, masked } = await scene.run({
    'secret-stores': 'actions\ndependabot',
    'secret-name-base64': 'npm_password',
  })
  const { token } = newest(scene)
  const base64 = Buffer.from(token).toString('base64')
  expect(conclusion.reason).toMatch(/near its end|does not exist/)
  for (const store of ['actions', 'dependabot'] as const) {
    expect(scene.github.secret('hmcts', store, SECRET)?.value).toBe(token)
    expect(scene.github.secret('hmcts', store, 'NPM_PASSWORD')?.value).toBe(base64)
  }
  expect(scene.github.secret('hmcts', 'actions', 'NPM_PASSWORD')?.visibility).toBe('all')
  expect(scene.github.secret('hmcts', 'dependabot', 'NPM_PASSWORD')?.visibility).toBe('private')
  expect(masked).toContain(base64)
})

test('an App token cannot write Codespaces secrets: that store falls back, and says that it takes a classic PAT', async () => {
  const scene = await createScene()
  const live = seedLive(scene)
  seedSecret(scene, 'hmcts', live, { store: 'codespaces' })
  scene.github.refuse({ home: 'hmcts', store: 'codespaces', status: 403 })
  const token = scene.github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })
  const told = await scene.run({ 'secret-stores': 'actions,codespaces', 'github-token': token })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
  expect(writes(told)).toEqual([
    `PUT /orgs/hmcts/actions/secrets/${SECRET}`,
    `PUT /repos/hmcts/.github/codespaces/secrets/${SECRET}`,
  ])
  expect(stateOf(newest(scene))).toBe('fallback')
  expect(told.warnings.join('\n')).toMatch(/Codespaces secrets of an organization take no App token/)
})

test('an App token that Codespaces refuses everywhere leaves the run incomplete, and says so', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { conclusion } = await scene.run({ 'secret-stores': 'actions,codespaces' })
  expect(conclusion).toMatchObject({
    outcome: 'failed',
    deliveredTo: 'organization',
    repositoriesFailed: ['hmcts/.github'],
  })
  expect(scene.held()).toBe(newest(scene))
  expect(stateOf(newest(scene))).toBe('pending')
  expect(newest(scene).revoked).toBe(false)
})
