import { describe, expect, test } from '@jest/globals'
import { Failure } from '../../src/errors.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'
import { addBuild, breakSignIn, inTrouble, issuesOf, telling, workflowToken } from './afterwards.ts'

const LABEL = 'ado-artifacts-token-renewal'
const RUN = 'https://github.com/hmcts/.github/actions/runs/7014'
const marked = (body: string | null) => /^<!-- ado-artifacts-token-renewal [0-9a-f]{32} -->\n/.test(body ?? '')

test('a failing run opens an issue that says what went wrong, and tells the webhook', async () => {
  const { scene, tell } = await inTrouble()
  const { conclusion, warnings, log } = await scene.run(tell)
  expect(conclusion.outcome).toBe('failed')
  expect(warnings).toEqual([])
  expect(log.slice(log.indexOf('# Tell') + 1).toSorted()).toEqual([
    `Opened issue ${issuesOf(scene)[0]?.number} of hmcts/.github.`,
    'Told the webhook.',
  ])
  const [issue, ...others] = issuesOf(scene)
  expect(others).toEqual([])
  expect(issue).toMatchObject({
    title: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts]: the renewal is in trouble',
    state: 'open',
    labels: [LABEL],
    by: 'github-actions[bot]',
  })
  expect(marked(issue?.body ?? '')).toBe(true)
  expect(issue?.body).toContain('**The PAT was not renewed**')
  expect(issue?.body).toContain('Status: 401')
  expect(issue?.body).toContain(`Run: ${RUN}`)
  expect(scene.webhook.messages).toEqual([
    expect.stringMatching(
      /^AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\]: The PAT was not renewed\.\nCould not .*\nThis run: https:/,
    ),
  ])
})

test('further failing runs write to the same issue, and tell the webhook each time', async () => {
  const { scene, tell } = await inTrouble()
  await scene.run(tell)
  const before = issuesOf(scene)[0]?.body
  scene.daysPass(1)
  const { log } = await scene.run(tell)
  const [issue, ...others] = issuesOf(scene)
  expect(log).toContain(`Wrote the present state to issue ${issue?.number} of hmcts/.github.`)
  expect(others).toEqual([])
  expect(issue?.comments).toEqual([])
  expect(issue?.body).not.toBe(before)
  expect(marked(issue?.body ?? '')).toBe(true)
  expect(scene.webhook.messages).toHaveLength(2)
})

test('the first run that is well closes the issue with a comment, and tells the webhook once', async () => {
  const { scene, tell, mend } = await inTrouble()
  await scene.run(tell)
  mend()
  const { conclusion, warnings, log } = await scene.run(tell)
  expect(conclusion.outcome).toBe('renewed')
  expect(warnings).toEqual([])
  const [issue] = issuesOf(scene)
  expect(log).toContain(`Closed issue ${issue?.number} of hmcts/.github.`)
  expect(issue).toMatchObject({ state: 'closed', stateReason: 'completed' })
  expect(issue?.comments.map(({ body }) => body)).toEqual([
    expect.stringContaining('**Well again:** The PAT is renewed.'),
  ])
  expect(scene.webhook.messages[1]).toMatch(/^AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\]: well again\. The PAT is renewed\./)
  await scene.run(tell)
  expect(issue?.comments).toHaveLength(1)
  expect(scene.webhook.messages).toHaveLength(2)
})

test('new trouble after a recovery opens a new issue', async () => {
  const { scene, tell, mend } = await inTrouble()
  await scene.run(tell)
  mend()
  await scene.run(tell)
  breakSignIn(scene)
  await scene.run(tell)
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['closed', 'open'])
})

test('the webhook alone is told of failing runs, and has no memory for a recovery', async () => {
  const { scene, tell, mend } = await inTrouble()
  const alone = { ...tell, 'notify-issue': 'false' }
  await scene.run(alone)
  mend()
  const { requests } = await scene.run(alone)
  expect(requests.filter((line) => line.includes('/issues'))).toEqual([])
  expect(scene.webhook.messages).toHaveLength(1)
  expect(issuesOf(scene)).toEqual([])
})

describe('a fallback', () => {
  test('is trouble: told when it happens, kept in the issue while it stands, closed when the organization is reached', async () => {
    const scene = await createScene()
    seedLive(scene)
    const tell = telling(scene)
    const mend = scene.github.refuse({ home: 'hmcts', status: 403 })
    expect((await scene.run(tell)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
    const [issue] = issuesOf(scene)
    expect(issue?.body).toContain('**The PAT is renewed in repositories only**')
    expect(scene.webhook.messages).toHaveLength(1)
    scene.daysPass(1)
    expect((await scene.run(tell)).conclusion.outcome).toBe('not-due')
    expect(issue?.body).toContain('**The PAT is not due, but a fallback stands**')
    expect((await scene.run({ ...tell, operation: 'check' })).conclusion.outcome).toBe('healthy')
    expect([issue?.state, scene.webhook.messages.length]).toEqual(['open', 1])
    mend()
    scene.daysPass(1)
    await scene.run({ ...tell, force: 'true' })
    expect([issue?.state, scene.webhook.messages.length]).toEqual(['closed', 2])
    expect(issuesOf(scene)).toHaveLength(1)
  })
})

test('a check that finds the PAT expired or missing opens it; one that finds it due neither opens nor closes', async () => {
  const scene = await createScene()
  const tell = telling(scene)
  expect((await scene.run({ ...tell, operation: 'check' })).conclusion.outcome).toBe('missing')
  expect(issuesOf(scene)[0]?.body).toContain('There is no live PAT')
  seedLive(scene)
  expect((await scene.run({ ...tell, operation: 'check' })).conclusion.outcome).toBe('due')
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['open'])
  await scene.run(tell)
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['closed'])
  scene.daysPass(40)
  expect((await scene.run({ ...tell, operation: 'check' })).conclusion.outcome).toBe('expired')
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['closed', 'open'])
})

test('a build that fails with the new PAT is trouble, though the run has renewed', async () => {
  const scene = await createScene()
  seedLive(scene)
  const tell = { ...telling(scene), ...addBuild(scene, { conclude: () => 'failure' }) }
  expect((await scene.run(tell)).conclusion).toMatchObject({ outcome: 'renewed', failure: undefined })
  expect(issuesOf(scene)[0]?.body).toContain('Verification failed')
  expect(scene.webhook.messages).toEqual([expect.stringContaining('Verification failed')])
  await scene.run(tell)
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['open'])
  await scene.run({ ...tell, 'verify-workflow': '', force: 'true' })
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['closed'])
})

test('an operation that is not about the renewal has an issue of its own', async () => {
  const { scene, tell, mend } = await inTrouble()
  await scene.run({ ...tell, operation: 'revoke', 'revoke-pats': 'all' })
  await scene.run(tell)
  expect(issuesOf(scene).map(({ title }) => title)).toEqual([
    'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts]: "revoke" fails',
    'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts]: the renewal is in trouble',
  ])
  mend()
  await scene.run(tell)
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['open', 'closed'])
  await scene.run({ ...tell, operation: 'revoke' })
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['closed', 'closed'])
})

test('a second slot in the same repository has an issue of its own', async () => {
  const { scene, tell } = await inTrouble()
  await scene.run(tell)
  await scene.run({ ...tell, 'pat-name': 'PIPELINES' })
  await scene.run({ ...tell, 'pat-name': 'pipelines' })
  expect(issuesOf(scene).map(({ title }) => title)).toEqual([
    expect.stringContaining('AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts]'),
    expect.stringMatching(/^pipelines \[hmcts\]/),
  ])
})

test('a dry run tells nobody, and says whom a run would tell', async () => {
  const { scene, tell, mend } = await inTrouble()
  await scene.run({ ...tell, 'dry-run': 'true' })
  expect([issuesOf(scene).length, scene.webhook.messages.length]).toEqual([0, 0])
  mend()
  const { plan } = (await scene.run({ ...tell, 'dry-run': 'true' })).conclusion
  expect(plan.slice(-2)).toEqual([
    'Close the issue of hmcts/.github that an earlier run may have opened (notify-issue), unless this run meets trouble.',
    'Tell the webhook, if this run meets trouble or closes the issue (notify-webhook-url).',
  ])
  scene.github.refuse({ home: 'hmcts', status: 403 })
  const refused = (await scene.run({ ...tell, 'dry-run': 'true' })).conclusion.plan
  expect(refused.slice(-2)).toEqual([
    'Tell of the trouble in an issue of hmcts/.github (notify-issue).',
    'Tell the webhook (notify-webhook-url).',
  ])
  expect([issuesOf(scene).length, scene.webhook.messages.length]).toEqual([0, 0])
})

test('a cancelled run begins nothing new', async () => {
  const { scene, tell, mend } = await inTrouble()
  mend()
  const cancel = new AbortController()
  const act = () => {
    cancel.abort(new Failure({ kind: 'cancelled', doing: 'go on', hint: 'Run it again.' }))
  }
  scene.fault({ kind: 'act', at: 'vssps.dev.azure.com', act })
  const { conclusion, log } = await scene.run(tell, { cancel })
  expect(conclusion.outcome).toBe('failed')
  expect(log).toContain('The run was cancelled, so nobody is told.')
  expect([issuesOf(scene).length, scene.webhook.messages.length]).toEqual([0, 0])
})

test('a run with nothing to tell asks once whether an issue is open, and without notices nothing at all', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 1, daysLeft: 29 })
  const { requests } = await scene.run(telling(scene))
  expect(requests.filter((line) => /issues|hooks/.test(line))).toEqual([
    'GET api.github.com/repos/hmcts/.github/issues',
  ])
  const silent = await scene.run({ 'workflow-token': workflowToken(scene) })
  expect(silent.requests.filter((line) => /issues|hooks/.test(line))).toEqual([])
  expect(silent.log).not.toContain('# Tell')
})

test('the issue alone is closed as well where there is no webhook', async () => {
  const { scene, tell, mend } = await inTrouble()
  const issueAlone = { ...tell, 'notify-webhook-url': '' }
  await scene.run(issueAlone)
  mend()
  const { warnings, log } = await scene.run(issueAlone)
  expect(warnings).toEqual([])
  expect(log).not.toContain('Told the webhook.')
  expect(issuesOf(scene).map(({ state }) => state)).toEqual(['closed'])
  expect(scene.webhook.messages).toEqual([])
})

test('an issue whose answer is lost and that is not there either is a warning; the next run opens it, and one only', async () => {
  const { scene, tell, mend } = await inTrouble()
  scene.fault({ kind: 'reset-before', method: 'POST', at: '/repos/hmcts/.github/issues', times: Infinity })
  const { warnings } = await scene.run(tell)
  expect(warnings).toEqual([expect.stringMatching(/^A notice did not get out \(issue\)\. /)])
  expect(issuesOf(scene)).toEqual([])
  mend()
  scene.fault({ kind: 'status', at: 'vssps.dev.azure.com', status: 401, times: Infinity })
  await scene.run(tell)
  expect(issuesOf(scene)).toHaveLength(1)
})
