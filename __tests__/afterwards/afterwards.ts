import type { Permissions } from '../emulator/github/tokens.ts'
import type { Workflow } from '../emulator/github/workflows.ts'
import { createScene, type Scene } from '../scene.ts'
import { SECRET, seedLive, seedManaged, type World } from '../world.ts'

type Inputs = Readonly<Record<string, string>>

/** The job's own token, as `permissions: { actions: write, issues: write }` makes it. */
export function workflowToken(
  { github }: World,
  permissions: Permissions = { actions: 'write', issues: 'write' },
): string {
  const account = 'github-actions[bot]'
  return github.token({ kind: 'github-token', permissions, repositories: ['.github'], account })
}

/** What makes a run tell people. */
export function telling(world: World): Inputs {
  return {
    'workflow-token': workflowToken(world),
    'notify-issue': 'true',
    'notify-webhook-url': world.webhook.url,
  }
}

/** A workflow of hmcts/.github that builds with the secret as it was when it was queued. */
export function addBuild(world: World, options: Partial<Omit<Workflow, 'id'>> = {}): Inputs {
  const conclude: Workflow['conclude'] = (secret) => (world.ado.accepts(secret(SECRET) ?? '') ? 'success' : 'failure')
  world.github.addWorkflow('hmcts/.github', { conclude, ...options })
  return { 'verify-workflow': 'hmcts/.github/build.yml@main', 'workflow-token': workflowToken(world) }
}

/** The issues of hmcts/.github, the oldest first. */
export function issuesOf({ github }: World) {
  return github.repository('hmcts/.github').issues
}

export function runsOf({ github }: World) {
  return github.repository('hmcts/.github').runs
}

/** Makes every renewal fail before anything is minted, until it is called. */
export function breakSignIn(scene: Scene): () => void {
  scene.fault({ kind: 'status', at: 'vssps.dev.azure.com', status: 401, times: Infinity })
  return () => {
    scene.emulator.faults.clear()
  }
}

/** A renewal that is due, and fails until `mend` is called. */
export async function inTrouble() {
  const scene = await createScene()
  seedLive(scene)
  return { scene, tell: telling(scene), mend: breakSignIn(scene) }
}

/** A live PAT near its end, and one before it that is superseded and could be retired at once. */
export async function due() {
  const scene = await createScene()
  const superseded = seedManaged(scene, { ageDays: 60, daysLeft: 20 })
  const live = seedLive(scene)
  return { scene, superseded, live, grace: { 'revoke-superseded-after-hours': '0' } }
}
