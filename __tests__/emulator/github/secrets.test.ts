import { describe, expect, test } from '@jest/globals'
import { stores } from './world.ts'
import { emulate, seal, sealFor, start } from './harness.ts'

const org = '/orgs/hmcts/actions/secrets'
const name = 'AZURE_DEVOPS_ARTIFACT_TOKEN'

describe('organization secrets', () => {
  test('are created with 201 and {}, updated with 204 and nothing, and never show their value', async () => {
    const { ask, github, clock } = await emulate({ skew: 60_000 })
    const created = await ask(`PUT ${org}/${name.toLowerCase()}`, {
      body: { ...(await sealFor(ask, org, 'first')), visibility: 'all' },
    })
    expect([created.status, created.body]).toEqual([201, {}])
    clock.wait(5_000)
    const body = { ...(await sealFor(ask, org, 'second')), visibility: 'all' }
    const updated = await ask(`PUT ${org}/${name}`, { body })
    expect([updated.status, updated.body]).toEqual([204, undefined])
    expect((await ask(`GET ${org}/${name}`)).body).toEqual({
      name,
      created_at: '2026-11-21T08:01:00Z',
      updated_at: '2026-11-21T08:01:05Z',
      visibility: 'all',
    })
    expect(github.secret('hmcts', 'actions', name)?.history.map(({ value }) => value)).toEqual(['first', 'second'])
  })

  test('lose their selected repositories when the list is not sent again', async () => {
    const { ask, github } = await emulate()
    const { id } = github.addRepository('hmcts/app')
    github.seedSecret('hmcts', 'actions', name, {
      value: 'old',
      visibility: 'selected',
      selectedRepositories: ['hmcts/app'],
    })
    expect(github.visibleTo('hmcts/app', 'actions', name)).toBe('old')
    const sealed = await sealFor(ask, org, 'new')
    await ask(`PUT ${org}/${name}`, { body: { ...sealed, visibility: 'selected', selected_repository_ids: [id] } })
    expect(github.visibleTo('hmcts/app', 'actions', name)).toBe('new')
    await ask(`PUT ${org}/${name}`, { body: { ...sealed, visibility: 'selected' } })
    expect(github.secret('hmcts', 'actions', name)).toMatchObject({ visibility: 'selected', selectedRepositoryIds: [] })
    expect(github.visibleTo('hmcts/app', 'actions', name)).toBeUndefined()
  })

  test.each([
    [{ visibility: undefined }, '"visibility" wasn\'t supplied.'],
    [{ visibility: 'some' }, 'is not a member of'],
    [{ key_id: undefined }, '"key_id" wasn\'t supplied.'],
    [{ key_id: 568 }, 'is not a string'],
    [{ encrypted_value: 'url-safe_or_unpadded' }, 'does not match'],
    [{ encrypted_value: 'bm90IGEgYm94' }, 'not a valid encrypted value'],
    [{ selected_repository_ids: [1] }, 'does not belong'],
    [{ selected_repository_ids: [true] }, 'not an integer'],
  ])('refuse %j with 422', async (change, message) => {
    const { ask } = await emulate()
    const sealed = await sealFor(ask, org, 'x')
    const answer = await ask(`PUT ${org}/${name}`, { body: { ...sealed, visibility: 'selected', ...change } })
    expect([answer.status, answer.json.message]).toEqual([422, expect.stringContaining(message)])
  })

  test.each(['GITHUB_TOKEN', '9LIVES', 'WITH-HYPHEN', 'with%20space'])('cannot be called %s', async (bad) => {
    const { ask } = await emulate()
    const body = { ...(await sealFor(ask, org, 'x')), visibility: 'all' }
    expect((await ask(`PUT ${org}/${bad}`, { body })).status).toBe(422)
  })

  test('hold 48 KB, and 1000 of them (100 in a repository)', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/app')
    const put = async (path: string, value: string) =>
      ask(`PUT ${path}`, { body: { ...(await sealFor(ask, path.replace(/\/\w+$/, ''), value)), visibility: 'all' } })
    expect((await put(`${org}/BIG`, 'x'.repeat(48 * 1024))).status).toBe(201)
    expect((await put(`${org}/BIG`, 'x'.repeat(48 * 1024 + 1))).status).toBe(422)
    for (let i = 0; i < 999; i++) github.seedSecret('hmcts', 'actions', `S${i}`, { value: '' })
    for (let i = 0; i < 100; i++) github.seedSecret('hmcts/app', 'actions', `S${i}`, { value: '' })
    expect((await put(`${org}/ONE_MORE`, 'x')).status).toBe(422)
    expect((await put('/repos/hmcts/app/actions/secrets/ONE_MORE', 'x')).status).toBe(422)
    expect((await put(`${org}/S5`, '')).status).toBe(204)
  })

  test('list 30 selected repositories a page, at most 100, with Link by number', async () => {
    const { ask, github } = await emulate()
    const selectedRepositories = Array.from({ length: 130 }, (_, index) => `hmcts/app-${index}`)
    for (const repository of selectedRepositories) github.addRepository(repository)
    github.seedSecret('hmcts', 'actions', name, { value: 'x', visibility: 'selected', selectedRepositories })
    const secret = await ask(`GET ${org}/${name}`)
    expect(secret.json.selected_repositories_url).toBe(`https://api.github.com${org}/${name}/repositories`)
    const first = await ask(`GET ${org}/${name}/repositories`)
    expect(first.json).toMatchObject({ total_count: 130, repositories: { length: 30 } })
    const hundred = await ask(`GET ${org}/${name}/repositories?per_page=500`)
    expect(hundred.json.repositories).toHaveLength(100)
    const next = /<https:\/\/api\.github\.com([^>]+)>; rel="next"/.exec(hundred.headers.link ?? '')?.[1] ?? ''
    expect(next).toMatch(/^\/organizations\/\d+\//)
    const rest = await ask(`GET ${next}`)
    expect(rest.json.repositories).toHaveLength(30)
    expect(rest.headers.link).not.toContain('rel="next"')
  })

  test('have single repositories added and removed only while they are `selected`', async () => {
    const { ask, github } = await emulate()
    const { id } = github.addRepository('hmcts/app')
    github.seedSecret('hmcts', 'actions', name, { value: 'x', visibility: 'selected' })
    expect((await ask(`PUT ${org}/${name}/repositories/${id}`)).status).toBe(204)
    expect(github.secret('hmcts', 'actions', name)?.selectedRepositoryIds).toEqual([id])
    expect((await ask(`PUT ${org}/${name}/repositories`, { body: { selected_repository_ids: [] } })).status).toBe(204)
    github.seedSecret('hmcts', 'actions', name, { value: 'x', visibility: 'all' })
    expect((await ask(`DELETE ${org}/${name}/repositories/${id}`)).status).toBe(409)
  })

  test('show their old metadata for a while in the mode `eventual`', async () => {
    const { ask, github, clock } = await emulate()
    github.seedSecret('hmcts', 'actions', name, { value: 'x', visibility: 'all', createdAt: '2026-01-01T00:00:00Z' })
    github.modes.eventual = { readings: 2 }
    const updatedAt = async () => (await ask(`GET ${org}/${name}`)).json.updated_at
    const write = async () =>
      ask(`PUT ${org}/${name}`, { body: { ...(await sealFor(ask, org, 'y')), visibility: 'all' } })
    await write()
    expect(github.secret('hmcts', 'actions', name)?.updatedAt).toBe(start)
    expect([await updatedAt(), await updatedAt(), await updatedAt()]).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-11-21T08:00:00Z',
    ])
    github.modes.eventual = { seconds: 4 }
    clock.wait(60_000)
    await write()
    clock.wait(3_000)
    expect(await updatedAt()).toBe('2026-11-21T08:00:00Z')
    clock.wait(1_000)
    expect(await updatedAt()).toBe('2026-11-21T08:01:00Z')
  })
})

describe('keys', () => {
  test('differ by level, owner and store, and are numbers in strings that no double holds', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/app', { environments: ['prod/eu'] })
    const classic = github.token({ kind: 'classic', scopes: ['admin:org', 'repo'] })
    const homes = stores.flatMap((store) => [`/orgs/hmcts/${store}/secrets`, `/repos/hmcts/app/${store}/secrets`])
    homes.push('/repos/hmcts/app/environments/prod%2Feu/secrets')
    const ids = new Set<unknown>()
    for (const home of homes) ids.add((await ask(`GET ${home}/public-key`, { token: classic })).json.key_id)
    expect(ids.size).toBe(9)
    for (const id of ids) expect(String(Number(id))).not.toBe(id)
  })

  test('of another place do not open here, and the transcript says whose it was', async () => {
    const { ask, github } = await emulate()
    github.addRepository('hmcts/app')
    const { key } = (await ask(`GET ${org}/public-key`)).json
    const path = '/repos/hmcts/app/actions/secrets'
    const own = await sealFor(ask, path, 'x')
    const body = { ...own, encrypted_value: seal(String(key), 'misdirected') }
    expect((await ask(`PUT ${path}/${name}`, { body })).status).toBe(422)
    const url = new URL(`https://api.github.com${path}/${name}`)
    expect(github.describe({ method: 'PUT', url, headers: {}, body: JSON.stringify(body) })).toEqual({
      key_id: own.key_id,
      encrypted_value: { opened: 'misdirected', sealedFor: expect.stringMatching(/^organization:\d+ actions$/) },
    })
    expect(github.describe({ method: 'PUT', url, headers: {}, body: JSON.stringify(own) })).toEqual({
      key_id: own.key_id,
      encrypted_value: { opened: 'x' },
    })
  })

  test.each([422, 409] as const)(
    'that were rotated are refused with %d, without a word of the secret',
    async (status) => {
      const { ask, github } = await emulate()
      const body = { ...(await sealFor(ask, org, 'x')), visibility: 'all' }
      github.rotateKey('hmcts', 'actions', status)
      const answer = await ask(`PUT ${org}/${name}`, { body })
      expect(answer.status).toBe(status)
      expect(String(answer.json.message)).not.toContain(name)
      const again = { ...(await sealFor(ask, org, 'x')), visibility: 'all' }
      expect((await ask(`PUT ${org}/${name}`, { body: again })).status).toBe(201)
    },
  )
})

test('repository and environment secrets want a value and a key id, and hide those of the organization', async () => {
  const { ask, github } = await emulate()
  github.addRepository('hmcts/app', { environments: ['production'] })
  const token = github.token({ kind: 'fine-grained', permissions: { secrets: 'write', environments: 'write' } })
  github.seedSecret('hmcts', 'actions', name, { value: 'organization', visibility: 'private' })
  for (const [path, value] of [
    ['/repos/hmcts/app/actions/secrets', 'repository'],
    ['/repos/hmcts/app/environments/production/secrets', 'environment'],
  ] as const) {
    const { encrypted_value } = await sealFor(ask, path, value, token)
    const refused = await ask(`PUT ${path}/${name}`, { token, body: { encrypted_value } })
    expect([refused.status, refused.json.message]).toEqual([422, 'Invalid request.\n\n"key_id" wasn\'t supplied.'])
    const body = await sealFor(ask, path, value, token)
    expect((await ask(`PUT ${path}/${name}`, { token, body })).status).toBe(201)
    expect((await ask(`GET ${path}/${name}`, { token })).json).not.toHaveProperty('visibility')
    expect((await ask(`GET ${path}`, { token })).json).toMatchObject({ total_count: 1 })
  }
  expect(github.visibleTo('hmcts/app', 'actions', name)).toBe('repository')
  expect(github.visibleTo('hmcts/app', 'actions', name, 'production')).toBe('environment')
  expect((await ask(`DELETE /repos/hmcts/app/actions/secrets/${name}`, { token })).status).toBe(204)
  expect((await ask(`DELETE /repos/hmcts/app/actions/secrets/${name}`, { token })).status).toBe(404)
  expect(github.visibleTo('hmcts/app', 'actions', name)).toBe('organization')
  expect((await ask('GET /repos/hmcts/app/environments/staging/secrets', { token })).status).toBe(404)
})

test('private organization secrets pass public repositories by, and on the Free plan private ones', async () => {
  for (const [plan, wanted] of [
    ['enterprise', { public: [undefined, 'all'], private: ['private', 'all'], internal: ['private', 'all'] }],
    ['free', { public: [undefined, 'all'], private: [undefined, undefined], internal: [undefined, undefined] }],
  ] as const) {
    const { ask, github } = await emulate({ organization: { login: 'hmcts', plan } })
    github.seedSecret('hmcts', 'actions', 'FOR_PRIVATE', { value: 'private', visibility: 'private' })
    github.seedSecret('hmcts', 'actions', 'FOR_ALL', { value: 'all', visibility: 'all' })
    for (const visibility of ['public', 'private', 'internal'] as const) {
      const repository = `hmcts/${visibility}`
      github.addRepository(repository, { visibility })
      const seen = ['FOR_PRIVATE', 'FOR_ALL'].map((secret) => github.visibleTo(repository, 'actions', secret))
      expect(seen).toEqual(wanted[visibility])
      const shared = await ask(`GET /repos/${repository}/actions/organization-secrets`)
      expect(shared.json.total_count).toBe(seen.filter((value) => value !== undefined).length)
    }
  }
})

test('a workflow is given the first hundred organization secrets by name', async () => {
  const { github } = await emulate()
  github.addRepository('hmcts/app')
  for (let i = 100; i < 201; i++) github.seedSecret('hmcts', 'actions', `S${i}`, { value: 'x' })
  expect(github.visibleTo('hmcts/app', 'actions', 'S199')).toBe('x')
  expect(github.visibleTo('hmcts/app', 'actions', 'S200')).toBeUndefined()
})

test('selected repositories may be hidden from a token that cannot see them, and go when they are deleted', async () => {
  const { ask, github } = await emulate()
  const selectedRepositories = ['hmcts/seen', 'hmcts/unseen']
  for (const repository of selectedRepositories) github.addRepository(repository)
  github.seedSecret('hmcts', 'actions', name, { value: 'x', visibility: 'selected', selectedRepositories })
  const token = github.token({ kind: 'app', permissions: { organization_secrets: 'read' }, repositories: ['seen'] })
  const selected = async () => (await ask(`GET ${org}/${name}/repositories`, { token })).json
  expect(await selected()).toMatchObject({ total_count: 2, repositories: { length: 2 } })
  github.modes.hidesUnreachableSelected = true
  expect(await selected()).toMatchObject({ total_count: 2, repositories: { length: 1 } })
  github.deleteRepository('hmcts/unseen')
  expect(await selected()).toMatchObject({ total_count: 1, repositories: { length: 1 } })
})

test('changes are made in the order of arrival, before any answer leaves', async () => {
  const { ask, github } = await emulate()
  const bodies = await Promise.all(['a', 'b', 'c'].map((value) => sealFor(ask, org, value)))
  const answers = bodies.map((body) => ask(`PUT ${org}/${name}`, { body: { ...body, visibility: 'all' } }))
  expect(github.secret('hmcts', 'actions', name)?.history.map(({ value }) => value)).toEqual(['a', 'b', 'c'])
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([201, 204, 204])
})
