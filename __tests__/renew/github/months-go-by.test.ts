import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene } from '../../scene.ts'
import { SECRET } from '../../world.ts'
import { alive } from './writes.ts'

const repositories = ['hmcts/.github', 'hmcts/app-a', 'hmcts/app-b']

/** Runs daily, and looks each day, right after the run and hours later, whether every repository's builds work. */
async function daily(
  scene: Scene,
  days: number,
  inputs: Readonly<Record<string, string>>,
  each: (day: number) => void = () => undefined,
): Promise<readonly string[]> {
  const outcomes: string[] = []
  for (let day = 0; day < days; day += 1) {
    each(day)
    outcomes.push((await scene.run(inputs)).conclusion.outcome)
    for (const hours of [0, 23]) {
      scene.clock.pass(hours * 3_600_000)
      for (const name of repositories) {
        const value = scene.github.visibleTo(name, 'actions', SECRET)
        if (value === undefined || !scene.ado.accepts(value)) throw new Error(`On day ${day} builds of ${name} break.`)
      }
    }
    expect(alive(scene).length).toBeLessThanOrEqual(4)
    scene.clock.pass(3_600_000 + 1000)
  }
  return outcomes
}

const renewals = (outcomes: readonly string[]) => outcomes.filter((outcome) => outcome === 'renewed').length

describe('120 days of daily runs', () => {
  test('undisturbed: a renewal every twenty days, and never more than two PATs at once', async () => {
    const scene = await createScene()
    const outcomes = await daily(scene, 120, {}, () => {
      expect(alive(scene).length).toBeLessThanOrEqual(2)
    })
    expect(renewals(outcomes)).toBe(6)
    expect(new Set(outcomes)).toEqual(new Set(['renewed', 'not-due']))
  })

  test('with a year of life and a policy of 14 days: a renewal every nine or ten days', async () => {
    const scene = await createScene()
    scene.ado.policies.maximumLifespanDays = 14
    const outcomes = await daily(scene, 120, { 'pat-lifetime-days': '365' })
    expect(renewals(outcomes)).toBeGreaterThanOrEqual(12)
    expect(renewals(outcomes)).toBeLessThanOrEqual(13)
  })

  test('with copies, and clocks that differ', async () => {
    const scene = await createScene()
    scene.github.skew = 4 * 60_000
    scene.ado.skew = -4 * 60_000
    await scene.run()
    const value = scene.held()?.token ?? ''
    for (const name of ['hmcts/app-a', 'hmcts/app-b']) scene.github.seedSecret(name, 'actions', SECRET, { value })
    scene.clock.pass(1000)
    const outcomes = await daily(scene, 120, { repositories: 'app-a, app-b' })
    expect(renewals(outcomes)).toBeGreaterThanOrEqual(5)
    expect(renewals(outcomes)).toBeLessThanOrEqual(6)
  })

  test('with the organization refused from day 25 to day 65, and force once it is mended', async () => {
    const scene = await createScene()
    let mend = (): unknown => undefined
    const each = (day: number) => {
      if (day === 25) mend = scene.github.refuse({ home: 'hmcts', status: 403 })
      if (day === 65) mend()
    }
    const inputs = { repositories: '.github, app-a' }
    const outcomes = await daily(scene, 66, inputs, each)
    await scene.run({ ...inputs, force: 'true' })
    const after = await daily(scene, 54, inputs)
    expect(outcomes).not.toContain('failed')
    expect(renewals(outcomes)).toBe(4)
    expect(renewals(after)).toBe(2)
    expect(scene.github.visibleTo('hmcts/app-b', 'actions', SECRET)).toBe(scene.held()?.token)
  })

  test('with a GitHub credential that is refused for weeks just when the renewal is due', async () => {
    const scene = await createScene()
    let mend = (): unknown => undefined
    const each = (day: number) => {
      if (day === 19) mend = scene.github.refuse({ at: 'api.github.com', status: 401, message: 'Bad credentials' })
      if (day === 45) mend()
    }
    const outcomes = await daily(scene, 60, {}, each)
    expect(outcomes.slice(20, 45)).toContain('failed')
    expect(outcomes[45]).toBe('renewed')
  })
})
