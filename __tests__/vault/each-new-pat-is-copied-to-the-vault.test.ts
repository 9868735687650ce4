import { beforeEach, expect, test } from '@jest/globals'
import { permitIdToken } from '../renew/bot/job.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { COPY, copied, seedCopy, trustWorkflow } from './vault.ts'

let scene: Scene
let inputs: Record<string, string>
beforeEach(async () => {
  scene = await createScene()
  permitIdToken(scene)
  inputs = { ...trustWorkflow(scene), 'key-vault-pat': COPY }
})

test('with its end, its authorization id and a content type', async () => {
  seedCopy(scene, seedLive(scene))
  const { conclusion, warnings } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(warnings).toEqual([])
  const minted = scene.ado.pats.at(-1)
  expect(copied(scene)).toBe(minted)
  expect(scene.vault.current(COPY)).toMatchObject({
    contentType: 'Azure DevOps PAT',
    exp: Math.floor((minted?.validTo ?? 0) / 1000),
    tags: {
      AdoPatAuthorizationId: minted?.authorizationId,
      AdoPatDisplayName: minted?.displayName,
      AdoPatExpiresAt: expect.stringMatching(/^2026-12-21T08:00/),
    },
  })
  expect(conclusion.receipts).toContainEqual(
    expect.objectContaining({ place: { vault: 'hmcts.vault.azure.net', name: COPY }, did: 'updated' }),
  )
})
