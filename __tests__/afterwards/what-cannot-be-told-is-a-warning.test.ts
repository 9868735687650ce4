import { describe, expect, test } from '@jest/globals'
import { createScene, type Scene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { inTrouble, issuesOf, telling } from './afterwards.ts'

const LABEL = 'ado-artifacts-token-renewal'

describe('what cannot be told is a warning', () => {
  test('an issue whose creation got no answer is not opened twice', async () => {
    const { scene, tell } = await inTrouble()
    scene.emulator.faults.add({ kind: 'reset-after', method: 'POST', at: /\/issues$/ })
    const { warnings, requests, log } = await scene.run(tell)
    expect(warnings).toEqual([])
    expect(requests.filter((line) => /^POST .*\/issues /.test(line))).toHaveLength(1)
    expect(issuesOf(scene)).toHaveLength(1)
    expect(log).toContain('GitHub opened an issue in hmcts/.github, though its answer was lost.')
  })

  test('an issue that GitHub refuses to open is not looked for: there is none', async () => {
    const { scene, tell } = await inTrouble()
    scene.github.refuse({ method: 'POST', at: /\/issues$/, status: 403 })
    const { requests, warnings } = await scene.run(tell)
    expect(warnings).toEqual([expect.stringMatching(/^A notice did not get out \(issue\)\. /)])
    expect(requests.filter((line) => /^GET .*\/issues$/.test(line))).toHaveLength(1)
  })

  test.each([
    [
      'issues are switched off',
      (scene: Scene) => {
        scene.github.repository('hmcts/.github').hasIssues = false
        return {}
      },
      /Issues are switched off in this repository/,
    ],
    [
      'the token may not write them',
      (scene: Scene) => ({
        'workflow-token': scene.github.token({ kind: 'github-token' }),
      }),
      /lacks the permission "issues: write"/,
    ],
    [
      'the repository is archived',
      (scene: Scene) => {
        scene.github.repository('hmcts/.github').archived = true
        return {}
      },
      /is archived and takes no changes/,
    ],
    [
      'the repository is disabled',
      (scene: Scene) => {
        scene.fault({ kind: 'status', at: '/issues', status: 403, body: '{"message":"Repository access blocked"}' })
        return {}
      },
      /GitHub has disabled the repository hmcts\/\.github .* Check notify-issue/,
    ],
  ])('where %s, the failure stays the failure, and the webhook is told all the same', async (_, prepare, words) => {
    const { scene, tell } = await inTrouble()
    const told = await scene.run({ ...tell, ...prepare(scene) })
    expect(told.conclusion).toMatchObject({ outcome: 'failed' })
    expect(told.warnings).toEqual([expect.stringMatching(words)])
    expect(scene.webhook.messages).toHaveLength(1)
  })

  test('a label that GitHub leaves out is told: the issue would not be found again', async () => {
    const { scene, tell } = await inTrouble()
    scene.github.modes.dropsLabels = true
    expect((await scene.run(tell)).warnings).toEqual([expect.stringContaining(`without the label "${LABEL}"`)])
  })

  test('a renewal stays one', async () => {
    const scene = await createScene()
    seedLive(scene)
    const tell = telling(scene)
    scene.github.refuse({ home: 'hmcts', status: 403 })
    scene.github.refuse({ at: /\/issues/, status: 403 })
    scene.webhook.gone = 'no_service'
    const { conclusion, warnings } = await scene.run(tell)
    expect(conclusion).toMatchObject({ outcome: 'renewed', failure: undefined })
    expect(warnings.filter((warning) => warning.startsWith('A notice did not get out'))).toHaveLength(2)
  })

  test.each([
    [
      'is gone',
      { kind: 'status', status: 404, body: 'no_service' },
      /Status: 404. The answer: "no_service".*make a new one/,
      1,
    ],
    [
      'answers 500 for good',
      { kind: 'status', status: 500, body: 'rollup_error', times: Infinity },
      /Status: 500.*in trouble/,
      4,
    ],
    ['redirects', { kind: 'status', status: 302, headers: { location: 'https://evil.example/' } }, /never followed/, 1],
    ['is told too often', { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, /too often/, 1],
    ['hangs', { kind: 'hang', times: Infinity }, /no answer within 10 s/, 2],
    [
      'does not take the form',
      { kind: 'status', status: 400, body: 'invalid_payload' },
      /invalid_payload.*incoming webhook/,
      1,
    ],
  ] as const)('a webhook that %s', async (_, fault, words, tries) => {
    const { scene, tell } = await inTrouble()
    scene.fault({ ...fault, at: 'hooks.slack' })
    const began = scene.clock.now()
    const { warnings, requests } = await scene.run({ ...tell, 'notify-issue': 'false' })
    expect(warnings).toEqual([expect.stringMatching(words)])
    expect(warnings.join()).not.toMatch(/T0WEBHOOK|B0MARKER/)
    expect(requests.filter((line) => line.includes('hooks.slack')).length).toBeLessThanOrEqual(tries)
    expect(requests.join()).not.toContain('evil.example')
    expect(scene.clock.now() - began).toBeLessThan(60_000)
  })

  test('a closed issue whose comment failed is not told of again', async () => {
    const { scene, tell, mend } = await inTrouble()
    await scene.run(tell)
    mend()
    scene.fault({ kind: 'status', method: 'POST', at: /comments$/, status: 500 })
    expect((await scene.run(tell)).warnings).toEqual([expect.stringContaining('comment')])
    expect(issuesOf(scene)[0]?.state).toBe('closed')
    expect(scene.webhook.messages).toHaveLength(2)
    await scene.run(tell)
    expect(scene.webhook.messages).toHaveLength(2)
  })

  test('an issue that cannot be closed keeps the memory: the webhook is told when it is', async () => {
    const { scene, tell, mend } = await inTrouble()
    await scene.run(tell)
    mend()
    const give = scene.github.refuse({ method: 'PATCH', status: 403 })
    await scene.run(tell)
    expect(scene.webhook.messages).toHaveLength(1)
    give()
    await scene.run(tell)
    expect(scene.webhook.messages).toHaveLength(2)
  })
})
