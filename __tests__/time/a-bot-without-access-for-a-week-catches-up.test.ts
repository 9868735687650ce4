import { describe, expect, test } from '@jest/globals'
import { alive } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { buildsWork, outcomeOf } from './clocks.ts'

const HOME = 'hmcts/.github'
const NAME = 'ADO_BOT_REFRESH_TOKEN'

/** What the workflow hands over: the refresh token as it is stored at that moment. */
function byRefreshToken(scene: Scene): Record<string, string> {
  return {
    'bot-access-token': '',
    'bot-refresh-token': scene.github.secret(HOME, 'actions', NAME)?.value ?? '',
    'azure-tenant-id': scene.entra.tenant,
    'azure-client-id': scene.entra.application.clientId,
  }
}

const losses: Readonly<Record<string, (scene: Scene) => () => void>> = {
  'removed from the organization': ({ ado }) => {
    ado.user.disabled = true
    return () => (ado.user.disabled = false)
  },
  'disabled in Entra': ({ entra, ado }) => {
    entra.refuse('all', 50057)
    ado.user.disabled = true
    return () => {
      entra.accept()
      ado.user.disabled = false
    }
  },
  'kept out by Conditional Access': ({ entra }) => {
    entra.refuse('all', 53003)
    return () => {
      entra.accept()
    }
  },
}

describe.each(Object.entries(losses))('%s', (_, lose) => {
  test.each([3, 12, 25])(
    'with %i days left: each run fails and says who must act; then one renewal mends all',
    async (daysLeft) => {
      const scene = await createScene()
      scene.github.seedSecret(HOME, 'actions', NAME, { value: scene.entra.issueRefreshToken() })
      const live = seedLive(scene, { ageDays: 30 - daysLeft, daysLeft })
      const giveBack = lose(scene)
      for (let day = 0; day < 7; day += 1) {
        const { conclusion } = await scene.run(byRefreshToken(scene))
        expect(conclusion.outcome).toBe('failed')
        expect(conclusion.failure).toMatch(/bot was disabled or removed|account is disabled|the administrator finds/)
        scene.daysPass(1)
      }
      expect(scene.ado.pats).toEqual([live])
      giveBack()
      const outcome = await outcomeOf(scene, byRefreshToken(scene))
      expect(outcome).toBe(daysLeft > 17 ? 'not-due' : 'renewed')
      expect(buildsWork(scene)).toBe(true)
      scene.daysPass(2)
      expect(await outcomeOf(scene, byRefreshToken(scene))).toBe('not-due')
      expect(alive(scene)).toEqual([scene.held()])
    },
  )
})

test('a bot that lost its role on the feed: nothing unproved is delivered, and nothing stays behind', async () => {
  const scene = await createScene()
  const live = seedLive(scene, { daysLeft: 9 })
  const { roles } = scene.ado.feed
  const { oid } = scene.entra.user
  roles[oid] = 'none'
  for (let day = 0; day < 7; day += 1) {
    expect(await outcomeOf(scene)).toBe('failed')
    expect(alive(scene)).toEqual([live])
    scene.daysPass(1)
  }
  roles[oid] = 'contributor'
  expect(await outcomeOf(scene)).toBe('renewed')
})
