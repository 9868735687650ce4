import { expect, test } from '@jest/globals'
import { changesOf } from '../../requests.ts'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../../world.ts'

const stores = { repositories: 'app-a, app-b', 'secret-stores': 'actions,dependabot' }
const STALE = /^The copy .*hmcts\/app-a is stale .* It stops working on 2026-11-27/

/** GitHub refuses one store of the organization; in the other one app-a has a copy that hides its secret. */
async function mixed(): Promise<Scene> {
  const scene = await createScene()
  seedSecret(scene, 'hmcts', seedLive(scene), { store: 'dependabot' })
  seedSecret(scene, 'hmcts/app-a', seedManaged(scene, { ageDays: 50, daysLeft: 6 }))
  scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 403, method: 'PUT' })
  return scene
}

test('reported by the run that falls back, it is reported by every later run, in a plan and in a check', async () => {
  const scene = await mixed()
  const inputs = { ...stores, 'stale-copies': 'report' }
  const fellBack = await scene.run(inputs)
  expect(fellBack.conclusion).toMatchObject({ deliveredTo: 'mixed', staleCopies: ['hmcts/app-a'] })
  expect(fellBack.warnings).toContainEqual(expect.stringMatching(STALE))
  scene.daysPass(1)
  const { conclusion, warnings } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'not-due', staleCopies: ['hmcts/app-a'] })
  expect(warnings).toContainEqual(expect.stringMatching(STALE))
  const { conclusion: planned } = await scene.run({ ...inputs, 'dry-run': 'true' })
  expect(planned.plan.join('\n')).toMatch(/The stale copy .*hmcts\/app-a/)
  const checked = await scene.run({ ...inputs, operation: 'check' })
  expect(checked.conclusion.staleCopies).toEqual(['hmcts/app-a'])
  expect(checked.conclusion.places).toContainEqual(
    expect.objectContaining({ remark: expect.stringMatching(/^stale: hides the organization secret/) }),
  )
})

test('where it could not be removed, a later run removes it, and its repository sees the organization secret', async () => {
  const scene = await mixed()
  const inputs = { ...stores, 'stale-copies': 'remove' }
  const mend = scene.github.refuse({ home: 'hmcts/app-a', status: 403, method: 'DELETE' })
  expect((await scene.run(inputs)).conclusion).toMatchObject({ deliveredTo: 'mixed', staleCopies: ['hmcts/app-a'] })
  mend()
  scene.daysPass(1)
  const told = await scene.run(inputs)
  expect(told.conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
  expect(changesOf(told)).toEqual(['remove'])
  const value = scene.github.visibleTo('hmcts/app-a', 'actions', 'AZURE_DEVOPS_ARTIFACT_TOKEN') ?? ''
  expect(scene.ado.accepts(value)).toBe(true)
})
