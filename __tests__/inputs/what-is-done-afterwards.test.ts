import { describe, expect, test } from '@jest/globals'
import { ENVIRONMENT, inputsOf, reading, refusalOf, usable } from './reading.ts'

const TOKEN = { 'workflow-token': 'ghs_workflow-token' } as const

describe('verify-workflow', () => {
  test.each([
    ['hmcts/app/build.yml@main', 'build.yml', 'main'],
    ['hmcts/app/.github/workflows/build.yaml@refs/heads/release/1.x', 'build.yaml', 'release/1.x'],
    ['hmcts/app/build.yml@refs/tags/v1', 'build.yml', 'v1'],
  ])('%s names a file and a branch or tag', (text, file, ref) => {
    const { verifyWorkflow } = inputsOf({ ...TOKEN, 'verify-workflow': text }).afterwards
    expect(verifyWorkflow).toEqual({ repository: 'hmcts/app', file, ref })
  })

  test('the workflow that runs the step would dispatch itself without end, and is refused', () => {
    const given = { ...TOKEN, 'verify-workflow': 'HMCTS/.github/renew.yml@main' }
    const own = 'hmcts/.github/.github/workflows/renew.yml@refs/heads/main'
    expect(refusalOf(given, { ...ENVIRONMENT, GITHUB_WORKFLOW_REF: own })).toContain(
      'verify-workflow: expected a workflow that builds something, got the one that runs this step',
    )
    const other = own.replace('renew', 'check')
    expect(reading({ ...usable, ...given }, { ...ENVIRONMENT, GITHUB_WORKFLOW_REF: other }).failure).toBeUndefined()
  })
})

test('a workflow to dispatch, and an issue to keep, need a token', () => {
  const failure = refusalOf({ 'verify-workflow': 'hmcts/app/build.yml@main', 'notify-issue': 'true' })
  expect(failure).toContain(
    'workflow-token: is required and was blank; expected a GitHub token for verify-workflow and notify-issue',
  )
  expect(
    inputsOf({ 'notify-webhook-url': 'https://hooks.slack.example/services/T/B/key' }).afterwards.workflowToken,
  ).toBeUndefined()
})

test('an issue needs a repository to stand in', () => {
  expect(refusalOf({ ...TOKEN, 'notify-issue': 'true' }, {})).toContain('variable GITHUB_REPOSITORY: is not set')
})

test('the address of the webhook is masked, whether or not it can be used', () => {
  for (const url of [
    'https://hooks.slack.example/services/T/B/key?sig=1',
    'http://hooks.slack.example/services/T/B/key',
  ]) {
    const { masked, failure = '' } = reading({ 'notify-webhook-url': url })
    expect(masked).toContain(url)
    expect(failure).not.toContain('services/T/B')
  }
})
