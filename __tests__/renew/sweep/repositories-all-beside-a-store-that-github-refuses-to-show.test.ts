import { describe, expect, test } from '@jest/globals'
import { seedLive, seedManaged, seedSecret } from '../../world.ts'
import { newest } from '../github/writes.ts'
import { everyKind } from './every-kind.ts'

const all = { repositories: 'all' }

describe('with a store that GitHub refuses to show', () => {
  const two = { ...all, 'secret-stores': 'actions,dependabot' }
  const permissions = { secrets: 'write', dependabot_secrets: 'write', organization_secrets: 'read' } as const

  test('its copies go where the secret of the other store reaches, and nowhere else', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-b'] })
    const token = scene.github.token({ kind: 'app', permissions })
    const { conclusion } = await scene.run({ ...two, 'github-token': token })
    expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-b'] })
    expect(scene.held('hmcts/app-b', 'dependabot')).toBe(newest(scene))
    expect(scene.held('hmcts/app-b')).toBe(newest(scene))
  })

  test('a second name that does not exist yet goes where the first one reaches', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-b'] })
    const token = scene.github.token({ kind: 'app', permissions })
    const { conclusion } = await scene.run({ ...all, 'secret-name-base64': 'PAT_BASE64', 'github-token': token })
    expect(conclusion.repositoriesWritten).toEqual(['hmcts/app-b'])
    expect(scene.held('hmcts/app-b', 'actions', 'PAT_BASE64')).toBe(newest(scene))
  })

  test('Dependabot tells no repository which secrets reach it: where no other store does, nobody can tell', async () => {
    const scene = await everyKind()
    seedSecret(scene, 'hmcts', seedManaged(scene), { store: 'dependabot' })
    const token = scene.github.token({ kind: 'app', permissions: { dependabot_secrets: 'write' } })
    const { conclusion } = await scene.run({ ...all, 'secret-stores': 'dependabot', 'github-token': token })
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
    expect(conclusion.failure).toMatch(/Could not tell which repositories/)
  })

  test('a repository that refuses to say whether it is reached gets no copy, and the others do', async () => {
    const scene = await everyKind()
    seedLive(scene)
    const at = '/repos/hmcts/app-b/actions/organization-secrets'
    scene.github.refuse({ at, status: 403 })
    const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
    const { conclusion, log } = await scene.run({ ...all, 'github-token': token })
    expect(conclusion.outcome).toBe('renewed')
    expect(conclusion.repositoriesWritten).toContain('hmcts/app-a')
    expect(conclusion.repositoriesWritten).not.toContain('hmcts/app-b')
    expect(log.join('\n')).toMatch(/debug: .*hmcts\/app-b.*Status: 403/)
  })

  test('a repository that gives no answer ends it: it is not left out for that', async () => {
    const scene = await everyKind()
    seedLive(scene)
    scene.github.refuse({ at: '/repos/hmcts/app-b/actions/organization-secrets', status: 400 })
    const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
    const { conclusion } = await scene.run({ ...all, 'github-token': token })
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
    expect(conclusion.failure).toMatch(/Status: 400/)
  })

  test('with the agents store each repository says whether it is reached', async () => {
    const scene = await everyKind()
    const agents = { store: 'agents', visibility: 'selected', selectedRepositories: ['hmcts/app-b'] } as const
    seedSecret(scene, 'hmcts', seedManaged(scene), agents)
    scene.github.refuse({ home: 'hmcts', store: 'agents', status: 403 })
    const token = scene.github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })
    const { conclusion } = await scene.run({ ...all, 'secret-stores': 'agents', 'github-token': token })
    expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-b'] })
  })

  test('where the list cannot be read either, the run fails: copies in place of that store are all there is', async () => {
    const scene = await everyKind()
    seedLive(scene, { ageDays: 5, daysLeft: 25 })
    scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 403 })
    scene.github.refuse({ at: '/orgs/hmcts/repos', status: 403 })
    const { conclusion } = await scene.run(two)
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  })

  test('a second name goes where the first one of its own store reaches', async () => {
    const scene = await everyKind()
    const live = seedLive(scene)
    const selectedRepositories = ['hmcts/app-b']
    seedSecret(scene, 'hmcts', live, { store: 'dependabot', visibility: 'selected', selectedRepositories })
    scene.github.refuse({ home: 'hmcts', method: 'PUT', status: 403 })
    await scene.run({ ...two, 'secret-name-base64': 'PAT_BASE64' })
    const holders = (store: 'actions' | 'dependabot') =>
      ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b'].filter((name) => scene.held(name, store, 'PAT_BASE64'))
    expect(holders('actions')).toHaveLength(3)
    expect(holders('dependabot')).toEqual(['hmcts/app-b'])
  })

  test('a credential that is no longer taken while repositories are asked ends it: nobody is left out for that', async () => {
    const scene = await everyKind()
    const live = seedLive(scene)
    scene.github.refuse({ at: '/repos/hmcts/app-b/actions/organization-secrets', status: 401 })
    const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' } })
    const { conclusion } = await scene.run({ ...all, 'github-token': token })
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
    expect(conclusion.failure).toMatch(/Status: 401/)
    expect(live.revoked).toBe(false)
  })
})

describe('with a 404, which hides the secrets of an organization as well as it says that there are none', () => {
  test.each<readonly [string, 'actions' | 'dependabot', string]>([
    ['of a store that no repository tells of', 'dependabot', 'hmcts/app-a'],
    ['of a secret that reaches nobody who could tell', 'actions', 'hmcts/archived'],
  ])('%s, no repository gets a copy', async (_, store, selected) => {
    for (const target of ['organization', 'repositories']) {
      const scene = await everyKind()
      const access = { store, visibility: 'selected', selectedRepositories: [selected] } as const
      seedSecret(scene, 'hmcts', seedManaged(scene), access)
      scene.github.refuse({ home: 'hmcts', store, status: 404 })
      const { conclusion } = await scene.run({ ...all, 'secret-stores': store, target })
      expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
      expect(conclusion.failure).toMatch(/Could not tell which repositories "repositories: all" stands for/)
      expect(conclusion.failure).toMatch(/let the github-token read .*secrets=write\)\. Could not .*Status: 404/)
      expect(conclusion.failure).not.toMatch(/use target: repositories/)
    }
  })

  test.each([
    ['a store with a 404 counts as hidden beside one with a 403', 403],
    ['a store with a 404 counts as hidden beside one without such a secret', undefined],
  ])('%s', async (_, status) => {
    const scene = await everyKind()
    scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 404 })
    if (status !== undefined) scene.github.refuse({ home: 'hmcts', store: 'actions', status })
    const told = await scene.run({ ...all, 'secret-stores': 'dependabot,actions' })
    expect(told.conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
    expect(told.requests.filter((line) => line.includes('/users/'))).toEqual([])
  })

  test('the repositories still tell whom the secret reaches', async () => {
    const scene = await everyKind()
    seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
    scene.github.refuse({ home: 'hmcts', status: 404 })
    const { conclusion } = await scene.run(all)
    expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-a'] })
  })

  test.each([404, 500])('an owner of whom GitHub says nothing (%s) is not taken for a person', async (status) => {
    const scene = await everyKind()
    const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' }, owner: 'somebody' })
    scene.github.refuse({ at: '/users/somebody', status })
    const { conclusion } = await scene.run({ ...all, 'github-token': token }, { repository: 'somebody/private' })
    expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
  })
})

test('with a healthy organization, a credential that the list does not take fails it, and the live PAT is kept alive', async () => {
  const scene = await everyKind()
  const live = seedLive(scene)
  const { validTo } = live
  scene.github.refuse({ at: '/orgs/hmcts/repos', status: 401 })
  const { conclusion } = await scene.run(all)
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(live.validTo).toBeGreaterThan(validTo)
})
