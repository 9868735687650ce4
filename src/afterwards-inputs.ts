import type { InputReader } from './input-reader.ts'
import * as rules from './input-rules.ts'
import type { RepositoryName } from './place.ts'

/** One workflow at one branch or tag. */
export interface WorkflowName {
  readonly repository: RepositoryName
  /** `build.yml`, in `.github/workflows`. */
  readonly file: string
  /** A branch or tag, without `refs/heads/` or `refs/tags/`. */
  readonly ref: string
}

/** What is done once the outcome is known. */
export interface Afterwards {
  readonly verifyWorkflow: WorkflowName | undefined
  /** Given wherever a workflow is dispatched or the issue is kept. */
  readonly workflowToken: string | undefined
  readonly notifyIssue: boolean
  readonly webhookUrl: string | undefined
}

/** The inputs under "Afterwards". The webhook's address is a secret: whoever has it can post there. */
export function afterwardsInputs(reader: InputReader): Afterwards {
  const afterwards: Afterwards = {
    verifyWorkflow: reader.optional('verify-workflow', workflowName),
    workflowToken: reader.secret('workflow-token'),
    notifyIssue: reader.fallingBackTo('notify-issue', false, rules.flag),
    webhookUrl: reader.secret('notify-webhook-url', webhookAddress),
  }
  checkTogether(reader, afterwards)
  return afterwards
}

function checkTogether(reader: InputReader, { verifyWorkflow, workflowToken, notifyIssue }: Afterwards): void {
  const asked = [...(verifyWorkflow === undefined ? [] : ['verify-workflow']), ...(notifyIssue ? ['notify-issue'] : [])]
  if (asked.length > 0 && workflowToken === undefined && reader.text('workflow-token') === '') {
    reader.missing('workflow-token', `a GitHub token for ${asked.join(' and ')}, e.g. \${{ github.token }}`)
  }
  const own = reader.environment('GITHUB_WORKFLOW_REF', rules.line(1000))
  const other = verifyWorkflow === undefined || own === undefined || !isSameWorkflow(verifyWorkflow, own)
  if (!other) {
    reader.problem('verify-workflow', 'expected a workflow that builds something, got the one that runs this step')
  }
}

/** `GITHUB_WORKFLOW_REF` is `owner/repo/.github/workflows/file.yml@refs/heads/main`. */
function isSameWorkflow({ repository, file }: WorkflowName, own: string): boolean {
  const path = own.split('@')[0] ?? ''
  return path.toLowerCase() === `${repository}/.github/workflows/${file}`.toLowerCase()
}

/** What git allows in a name of a branch or tag, as far as it could lead elsewhere. */
// eslint-disable-next-line no-control-regex
const REF = /^(?!-)[^\u0000-\u0020\u007f~^:?*[\\]{1,250}$/

const workflowName: rules.Rule<WorkflowName> = (text) => {
  const expected = {
    expected: 'owner/repo/file.yml@ref, e.g. hmcts/app/build.yml@main (the file is one of .github/workflows)',
  }
  const [, name = '', file, given = ''] =
    /^([^/@]+\/[^/@]+)\/(?:\.github\/workflows\/)?([\w.-]+\.ya?ml)@(.+)$/.exec(text) ?? []
  const ref = given.replace(/^refs\/(?:heads|tags)\//, '')
  const repository = rules.repository('')(name)
  if (file === undefined || !('value' in repository) || !REF.test(ref)) return expected
  return { value: { repository: repository.value, file, ref } }
}

/** Other than addresses of servers, one of a webhook may carry its key in the query. */
const webhookAddress: rules.Rule<string> = (text) => {
  const url = /\s/.test(text) ? null : URL.parse(text)
  const usable = url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === ''
  return usable ? { value: url.href } : { expected: 'the https:// address of a Slack-compatible incoming webhook' }
}

/** The workflow in words, as `verify-workflow` names it. */
export function workflowInWords({ repository, file, ref }: WorkflowName): string {
  return `${repository}/${file}@${ref}`
}
