import { describe, expect, test } from '@jest/globals'
import { inTrouble, issuesOf } from './afterwards.ts'

const LABEL = 'ado-artifacts-token-renewal'

describe('the issue is found among others', () => {
  test('past a page of issues, and no pull request is taken for it', async () => {
    const { scene, tell } = await inTrouble()
    await scene.run(tell)
    const body = issuesOf(scene)[0]?.body ?? ''
    issuesOf(scene).length = 0
    const by = 'github-actions[bot]'
    scene.github.addIssue('hmcts/.github', { title: 'A change', body, by, labels: [LABEL], isPullRequest: true })
    for (let number = 0; number < 120; number += 1)
      scene.github.addIssue('hmcts/.github', { title: 'Other', by, labels: [LABEL] })
    const own = scene.github.addIssue('hmcts/.github', { title: 'Ours', body, by, labels: [LABEL] })
    scene.github.addIssue('hmcts/.github', { title: 'Closed before', body, by, labels: [LABEL] }).state = 'closed'
    await scene.run(tell)
    expect(issuesOf(scene)).toHaveLength(123)
    expect(own.title).toContain('the renewal is in trouble')
  })

  test.each([
    ['an outsider who copied the marker', { above: '', by: 'mallory', labels: [LABEL] }],
    ['a contributor who did', { above: '', by: 'mallory', labels: [LABEL], association: 'CONTRIBUTOR' as const }],
    ['a bot that quotes it, without the label', { above: '', by: 'support[bot]', labels: [] }],
    ['a bot that quotes it below something else', { by: 'support[bot]', labels: [LABEL], above: 'Somebody wrote:\n' }],
  ])('%s cannot hijack it', async (_, { above, ...foreign }) => {
    const { scene, tell, mend } = await inTrouble()
    await scene.run(tell)
    const body = `${above}${issuesOf(scene)[0]?.body ?? ''}`
    issuesOf(scene).length = 0
    const copy = scene.github.addIssue('hmcts/.github', { title: 'Copy', body, ...foreign })
    await scene.run(tell)
    expect(issuesOf(scene)).toHaveLength(2)
    mend()
    await scene.run(tell)
    expect(copy).toMatchObject({ title: 'Copy', body, state: 'open', comments: [] })
    expect(issuesOf(scene)[1]?.state).toBe('closed')
  })

  test('of two that were opened at the same time the oldest stays', async () => {
    const { scene, tell } = await inTrouble()
    await scene.run(tell)
    const body = issuesOf(scene)[0]?.body ?? ''
    const twin = scene.github.addIssue('hmcts/.github', {
      title: 'Twin',
      body,
      by: 'github-actions[bot]',
      labels: [LABEL],
    })
    await scene.run(tell)
    expect(issuesOf(scene)[0]?.state).toBe('open')
    expect(twin).toMatchObject({ state: 'closed', stateReason: 'not_planned' })
    expect(twin.comments.map(({ body }) => body)).toEqual(['The same as #1, opened by a run at the same time.'])
  })

  test('a person whose own token opened it finds it again as well', async () => {
    const { scene, tell } = await inTrouble()
    const token = scene.github.token({ kind: 'classic', scopes: ['repo'], account: 'somebody' })
    await scene.run({ ...tell, 'workflow-token': token })
    await scene.run({ ...tell, 'workflow-token': token })
    expect(issuesOf(scene)).toMatchObject([{ by: 'somebody' }])
  })
})
