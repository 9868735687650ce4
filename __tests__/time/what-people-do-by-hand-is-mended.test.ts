import { describe, expect, test } from '@jest/globals'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { alive, endsWell } from '../requests.ts'
import { createScene, type Scene } from '../scene.ts'
import { SECRET, seedLive, seedManaged } from '../world.ts'
import { buildsWork, HOUR, outcomeOf } from './clocks.ts'

const healthy = { ageDays: 5, daysLeft: 25 }

function revoke(scene: Scene, pat: Pat | undefined): void {
  if (pat !== undefined) Object.assign(pat, { revoked: true, revokedAt: scene.ado.now() })
}

describe('a PAT that somebody revoked', () => {
  test('the live one: the next run renews, and the state is as if nothing had happened', async () => {
    const scene = await createScene()
    revoke(scene, seedLive(scene, healthy))
    expect(await outcomeOf(scene)).toBe('renewed')
    expect(buildsWork(scene)).toBe(true)
    scene.daysPass(20.5)
    await endsWell(scene)
  })

  test('the live one while an older one still waits to be retired: that one is not taken for what the secret holds', async () => {
    const scene = await createScene()
    seedManaged(scene, { ageDays: 6, daysLeft: 24 })
    revoke(scene, seedLive(scene, healthy))
    expect(await outcomeOf(scene)).toBe('renewed')
    expect(buildsWork(scene)).toBe(true)
  })

  test('with current-pat the feed says so, whatever the list of PATs says', async () => {
    const scene = await createScene()
    const live = seedLive(scene, healthy)
    revoke(scene, live)
    const told = await scene.run({ 'current-pat': live.token })
    expect(told.conclusion).toMatchObject({ outcome: 'renewed', reason: expect.stringContaining('the feed refuses') })
  })

  test('a superseded one: nothing is due, and nobody misses it', async () => {
    const scene = await createScene()
    revoke(scene, seedManaged(scene, { ageDays: 25, daysLeft: 5 }))
    seedLive(scene, healthy)
    expect(await outcomeOf(scene)).toBe('not-due')
    expect(alive(scene)).toEqual([scene.held()])
  })

  test('the new one between mint and delivery: it is not delivered, and the next run renews', async () => {
    const scene = await createScene()
    const old = seedLive(scene)
    const act = () => {
      revoke(scene, scene.ado.pats.at(-1))
    }
    scene.fault({ kind: 'act', method: 'GET', at: 'feeds.dev.azure.com', act })
    expect(await outcomeOf(scene)).toBe('failed')
    expect(scene.held()).toBe(old)
    await endsWell(scene)
  })
})

describe('a secret that somebody overwrote', () => {
  const overwrite = (value: string) => async () => {
    const scene = await createScene()
    seedLive(scene, { ageDays: 5, daysLeft: 25 })
    scene.github.seedSecret('hmcts', 'actions', SECRET, { value, visibility: 'all' })
    return scene
  }

  test('without current-pat it is written again, and who can read it stays as the person left it', async () => {
    const scene = await overwrite('something else')()
    expect(await outcomeOf(scene)).toBe('renewed')
    expect(buildsWork(scene)).toBe(true)
    expect(scene.github.secret('hmcts', 'actions', SECRET)?.visibility).toBe('all')
    expect(await outcomeOf(scene)).toBe('not-due')
  })

  test('with a current-pat that the feed refuses it is written again', async () => {
    const scene = await overwrite('something else')()
    expect(await outcomeOf(scene, { 'current-pat': 'something else' })).toBe('renewed')
    expect(buildsWork(scene)).toBe(true)
  })

  test('with a PAT made by hand that works, it is left alone, and so is that PAT', async () => {
    const scene = await createScene()
    seedLive(scene, healthy)
    const byHand = scene.ado.seedPat({ displayName: 'made by hand', daysLeft: 90 })
    scene.github.seedSecret('hmcts', 'actions', SECRET, { value: byHand.token })
    expect(await outcomeOf(scene, { 'current-pat': byHand.token })).toBe('not-due')
    expect(scene.held()).toBe(byHand)
    scene.daysPass(16)
    expect(await outcomeOf(scene, { 'current-pat': byHand.token })).toBe('renewed')
    expect(byHand).toMatchObject({ displayName: 'made by hand', revoked: false })
  })

  test('within the first hour only current-pat can tell it; it does', async () => {
    const scene = await createScene()
    await scene.run()
    scene.clock.pass(HOUR / 2)
    scene.github.seedSecret('hmcts', 'actions', SECRET, { value: 'typed by mistake' })
    expect(await outcomeOf(scene)).toBe('not-due')
    expect(await outcomeOf(scene, { 'current-pat': 'typed by mistake' })).toBe('renewed')
    expect(buildsWork(scene)).toBe(true)
  })

  test('and one that somebody deleted is created again', async () => {
    const scene = await createScene()
    seedLive(scene, healthy)
    scene.github.deleteSecret('hmcts', 'actions', SECRET)
    expect(await outcomeOf(scene)).toBe('renewed')
    expect(buildsWork(scene)).toBe(true)
  })
})
