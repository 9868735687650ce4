import { Failure } from '../errors.ts'
import type { Issue, WorkflowGitHub } from '../github/connect-workflow-token.ts'
import {
  chatNotice,
  conditionOf,
  endsTrouble,
  isNews,
  type IssueNotice,
  issueNotice,
  markerOf,
  recoveryComment,
} from '../report/notice.ts'
import type { RunResult } from '../report/result.ts'
import type { Secrets } from '../secrets.ts'
import type { Run } from './run.ts'
import { slotOf } from './steps/places.ts'

/** By it the issue is found among the others. Outsiders can set no label. */
const LABEL = 'ado-artifacts-token-renewal'

/**
 * Tells people of trouble, and of its end: in the issue of `notify-issue`, and through the webhook. What cannot be told is
 * a warning. A dry run and a cancelled one tell nobody.
 */
export async function notify(run: Run, result: RunResult, secrets: Secrets): Promise<void> {
  const { dryRun, afterwards } = run.inputs
  const condition = conditionOf(result)
  const nobody = !afterwards.notifyIssue && afterwards.webhookUrl === undefined
  if (nobody || dryRun || condition === 'open') return
  if (run.cancel.aborted) {
    run.log.info('The run was cancelled, so nobody is told.')
    return
  }
  const notice = { run, result, secrets }
  await run.log.group('Tell', () => (condition === 'trouble' ? tellTrouble(notice) : tellRecovery(notice)))
}

interface Notice {
  readonly run: Run
  readonly result: RunResult
  readonly secrets: Secrets
}

async function tellTrouble(notice: Notice): Promise<void> {
  const { run, result, secrets } = notice
  const text = issueNotice(result, slotOf(run.inputs), secrets)
  // Whatever breaks the one, the other gets out.
  const [issue, webhook] = await Promise.allSettled([
    run.inputs.afterwards.notifyIssue ? orWarn(run, 'issue', () => keepIssue(notice, text)) : undefined,
    isNews(result) ? tellWebhook(notice) : undefined,
  ])
  for (const told of [issue, webhook]) if (told.status === 'rejected') throw told.reason
}

/** The open issue is the memory: only whoever closes it tells the webhook, so that it is told once. */
async function tellRecovery(notice: Notice): Promise<void> {
  const { run } = notice
  if (!run.inputs.afterwards.notifyIssue) return
  let closed = 0
  await orWarn(run, 'issue', async () => {
    const github = await run.services.workflowGitHub()
    for (const issue of await ownIssues(notice, github)) {
      if (!endsTrouble(notice.result, issue.body)) continue
      await close(notice, github, issue)
      closed += 1
    }
  })
  if (closed > 0) await tellWebhook(notice)
}

async function tellWebhook({ run, result, secrets }: Notice): Promise<void> {
  if (run.inputs.afterwards.webhookUrl === undefined) return
  await orWarn(run, 'webhook', async () => {
    await run.services.tellWebhook(chatNotice(result, slotOf(run.inputs), secrets))
    run.log.info('Told the webhook.')
  })
}

/** Runs side by side may each have opened one: the oldest stays. */
async function keepIssue(notice: Notice, text: IssueNotice): Promise<void> {
  const { run } = notice
  const { thisRepository } = run.inputs
  const github = await run.services.workflowGitHub()
  const [oldest, ...others] = await ownIssues(notice, github)
  if (oldest === undefined) return open(notice, github, text)
  await github.updateIssue(thisRepository, oldest.number, text)
  run.log.info(`Wrote the present state to issue ${oldest.number} of ${thisRepository}.`)
  for (const { number } of others) {
    await github.closeIssue(thisRepository, number, 'not_planned')
    await github.commentOnIssue(
      thisRepository,
      number,
      `The same as #${oldest.number}, opened by a run at the same time.`,
    )
  }
}

async function open(notice: Notice, github: WorkflowGitHub, text: IssueNotice): Promise<void> {
  const { run } = notice
  const { thisRepository } = run.inputs
  try {
    const { number, labelled } = await github.openIssue(thisRepository, text, LABEL)
    run.log.info(`Opened issue ${number} of ${thisRepository}.`)
    if (!labelled)
      run.log.warning(
        `GitHub opened issue ${number} of ${thisRepository} without the label "${LABEL}", by which later runs find it. Add the label to it, and let the workflow-token set labels ("issues: write").`,
      )
  } catch (error) {
    if (!(error instanceof Failure && error.fateUnknown)) throw error
    // Never opened twice: if it is not there either, the next run opens it.
    if ((await ownIssues(notice, github)).length === 0) throw error
    run.log.info(`GitHub opened an issue in ${thisRepository}, though its answer was lost.`)
  }
}

/** Closed first: a run that is stopped in between says too little rather than the same again. */
async function close({ run, result, secrets }: Notice, github: WorkflowGitHub, { number }: Issue): Promise<void> {
  const { thisRepository } = run.inputs
  await github.closeIssue(thisRepository, number, 'completed')
  run.log.info(`Closed issue ${number} of ${thisRepository}.`)
  await orWarn(run, 'comment', () => github.commentOnIssue(thisRepository, number, recoveryComment(result, secrets)))
}

/** Somebody else's issue may hold a copy of the marker: only insiders' issues with the label count. */
async function ownIssues({ run, result }: Notice, github: WorkflowGitHub): Promise<readonly Issue[]> {
  const marker = markerOf(slotOf(run.inputs), result.operation)
  const issues = await github.issues(run.inputs.thisRepository, LABEL)
  return issues.filter(({ body, byInsider }) => byInsider && body.startsWith(marker))
}

async function orWarn(run: Run, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    run.log.warning(`A notice did not get out (${what}). ${error.message}`)
  }
}
