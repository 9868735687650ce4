import { afterEach, expect, test } from '@jest/globals'
import { type BundleRun, type BundleWorld, startBundleWorld } from '../bundle.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { seedLive, seedManaged, seedSecret, SECRET } from '../world.ts'
import { pages, snippetsOf, stepsIn, type WorkflowFile, yamlOf } from './markdown.ts'
import { BASE64, contextOf, READ, REFRESH_TOKEN } from './recipe-context.ts'
import { runWorkflow } from './run-workflow.ts'

/** A workflow of the documentation: its page, its heading, and which one below that. */
interface Recipe {
  readonly title: string
  readonly file: WorkflowFile
}

interface Case {
  /** What each step of this action ends with. */
  readonly outcome: string | readonly string[]
  /** Of `workflow_dispatch`; else the workflow runs by its schedule. */
  readonly dispatched?: Readonly<Record<string, unknown>>
  readonly prepare?: (world: BundleWorld) => void
  /** Where the workflow runs. */
  readonly repository?: string
  /** A run of Dependabot or of a fork, which gets no secrets of Actions. */
  readonly withoutSecrets?: true
  readonly holds?: (world: BundleWorld, runs: readonly BundleRun[]) => void
}

const VAULT_REFRESH_TOKEN = 'ado-bot-refresh-token'

const due = (world: BundleWorld): void => void seedLive(world)
const wellOff = (world: BundleWorld): void => void seedLive(world, { ageDays: 5, daysLeft: 25 })

/** What each recipe does. A recipe that is not here fails the test, and so does one that is no more. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  'README.md: A workflow to copy': [
    { outcome: 'renewed', prepare: due, holds: newestIn('hmcts') },
    { outcome: 'not-due', prepare: wellOff },
    { outcome: 'renewed', prepare: wellOff, dispatched: { force: true }, holds: newestIn('hmcts') },
    { outcome: 'planned', prepare: due, dispatched: { 'dry-run': true } },
  ],
  'README.md: As a step in a consuming workflow': [
    { outcome: [], repository: 'hmcts/app-a', prepare: due, withoutSecrets: true },
    { outcome: 'not-due', repository: 'hmcts/app-a', prepare: wellOff },
    {
      outcome: 'renewed',
      repository: 'hmcts/app-a',
      prepare: (world) => {
        trustingTheWorkflow(world)
        seedSecret(world, 'hmcts/app-a', seedManaged(world, { ageDays: 40, daysLeft: -1, slot: 'hmcts/app-a' }))
        world.vault.seed(VAULT_REFRESH_TOKEN, { value: world.entra.issueRefreshToken() })
      },
      holds: (world, [run]) => {
        newestIn('hmcts/app-a')(world)
        expect(run?.outputs.token).toBe(world.held('hmcts/app-a')?.token)
      },
    },
  ],
  'docs/recipes.md: Operations by hand': [
    { outcome: 'healthy', prepare: wellOff, dispatched: { operation: 'check' } },
    { outcome: 'renewed', prepare: wellOff, dispatched: { operation: 'renew', force: true } },
    { outcome: 'extended', prepare: due, dispatched: { operation: 'extend', days: '60' } },
    { outcome: 'revoked', prepare: due, dispatched: { operation: 'revoke', revoke: 'all' } },
    { outcome: 'audited', prepare: due, dispatched: { operation: 'audit' } },
    { outcome: 'planned', prepare: due, dispatched: { operation: 'revoke', revoke: 'all', 'dry-run': true } },
  ],
  'docs/recipes.md: Dependabot': [
    {
      outcome: 'renewed',
      prepare: due,
      holds: (world) => {
        newestIn('hmcts')(world)
        newestIn('hmcts', 'dependabot')(world)
      },
    },
  ],
  'docs/recipes.md: npm': [{ outcome: 'renewed', prepare: due, holds: newestIn('hmcts', 'actions', BASE64) }],
  'docs/recipes.md: Several feeds and PATs': [
    {
      outcome: ['renewed', 'renewed'],
      prepare: due,
      holds: (world) => {
        expect(world.held('hmcts', 'actions', READ)?.scope).toBe('vso.packaging')
        expect(world.held()?.scope).toBe('vso.packaging_write')
      },
    },
  ],
  'docs/recipes.md: Copies in repositories': [
    {
      outcome: 'renewed',
      prepare: (world) => {
        seedSecret(world, 'hmcts/app-a', seedManaged(world, { ageDays: 40, daysLeft: 1 }))
        due(world)
      },
      holds: (world) => {
        newestIn('hmcts/app-a')(world)
        // It has no copy, and the organization secret serves it.
        expect(world.github.secret('hmcts/app-b', 'actions', SECRET)).toBeUndefined()
      },
    },
  ],
  'docs/recipes.md: Copies in repositories 2': [
    {
      outcome: 'renewed',
      prepare: wellOff,
      holds: (world) => {
        newestIn('hmcts/app-a')(world)
        newestIn('hmcts/app-b')(world)
        expect(world.held()).toBe(world.ado.pats[0])
      },
    },
  ],
  'docs/recipes.md: Copies in repositories 3': [{ outcome: 'renewed', prepare: due, holds: newestIn('hmcts') }],
  'docs/recipes.md: Verification': [
    {
      outcome: 'renewed',
      prepare: (world) => {
        due(world)
        world.github.addWorkflow('hmcts/app-a', { queuedSeconds: 0, seconds: 1, listedAfterSeconds: 0 })
      },
    },
    {
      outcome: 'renewed',
      prepare: (world) => {
        due(world)
        const times = { queuedSeconds: 0, seconds: 1, listedAfterSeconds: 0 }
        world.github.addWorkflow('hmcts/app-a', { ...times, conclude: () => 'failure' })
      },
      holds: (world, [run]) => {
        newestIn('hmcts')(world)
        expect(run?.shown).toContain('Nothing is retired in this run.')
      },
    },
  ],
  'docs/recipes.md: Notices': [{ outcome: 'renewed', prepare: due }],
  'docs/recipes.md: Key Vault': [
    {
      outcome: 'renewed',
      prepare: (world) => {
        due(world)
        trustingTheWorkflow(world)
        world.vault.seed(VAULT_REFRESH_TOKEN, { value: world.entra.issueRefreshToken() })
      },
      holds: (world) => {
        newestIn('hmcts')(world)
        expect(world.vault.current('azure-devops-artifact-token')?.value).toBe(world.held()?.token)
      },
    },
  ],
  'docs/recipes.md: First sign-in': [
    {
      outcome: 'signed-in',
      prepare: (world) => {
        due(world)
        Object.assign(world.entra.deviceCode, { interval: 1, pendingPolls: 1 })
      },
      holds: ({ entra, github }) => {
        const stored = github.secret('hmcts/.github', 'actions', REFRESH_TOKEN)?.value
        expect(stored).toBe(entra.refreshTokens.at(-1)?.value)
      },
    },
  ],
  'docs/recipes.md: Without a PAT': [
    {
      outcome: 'federated',
      repository: 'hmcts/app-a',
      prepare: trustingTheWorkflow,
      holds: (world, [run]) => {
        expect(world.ado.accepts(run?.outputs.token ?? '')).toBe(true)
      },
    },
  ],
  'docs/recipes.md: GitHub Enterprise Server and sovereign clouds': [{ outcome: 'renewed', prepare: due }],
}

/** The app registration is no public client: it takes the OIDC token of the job. */
function trustingTheWorkflow({ entra, oidc }: BundleWorld): void {
  entra.application.publicClient = false
  entra.application.federated.push(gitHubFederation(oidc.subject))
}

const recipes = recipesOf(['README.md', 'docs/recipes.md'])

function recipesOf(which: readonly string[]): readonly Recipe[] {
  const counts = new Map<string, number>()
  return pages
    .filter((page) => which.includes(page))
    .flatMap(snippetsOf)
    .filter(({ language }) => language === 'yaml')
    .map((snippet) => ({ snippet, file: yamlOf(snippet) as WorkflowFile }))
    .filter(({ file }) => stepsIn(file).length > 0)
    .map(({ snippet: { page, heading }, file }) => {
      const name = `${page}: ${heading}`
      const count = (counts.get(name) ?? 0) + 1
      counts.set(name, count)
      return { title: count === 1 ? name : `${name} ${count}`, file }
    })
}

let world: BundleWorld | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

test('every recipe has its case, and every case its recipe', () => {
  expect(Object.keys(cases).toSorted()).toEqual(recipes.map(({ title }) => title).toSorted())
})

test('a recipe is a whole workflow that says its permissions', () => {
  for (const { file } of recipes) {
    expect(file).toMatchObject({ name: expect.any(String), permissions: expect.any(Object), jobs: expect.any(Object) })
    expect(file).toHaveProperty('on')
  }
})

const all = recipes.flatMap(({ title, file }) =>
  (cases[title] ?? []).map((one) => ({ title, file, one, outcome: [one.outcome].flat().join(', ') || 'nothing' })),
)

test.each(all)('$title: $outcome', async ({ file, one }) => {
  world = await startBundleWorld()
  one.prepare?.(world)
  world.github.seedSecret('hmcts/.github', 'actions', REFRESH_TOKEN, { value: world.entra.issueRefreshToken() })
  const repository = one.repository ?? 'hmcts/.github'
  // Read when the run is queued, so before its first step.
  const runs = await runWorkflow(world, file, contextOf(world, file, { ...one, repository }), repository)
  const said = runs.map(({ shown }) => shown).join('\n')
  expect(runs.map(({ outputs, exitCode }) => (exitCode === 0 ? outputs.outcome : `${exitCode}: ${said}`))).toEqual(
    [one.outcome].flat(),
  )
  one.holds?.(world, runs)
})

/** That the place holds the PAT minted last, not revoked. */
function newestIn(home: string, store: 'actions' | 'dependabot' = 'actions', name = SECRET) {
  return (world: BundleWorld): void => {
    const held = world.held(home, store, name)
    expect(held?.authorizationId).toBe(world.ado.pats.at(-1)?.authorizationId)
    expect(held?.revoked).toBe(false)
  }
}
