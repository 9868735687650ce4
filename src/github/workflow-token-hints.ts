import { homeInWords } from '../place.ts'
import type { Hint } from './hints.ts'
import type { Refused } from './rate-limit.ts'
import type { Refusal } from './refusals.ts'

export type Hints = Readonly<Partial<Record<Refusal, Hint>>>

/** For what is asked of workflows. */
export const dispatchHints: Hints = {
  ...hintsFor('actions', 'verify-workflow'),
  invalid: whyNotDispatched,
}

/** For the issue of `notify-issue`. */
export const issueHints: Hints = {
  ...hintsFor('issues', 'notify-issue'),
  invalid: ({ status }) =>
    status === 410
      ? 'Issues are switched off in this repository: switch them on (Settings > General > Features), or leave notify-issue out.'
      : 'GitHub does not take the issue as it is, for the reason it gives. Use the newest release of this action.',
}

/** What the workflow token lacks, and where to get it; the job's own token gets it by the workflow's `permissions`. */
function hintsFor(permission: 'actions' | 'issues', input: string): Hints {
  const grant = `A job's own token has "${permission}: write" where the workflow says so under \`permissions\`, and reaches its own repository only; for another one set workflow-token to the installation token of a GitHub App that has "${permission}: write" there.`
  return {
    'bad-credential': () =>
      'GitHub does not take the workflow-token: it has expired, was revoked, or is cut off. It was not tried again, since GitHub locks out whoever repeats a bad credential.',
    'no-permission': (_, { home }) =>
      `The workflow-token lacks the permission "${permission}: write" for ${homeInWords(home)}. ${grant}`,
    'not-found': (_, { home }) =>
      `Either there is no such thing in ${homeInWords(home)}, or the workflow-token may not see it. Check ${input}. ${grant}`,
    sso: () =>
      'The organization enforces SAML single sign-on, and the workflow-token is not authorized for it: its owner chooses "Configure SSO" in the settings of the token. The job\'s own token and the installation token of a GitHub App need none of this.',
    archived: (_, { home }) => `The ${homeInWords(home)} is archived and takes no changes. Check ${input}.`,
    disabled: (_, { home }) =>
      `GitHub has disabled the ${homeInWords(home)} (for what it holds, or for an unpaid bill). Check ${input}.`,
    moved: (_, { home }) =>
      `GitHub answered with a redirect, which is never followed with a credential. The ${homeInWords(home)} has probably been renamed or transferred: give its present name in ${input}.`,
  }
}

/** https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event */
function whyNotDispatched({ words }: Refused): string {
  if (/\bno ref found\b/i.test(words))
    return 'Check what stands after the @ in verify-workflow: it must be a branch or tag of that repository.'
  if (/\bdisabled\b/i.test(words)) return 'Enable the workflow (Actions > the workflow > Enable workflow).'
  if (/workflow_dispatch/i.test(words))
    return 'The workflow must have the trigger `workflow_dispatch:` under `on:`, both on the default branch and on the branch or tag in verify-workflow.'
  if (/\binputs?\b/i.test(words))
    return 'The workflow is dispatched without inputs: give those of its `workflow_dispatch` trigger that are required a default.'
  return 'GitHub does not take the dispatch, for the reason it gives. Check verify-workflow.'
}
