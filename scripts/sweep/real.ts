import { runBundle, startBundleWorld } from '../../__tests__/bundle.ts'
import { SECRET, seedLive } from '../../__tests__/world.ts'
import { figuresOf, type Measured } from './measure.ts'

/** One sweep through the bundle in real time, over TLS, with GitHub's limits enforced. It takes minutes. */
export async function realSweep(count: number): Promise<Measured> {
  const world = await startBundleWorld()
  try {
    const { github } = world
    const names = Array.from({ length: count }, (_, index) => `hmcts/service-${index + 1}`)
    for (const name of names) github.addRepository(name)
    seedLive(world)
    github.limits.enforce = true
    github.latency = 200
    const token = github.token({ kind: 'app', permissions: { organization_secrets: 'read', secrets: 'write' } })
    const run = await runBundle(world, { repositories: 'all', 'github-token': token }, { minutes: 10 })
    console.log(run.shown)
    if (run.exitCode !== 0) throw new Error('the run failed')
    const without = names.filter((name) => !world.ado.accepts(github.secret(name, 'actions', SECRET)?.value ?? ''))
    if (without.length > 0) throw new Error(`${without.length} repositories have no PAT that works`)
    return figuresOf(github.pointsLog, count + 3, github.limits.answered)
  } finally {
    await world.close()
  }
}
