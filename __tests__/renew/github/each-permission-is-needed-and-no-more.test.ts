import { expect, test } from '@jest/globals'
import { addBuild, telling, workflowToken } from '../../afterwards/afterwards.ts'
import type { Permissions } from '../../emulator/github/tokens.ts'
import { createScene, type Scene, type Told } from '../../scene.ts'
import { seedLive, seedSecret } from '../../world.ts'
import { HOME, withRefreshToken } from '../bot/sign-in.ts'

type Inputs = Readonly<Record<string, string>>

interface Row {
  /** Exactly what the page on security asks for. */
  readonly permissions: Permissions
  readonly arrange: (scene: Scene) => Inputs
  readonly deliveredTo: string
  /** What becomes of the run without the permission, and what is then said to be missing. */
  readonly without: Readonly<Partial<Record<keyof Permissions, readonly [end: string, words: RegExp]>>>
}

const live = (scene: Scene): Inputs => (seedLive(scene), {})

const rows: Readonly<Record<string, Row>> = {
  'the organization secret, with a fallback': {
    permissions: { organization_secrets: 'write', secrets: 'write' },
    arrange: live,
    deliveredTo: 'organization',
    without: {
      organization_secrets: ['renewed repositories', /lacks organization_secrets=write/],
      secrets: ['renewed organization', /lacks secrets=write/],
    },
  },
  'the organization secret of another store': {
    permissions: {
      ...{ organization_secrets: 'write', secrets: 'write' },
      ...{ organization_dependabot_secrets: 'write', dependabot_secrets: 'write' },
    },
    arrange: (scene) => {
      seedSecret(scene, 'hmcts', seedLive(scene), { store: 'dependabot' })
      return { 'secret-stores': 'actions, dependabot' }
    },
    deliveredTo: 'organization',
    without: {
      organization_dependabot_secrets: ['renewed mixed', /lacks organization_dependabot_secrets=write/],
      dependabot_secrets: ['renewed organization', /lacks dependabot_secrets=write/],
    },
  },
  'agents, which need no other': {
    permissions: { organization_agents_secrets: 'write', agents_secrets: 'write' },
    arrange: (scene) => {
      seedSecret(scene, 'hmcts', seedLive(scene), { store: 'agents' })
      return { 'secret-stores': 'agents' }
    },
    deliveredTo: 'organization',
    without: { organization_agents_secrets: ['renewed repositories', /lacks organization_agents_secrets=write/] },
  },
  'copies alone': {
    permissions: { secrets: 'write' },
    arrange: () => ({ target: 'repositories', repositories: 'app-a, app-b' }),
    deliveredTo: 'repositories',
    without: { secrets: ['failed nowhere', /secrets=write/] },
  },
  'a refresh token in an environment': {
    permissions: { organization_secrets: 'write', secrets: 'write', environments: 'write' },
    arrange: (scene) => {
      seedLive(scene)
      scene.github.repository(HOME).environments.add('renewal')
      const { inputs } = withRefreshToken(scene, { home: `${HOME}/renewal` })
      return { ...inputs, 'bot-refresh-token-environment': 'renewal' }
    },
    deliveredTo: 'organization',
    without: { environments: ['failed nowhere', /environments=write/] },
  },
  'ids of repositories, for a new secret, by the Metadata that every App may read': {
    permissions: { organization_secrets: 'write', secrets: 'write', metadata: 'read' },
    arrange: () => ({ 'secret-visibility': 'selected', repositories: 'app-a' }),
    deliveredTo: 'organization',
    without: {},
  },
}

async function runWith({ arrange }: Row, permissions: Permissions): Promise<Told> {
  const scene = await createScene()
  return scene.run({ ...arrange(scene), 'github-token': scene.github.token({ kind: 'app', permissions }) })
}

const endOf = ({ conclusion }: Told): string => `${conclusion.outcome} ${conclusion.deliveredTo}`

test.each(Object.entries(rows))('%s: what the page asks for is enough', async (_, row) => {
  const told = await runWith(row, row.permissions)
  expect([endOf(told), told.warnings]).toEqual([`renewed ${row.deliveredTo}`, []])
})

const fewer = Object.entries(rows).flatMap(([name, row]) =>
  Object.entries(row.without).map(([permission, [end, words]]) => ({ name, row, permission, end, words })),
)

test.each(fewer)('$name, without $permission: $end, and $words is said', async ({ row, permission, end, words }) => {
  const others = Object.entries(row.permissions).filter(([name]) => name !== permission)
  const told = await runWith(row, Object.fromEntries(others))
  expect(endOf(told)).toBe(end)
  expect([told.conclusion.failure ?? '', ...told.warnings].join('\n')).toMatch(words)
})

test('Codespaces secrets of an organization take a classic token with the scope admin:org', async () => {
  for (const [scopes, end] of [
    [['admin:org', 'repo'], 'renewed organization'],
    [['repo'], 'renewed repositories'],
  ] as const) {
    const scene = await createScene()
    seedSecret(scene, 'hmcts', seedLive(scene), { store: 'codespaces' })
    const token = scene.github.token({ kind: 'classic', scopes })
    const told = await scene.run({ 'secret-stores': 'codespaces', 'github-token': token })
    expect(endOf(told)).toBe(end)
    if (end !== 'renewed organization')
      expect(told.warnings.join('\n')).toMatch(/classic personal access token with the scope admin:org/)
  }
})

test('the workflow token needs Actions: write for verify-workflow, and nothing for the renewal', async () => {
  const scene = await createScene()
  const build = (seedLive(scene), addBuild(scene))
  const enough = { ...build, 'workflow-token': workflowToken(scene, { actions: 'write' }) }
  expect((await scene.run({ ...enough, force: 'true' })).warnings).toEqual([])
  const less = { ...build, 'workflow-token': workflowToken(scene, { issues: 'write' }) }
  const told = await scene.run({ ...less, force: 'true' })
  expect([endOf(told), told.warnings.join('\n')]).toEqual([
    'renewed organization',
    expect.stringMatching(/lacks the permission "actions: write"/),
  ])
})

test('it needs Issues: write for notify-issue', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.fault({ kind: 'status', at: 'vssps.dev.azure.com', status: 401, times: Infinity })
  const issues = (): number => scene.github.repository(HOME).issues.length
  const less = { ...telling(scene), 'workflow-token': workflowToken(scene, { actions: 'write' }) }
  expect((await scene.run(less)).warnings.join('\n')).toMatch(/lacks the permission "issues: write"/)
  expect(issues()).toBe(0)
  await scene.run({ ...telling(scene), 'workflow-token': workflowToken(scene, { issues: 'write' }) })
  expect(issues()).toBe(1)
})
