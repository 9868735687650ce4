import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { addBuild, issuesOf, runsOf, telling } from '../afterwards/afterwards.ts'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { seedLive } from '../world.ts'

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

const brief = { queuedSeconds: 0, seconds: 1 }

describe('notify-issue and notify-webhook-url', () => {
  test('a failing run opens the issue and tells the webhook; the next one that is well closes it and tells of it once', async () => {
    seedLive(world)
    const tell = telling(world)
    const mend = world.github.refuse({ home: 'hmcts', status: 403 })
    const failed = await runBundle(world, { ...tell, fallback: 'none' })
    expect(failed).toMatchObject({ exitCode: 1, stderr: '', outputs: { outcome: 'failed' } })
    expect(issuesOf(world)).toMatchObject([{ state: 'open', labels: ['ado-artifacts-token-renewal'] }])
    expect(issuesOf(world)[0]?.body).toContain('Run: https://github.com/hmcts/.github/actions/runs/7014')
    expect(world.webhook.messages).toHaveLength(1)
    mend()
    for (const outcome of ['renewed', 'not-due']) {
      const run = await runBundle(world, tell)
      expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome } })
    }
    expect(issuesOf(world)).toMatchObject([{ state: 'closed', comments: [{ by: 'github-actions[bot]' }] }])
    expect(world.webhook.messages).toHaveLength(2)
    const hosts = world.emulator.transcript.filter(({ host }) => host.startsWith('hooks')).map(({ headers }) => headers)
    expect(hosts.every((headers) => !('authorization' in headers))).toBe(true)
  })

  test('an error that nobody foresaw is told, too', async () => {
    seedLive(world)
    const run = await runBundle(world, telling(world), {
      nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(BREAKS_DATES)}`],
    })
    expect(run).toMatchObject({ exitCode: 1, outputs: { outcome: 'failed' } })
    expect(run.outputs.reason).toContain('no such day')
    expect(issuesOf(world)[0]?.body).toContain('no such day')
    expect(world.webhook.messages).toEqual([expect.stringContaining('no such day')])
  })

  test('a renewal whose notices cannot be written has renewed, with warnings in the log and the summary', async () => {
    seedLive(world)
    world.github.refuse({ home: 'hmcts', status: 403 })
    world.github.refuse({ at: /\/issues/, status: 403 })
    world.webhook.gone = 'no_service'
    const run = await runBundle(world, telling(world))
    expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
    for (const text of [run.shown, run.summary]) {
      expect(text).toContain('A notice did not get out (issue).')
      expect(text).toContain('A notice did not get out (webhook).')
    }
  })

  test('inputs that cannot be used are told in the log alone: nothing is asked of any service', async () => {
    const run = await runBundle(world, { ...telling(world), 'pat-lifetime-days': '0' })
    expect(run).toMatchObject({ exitCode: 1, requests: [], tunnels: [] })
  })
})

/** Dates are put into words in many places, and nowhere is that expected to fail. */
const BREAKS_DATES = `const { toISOString } = Date.prototype
Date.prototype.toISOString = () => {
  Date.prototype.toISOString = toISOString
  throw new RangeError('no such day')
}`

describe('verify-workflow', () => {
  test('a build that succeeds is named in the summary', async () => {
    seedLive(world)
    const run = await runBundle(world, addBuild(world, brief))
    expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
    const [build] = runsOf(world)
    expect(build).toMatchObject({ conclusion: 'success' })
    expect(run.summary).toContain(`<https://github.com/hmcts/.github/actions/runs/${String(build?.id)}>`)
    expect(run.shown).not.toContain('Warning')
  })

  test('a build that fails is a warning with its link; the run has renewed, and people are told', async () => {
    seedLive(world)
    world.github.modes.runDetails = 'ignored'
    const build = addBuild(world, { ...brief, listedAfterSeconds: 1, conclude: () => 'failure' })
    const run = await runBundle(world, { ...telling(world), ...build })
    expect(run).toMatchObject({ exitCode: 0, stderr: '', outputs: { outcome: 'renewed' } })
    const link = `https://github.com/hmcts/.github/actions/runs/${String(runsOf(world)[0]?.id)}`
    expect(run.shown).toMatch(new RegExp(`Warning: Verification failed: .*"failure" \\(${link}\\)`))
    expect(run.summary).toContain(link)
    expect(issuesOf(world)[0]?.body).toContain(link)
    expect(world.webhook.messages).toEqual([expect.stringContaining('Verification failed')])
  })

  test('the new PAT is delivered, so that expose-token hands it on, whatever the build says', async () => {
    seedLive(world)
    const build = addBuild(world, { ...brief, conclude: () => 'failure' })
    const run = await runBundle(world, { ...build, 'expose-token': 'true' })
    expect(run).toMatchObject({ exitCode: 0, outputs: { outcome: 'renewed', token: world.held()?.token } })
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'a run that is stopped (%s) while it waits ends at once, renewed, and tells nobody',
    async (name) => {
      const old = seedLive(world)
      const build = addBuild(world, { queuedSeconds: Infinity })
      const began = Date.now()
      const run = await runBundle(
        world,
        { ...telling(world), ...build, 'revoke-superseded-after-hours': '0' },
        { signal: { name, method: 'GET', at: '/actions/runs/' } },
      )
      expect(Date.now() - began).toBeLessThan(20_000)
      expect(run).toMatchObject({ exitCode: 0, signal: null, outputs: { outcome: 'renewed' } })
      expect(run.shown).toMatch(/Warning: The new PAT is delivered, but .* did not verify it.*see how it ends: https:/)
      expect(run.summary).toContain('did not verify it')
      expect(old.revoked).toBe(false)
      expect([issuesOf(world), world.webhook.messages]).toEqual([[], []])
    },
  )
})
