import { describe, expect, test } from '@jest/globals'
import { createScene } from '../../scene.ts'
import { SECRET, seedLive, seedManaged } from '../../world.ts'
import { newest, stateOf } from '../github/writes.ts'
import { everyKind } from './every-kind.ts'

const all = { repositories: 'all' }

test('repositories that are hidden keep PATs from being retired in a run that is not due, too', async () => {
  const scene = await everyKind()
  const superseded = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedLive(scene, {
    ageDays: 5,
    daysLeft: 25,
    visibility: 'selected',
    selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'],
  })
  const permissions = { organization_secrets: 'write', secrets: 'write' } as const
  const token = scene.github.token({ kind: 'app', permissions, repositories: ['app-a'] })
  const { conclusion, warnings } = await scene.run({ ...all, 'github-token': token })
  expect(conclusion.outcome).toBe('not-due')
  expect(warnings[0]).toMatch(/^1 repositories that .* are hidden/)
  expect(superseded.revoked).toBe(false)
})

test('a user account has no organization secret to ask: they are those that its App is installed for', async () => {
  const scene = await everyKind()
  const token = scene.github.token({ kind: 'app', permissions: { secrets: 'write' }, owner: 'somebody' })
  const { conclusion } = await scene.run({ ...all, 'github-token': token }, { repository: 'somebody/private' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['somebody/private'] })
})

test.each([
  ['classic', 'organization'],
  ['classic', 'repositories'],
  ['fine-grained', 'organization'],
  ['fine-grained', 'repositories'],
] as const)('a user account: with a %s PAT they are their own (target: %s)', async (kind, target) => {
  const scene = await everyKind()
  scene.github.addRepository('somebody/archived', { archived: true })
  scene.github.addUser('else')
  scene.github.addRepository('else/shared', { collaborators: ['somebody'] })
  const who = { account: 'somebody', owner: 'somebody' }
  const token = scene.github.token({ kind, scopes: ['repo'], permissions: { secrets: 'write' }, ...who })
  const inputs = { ...all, target, 'github-token': token }
  const { conclusion, requests } = await scene.run(inputs, { repository: 'somebody/private' })
  expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['somebody/private'] })
  expect(requests.filter((line) => line.includes('/users/'))).toHaveLength(1)
})

test('repositories of an owner who does not exist: the hint is about the owner, and about nothing that is not missing', async () => {
  const scene = await everyKind()
  const token = scene.github.token({ kind: 'fine-grained', permissions: { secrets: 'write' } })
  const inputs = { ...all, target: 'repositories', 'github-token': token, 'github-organization': 'nobody' }
  const { conclusion } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(/Could not list the repositories of nobody.*Check github-organization\./)
  expect(conclusion.failure).not.toMatch(/permissionless|target: repositories/)
})

test('where one of two names exists already, the repositories of the organization are asked for, and not those of the App', async () => {
  const scene = await everyKind()
  seedLive(scene, { visibility: 'all' })
  const permissions = { organization_secrets: 'write', secrets: 'write' } as const
  const token = scene.github.token({ kind: 'app', permissions, repositories: ['app-a'] })
  const inputs = { ...all, 'github-token': token, 'secret-name-base64': 'IN_BASE64', 'dry-run': 'true' }
  expect((await scene.run(inputs)).requests).toContain('GET api.github.com/orgs/hmcts/repos')
  scene.github.deleteSecret('hmcts', 'actions', SECRET)
  expect((await scene.run(inputs)).requests).toContain('GET api.github.com/installation/repositories')
})

test('a list of several pages is read to its end', async () => {
  const scene = await createScene()
  for (let index = 0; index < 230; index += 1)
    scene.github.addRepository(`hmcts/more-${index}`, { archived: index % 2 === 0 })
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const { conclusion, requests } = await scene.run({ ...all, 'dry-run': 'true' })
  expect(conclusion.outcome).toBe('planned')
  expect(conclusion.plan.join('\n')).toMatch(/fall back to .*, … \(118\)/)
  expect(requests.filter((line) => line.endsWith('/installation/repositories'))).toHaveLength(3)
})

test('repositories that the token does not reach are left out and counted, and keep PATs from being retired', async () => {
  const scene = await everyKind()
  seedLive(scene, { visibility: 'all' })
  const token = scene.github.token({
    kind: 'app',
    permissions: { organization_secrets: 'read', secrets: 'write' },
    repositories: ['app-a', 'app-b'],
  })
  const { conclusion, warnings } = await scene.run({ ...all, 'github-token': token })
  expect(conclusion).toMatchObject({ outcome: 'renewed', repositoriesFailed: [] })
  expect(conclusion.repositoriesWritten.toSorted()).toEqual(['hmcts/app-a', 'hmcts/app-b'])
  expect(warnings.join('\n')).toMatch(/does not reach 1 of the repositories that the secret does: they are left out/)
})

test('while one of them cannot be looked at, it may hold what is superseded, which stays', async () => {
  const scene = await everyKind()
  const superseded = seedManaged(scene, { ageDays: 25, daysLeft: 5 })
  seedLive(scene, { ageDays: 5, daysLeft: 25 })
  const mend = scene.github.refuse({ home: 'hmcts/app-b', status: 403 })
  expect((await scene.run(all)).conclusion.outcome).toBe('not-due')
  expect(superseded.revoked).toBe(false)
  mend()
  await scene.run(all)
  expect(superseded.revoked).toBe(true)
})

test('selected repositories that are hidden from the token are counted', async () => {
  const scene = await everyKind()
  seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] })
  const token = scene.github.token({
    kind: 'app',
    permissions: { organization_secrets: 'read', secrets: 'write' },
    repositories: ['app-a'],
  })
  const { conclusion, warnings } = await scene.run({ ...all, 'github-token': token })
  expect(conclusion.repositoriesWritten).toEqual(['hmcts/app-a'])
  expect(warnings.join('\n')).toMatch(/^1 repositories that the organization secret reaches are hidden/m)
})

describe('a repository that gives no answer for a moment is not left out for that', () => {
  const permissions = { organization_secrets: 'read', secrets: 'write' } as const
  const selected = { visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] } as const
  const at = '/repos/hmcts/app-b/actions/secrets'

  test.each([
    ['in trouble', { status: 500 }],
    ['that single sign-on hides', { status: 403, headers: { 'x-github-sso': 'required; url=https://github.com' } }],
    ['that was renamed', { status: 301 }],
  ])('one %s when it is looked at is written all the same', async (_, answer) => {
    for (const target of ['organization', 'repositories']) {
      const scene = await everyKind()
      seedLive(scene, selected)
      scene.fault({ kind: 'status', method: 'GET', at, times: answer.status === 500 ? 4 : 1, body: {}, ...answer })
      const { conclusion } = await scene.run({
        ...all,
        target,
        'github-token': scene.github.token({ kind: 'app', permissions }),
      })
      expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
      expect(conclusion.repositoriesWritten.toSorted()).toEqual(['hmcts/app-a', 'hmcts/app-b'])
    }
  })

  test.each(['organization', 'repositories'])('one that stays in trouble has failed (%s)', async (target) => {
    const scene = await everyKind()
    seedLive(scene, selected)
    const mend = scene.github.refuse({ at, status: 503 })
    const inputs = { ...all, target, 'github-token': scene.github.token({ kind: 'app', permissions }) }
    const { conclusion } = await scene.run(inputs)
    expect(conclusion).toMatchObject({
      outcome: 'failed',
      repositoriesWritten: ['hmcts/app-a'],
      repositoriesFailed: ['hmcts/app-b'],
    })
    expect(stateOf(newest(scene))).toBe('pending')
    mend()
    const next = await scene.run(inputs)
    expect(next.conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-b'] })
  })

  test('one that does not say whether it is reached is not written, and has failed', async () => {
    const scene = await everyKind()
    seedLive(scene, { ...selected, selectedRepositories: ['hmcts/app-a', 'hmcts/app-b'] })
    const superseded = seedManaged(scene, { ageDays: 60, daysLeft: 5 })
    const mend = scene.github.refuse({ at: '/repos/hmcts/app-b/actions/organization-secrets', status: 502 })
    const inputs = { ...all, 'github-token': scene.github.token({ kind: 'app', permissions: { secrets: 'write' } }) }
    const { conclusion, warnings } = await scene.run(inputs)
    expect(conclusion).toMatchObject({
      outcome: 'failed',
      repositoriesWritten: ['hmcts/app-a'],
      repositoriesFailed: ['hmcts/app-b'],
    })
    expect(conclusion.failure).toMatch(/Could not write 1 of 2 repositories \(hmcts\/app-b\).*Status: 502/)
    expect(warnings.join('\n')).toMatch(
      /reaches some repositories cannot be told \(hmcts\/app-b\): they are not written/,
    )
    expect(scene.held('hmcts/app-b')).toBeUndefined()
    expect([stateOf(newest(scene)), superseded.revoked]).toEqual(['pending', false])
    mend()
    const next = await scene.run(inputs)
    expect(next.conclusion).toMatchObject({ outcome: 'renewed', repositoriesWritten: ['hmcts/app-b'] })
  })

  test('a new secret for selected repositories is not made without it', async () => {
    const scene = await everyKind()
    seedLive(scene, selected)
    scene.github.refuse({ home: 'hmcts', store: 'actions', status: 403 })
    const mend = scene.github.refuse({ at: '/repos/hmcts/app-b/actions/organization-secrets', status: 502 })
    const inputs = { ...all, 'secret-stores': 'actions,dependabot', 'secret-visibility': 'selected' }
    expect((await scene.run(inputs)).conclusion.outcome).toBe('failed')
    expect(scene.github.secret('hmcts', 'dependabot', SECRET)).toBeUndefined()
    mend()
    expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'mixed' })
    const ids = selected.selectedRepositories.map((one) => scene.github.repository(one).id)
    expect(scene.github.secret('hmcts', 'dependabot', SECRET)?.selectedRepositoryIds.toSorted()).toEqual(ids.toSorted())
  })
})
