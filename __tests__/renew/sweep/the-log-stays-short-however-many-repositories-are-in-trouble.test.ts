import { expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../../world.ts'

const names = Array.from({ length: 40 }, (_, index) => `service-${index + 1}`)
const repositories = names.join()

/** A healthy organization whose repositories have copies that are stale. */
async function withStaleCopies(): Promise<Scene> {
  const scene = await createScene()
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const old = seedManaged(scene, { ageDays: 60, daysLeft: -30 })
  for (const name of names) {
    scene.github.addRepository(`hmcts/${name}`)
    seedSecret(scene, `hmcts/${name}`, old)
  }
  return scene
}

const shown = (log: readonly string[]): readonly string[] => log.filter((line) => !line.startsWith('debug: '))

test('stale copies that are only to be reported are one warning that counts them', async () => {
  const scene = await withStaleCopies()
  const { conclusion, warnings, log } = await scene.run({ repositories, 'stale-copies': 'report' })
  expect(conclusion).toMatchObject({ outcome: 'not-due' })
  expect(conclusion.staleCopies).toHaveLength(40)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/^40 stale copies stay, and the debug log names each\. The first: The copy /)
  expect(log.filter((line) => line.startsWith('debug: The copy '))).toHaveLength(40)
})

test('stale copies that are removed are not told one by one', async () => {
  const scene = await withStaleCopies()
  const { conclusion, warnings, log } = await scene.run({ repositories, 'stale-copies': 'remove' })
  expect(conclusion.staleCopies).toEqual([])
  expect(conclusion.receipts).toHaveLength(40)
  expect([warnings, shown(log).length < 15]).toEqual([[], true])
})

test('repositories that cannot be looked at are one warning that counts the reasons', async () => {
  const scene = await withStaleCopies()
  scene.github.refuse({ at: /\/repos\/hmcts\/service-\d+\/actions\/secrets/, status: 403 })
  const { warnings, log } = await scene.run({ repositories })
  expect(warnings).toEqual([
    'What some repositories hold cannot be told, so no PAT is retired (40 no-permission). The debug log names each.',
  ])
  expect(shown(log).length).toBeLessThan(15)
  expect(log.filter((line) => line.startsWith('debug: Whether there is a copy '))).toHaveLength(40)
})

test('a check tells each of many secrets in the debug log alone', async () => {
  const scene = await withStaleCopies()
  const { log, warnings } = await scene.run({ repositories, operation: 'check' })
  expect(log.filter((line) => line.startsWith('debug: Secret '))).toHaveLength(41)
  expect(shown(log).filter((line) => line.startsWith('Secret '))).toEqual([])
  expect(warnings.join('\n')).toMatch(/hide the organization secret from hmcts\/service-1, .*, … \(40\)\./)
})

test('a disabled repository that is named says that it is disabled', async () => {
  const scene = await createScene()
  seedLive(scene)
  scene.github.addRepository('hmcts/off', { disabled: true })
  const { warnings } = await scene.run({ repositories: 'off' })
  expect(warnings.join('\n')).toMatch(/GitHub has disabled the repository hmcts\/off/)
})
