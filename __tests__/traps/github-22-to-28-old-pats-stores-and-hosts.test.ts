import { describe, expect, test } from '@jest/globals'
import { Failure } from '../../src/errors.ts'
import { alive, newest, ORGANIZATION_SECRET } from '../renew/github/writes.ts'
import { createScene } from '../scene.ts'
import { SECRET, seedLive, seedSecret } from '../world.ts'

describe('trap 22', () => {
  test('trap 22: the old PAT works for the jobs that were queued with it, and is gone afterwards', async () => {
    const scene = await createScene()
    const old = seedLive(scene)
    await scene.run()
    expect(scene.ado.accepts(old.token)).toBe(true)
    scene.daysPass(1.1)
    await scene.run()
    expect(scene.ado.accepts(old.token)).toBe(false)
    expect(alive(scene)).toEqual([newest(scene)])
  })

  test('trap 22: a run that is cancelled between mint and delivery leaves no orphan', async () => {
    const scene = await createScene()
    const old = seedLive(scene)
    const cancel = new AbortController()
    const act = () => {
      cancel.abort(new Failure({ kind: 'cancelled', doing: 'go on', hint: 'Run it again.' }))
    }
    scene.fault({ kind: 'act', method: 'GET', at: '_apis/packaging', act })
    const { conclusion } = await scene.run({}, { cancel })
    expect(conclusion.outcome).toBe('failed')
    expect(newest(scene)).not.toBe(old)
    expect(newest(scene).revoked).toBe(true)
    expect(scene.held()).toBe(old)
  })

  test('trap 22: a run that is cancelled while the write is under way revokes nothing that may be held', async () => {
    const scene = await createScene()
    seedLive(scene)
    const cancel = new AbortController()
    const act = () => {
      setImmediate(() => {
        cancel.abort(new Failure({ kind: 'cancelled', doing: 'go on', hint: 'Run it again.' }))
      })
    }
    scene.emulator.faults.add({ kind: 'act', method: 'PUT', at: ORGANIZATION_SECRET, act })
    scene.emulator.faults.add({ kind: 'hang-after', method: 'PUT', at: ORGANIZATION_SECRET })
    await scene.run({}, { cancel })
    expect(scene.held()).toBe(newest(scene))
    expect(newest(scene).revoked).toBe(false)
  })
})

describe('trap 24', () => {
  test('trap 24: `private` leaves public repositories out: a new secret is for `all` only when that is asked for', async () => {
    for (const [visibility, reaches] of [
      ['private', false],
      ['all', true],
    ] as const) {
      const scene = await createScene()
      scene.github.addRepository('hmcts/open', { visibility: 'public' })
      await scene.run({ 'secret-visibility': visibility })
      expect(scene.github.visibleTo('hmcts/open', 'actions', SECRET) !== undefined).toBe(reaches)
      expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBe(newest(scene).token)
    }
  })

  test('trap 24: where private repositories never see organization secrets, target: repositories serves them', async () => {
    const scene = await createScene()
    scene.github.addOrganization('small', 'free')
    scene.github.addRepository('small/tool')
    const owner = { owner: 'small', permissions: { secrets: 'write', organization_secrets: 'write' } } as const
    const token = scene.github.token({ kind: 'app', ...owner })
    const options = { repository: 'small/tool' }
    const first = await scene.run({ 'github-token': token, repositories: 'tool' }, options)
    expect(first.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    const ofOrganization = newest(scene)
    expect(scene.held('small')).toBe(ofOrganization)
    expect(scene.github.visibleTo('small/tool', 'actions', SECRET)).toBeUndefined()
    const copies = { target: 'repositories', repositories: 'tool', 'pat-name': `${SECRET} copies` }
    const second = await scene.run({ 'github-token': token, ...copies }, options)
    expect(second.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
    expect(scene.github.visibleTo('small/tool', 'actions', SECRET)).toBe(newest(scene).token)
    expect(alive(scene)).toEqual([ofOrganization, newest(scene)])
    expect(scene.held('small')).toBe(ofOrganization)
  })
})

describe('trap 25', () => {
  test('trap 25: Dependabot reads a store of its own, which gets the same PAT', async () => {
    const scene = await createScene()
    const live = seedLive(scene)
    seedSecret(scene, 'hmcts', live, { store: 'dependabot' })
    await scene.run({ 'secret-stores': 'actions,dependabot' })
    expect(scene.github.visibleTo('hmcts/app-a', 'dependabot', SECRET)).toBe(newest(scene).token)
    expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBe(newest(scene).token)
  })

  test('trap 25: a store that was not asked for is left alone', async () => {
    const scene = await createScene()
    const live = seedLive(scene)
    seedSecret(scene, 'hmcts', live, { store: 'dependabot' })
    const { requests } = await scene.run()
    expect(requests.join()).not.toContain('dependabot')
    expect(scene.held('hmcts', 'dependabot')).toBe(live)
  })
})

describe('trap 28', () => {
  test('trap 28: GITHUB_API_URL says where GitHub is, and no request goes anywhere else', async () => {
    const scene = await createScene()
    seedLive(scene)
    const { conclusion, requests } = await scene.run({}, { env: { GITHUB_API_URL: 'https://api.github.localhost/' } })
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
    expect(requests.filter((line) => line.includes('api.github.com'))).toEqual([])
    expect(requests).toContain(`GET api.github.localhost${ORGANIZATION_SECRET}`)
  })

  test('trap 28: a user account has no organization endpoints, and is told to use target: repositories', async () => {
    const scene = await createScene()
    scene.github.addUser('someone')
    scene.github.addRepository('someone/tool')
    const token = scene.github.token({ kind: 'classic', scopes: ['repo', 'admin:org'], owner: 'someone' })
    const options = { repository: 'someone/tool' }
    const told = await scene.run({ 'github-token': token, fallback: 'none' }, options)
    expect(told.conclusion.failure).toMatch(/use target: repositories/)
    const { conclusion } = await scene.run({ 'github-token': token, target: 'repositories' }, options)
    expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  })
})
