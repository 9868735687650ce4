import { expect, test } from '@jest/globals'
import { createSweep, type Sweep } from '../../sweep.ts'
import { seedManaged, seedSecret } from '../../world.ts'

const COUNT = 40

/** An organization whose secret can be written, and whose repositories each have a copy of an old PAT. */
async function withStaleCopies(): Promise<Sweep> {
  const permissions = { organization_secrets: 'write', secrets: 'write' } as const
  const sweep = await createSweep(COUNT, { token: { kind: 'app', permissions } })
  const old = seedManaged(sweep.world, { ageDays: 60, daysLeft: 2 })
  for (const name of sweep.names) seedSecret(sweep.world, name, old)
  return sweep
}

test('the hourly amount is not used up by them: the rest stays stale, is told, and waits for the next renewal', async () => {
  const sweep = await withStaleCopies()
  const { github } = sweep.world
  github.spend(sweep.token, 12_500 - 220)
  const { conclusion, warnings } = await sweep.run()
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization', failure: undefined })
  expect(github.limits.answered).toBe(0)
  const { staleCopies, repositoriesWritten } = conclusion
  expect(repositoriesWritten.length).toBeGreaterThan(5)
  expect(staleCopies.length).toBeGreaterThan(5)
  expect([...staleCopies, ...repositoriesWritten].toSorted()).toEqual(sweep.names)
  expect(warnings.join('\n')).toMatch(/\d+ stale copies stay, .*x-ratelimit-remaining is 9\d/)
})

test.each([{}, { 'stale-copies': 'remove' }])(
  'once there is no time left for a limit the others are not asked (%j)',
  async (policy) => {
    const sweep = await withStaleCopies()
    const { github, emulator } = sweep.world
    const at = /service-\d+\/actions\/secrets\/AZURE/
    github.limitNext(Infinity, { method: 'stale-copies' in policy ? 'DELETE' : 'PUT', at, retryAfter: 600 })
    const { conclusion, warnings } = await sweep.run({ ...policy, 'max-wait-minutes': '5' })
    expect(conclusion).toMatchObject({ outcome: 'renewed', failure: undefined })
    expect(conclusion.staleCopies).toHaveLength(COUNT)
    const refused = emulator.transcript.filter(
      ({ host, answered }) => host === 'api.github.com' && (answered === 403 || answered === 429),
    )
    expect(refused.length).toBeLessThanOrEqual(10)
    expect(warnings).toHaveLength(1)
  },
)
