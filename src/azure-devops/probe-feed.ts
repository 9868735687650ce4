import { Failure } from '../errors.ts'
import { azureDevOpsHosts } from '../hosts.ts'
import { objectIn } from '../json.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { send, type Wire } from '../wire.ts'
import { checked, contentOf, type Question } from './answers.ts'
import { SPEAK_JSON, TIMEOUT } from './connection.ts'
import { CONDITIONAL_ACCESS, type OwnHints } from './refusals.ts'
import { serviceWords } from './service-words.ts'

/** A feed of a project, or of the organization; without a feed, the list of all feeds there. */
export interface FeedAddress {
  readonly organization: string
  readonly project: string | undefined
  readonly feed: string | undefined
}

/** What is shown to the feed: a PAT, or the access token of a service principal in its place. */
export type FeedCredential = 'PAT' | 'access token'

export type FeedVerdict =
  | { readonly verdict: 'accepted' }
  | { readonly verdict: 'refused'; readonly why: string }
  | { readonly verdict: 'says-nothing'; readonly failure: Failure }

/**
 * Shows a PAT, or what stands in its place, to the feed. Only 200 accepts it and only 401 refuses it; sign-in pages, 403, 404, Conditional Access
 * with any status, and every failure that outlasts the retries say nothing about the PAT. Being used also keeps a new PAT from being switched off as inactive.
 * @throws Failure `cancelled`
 * @see https://learn.microsoft.com/rest/api/azure/devops/artifacts/feed-management/get-feed
 */
export async function probeFeed(
  wire: Wire,
  feed: FeedAddress,
  value: string,
  secrets: Secrets,
  credential: FeedCredential = 'PAT',
): Promise<FeedVerdict> {
  const doing = `prove the ${credential} against ${inWords(feed)}`
  try {
    return await withRetries(wire, () => oneProbe(wire, { doing, feed, value }, secrets))
  } catch (error) {
    if (error instanceof Failure && error.kind !== 'cancelled') return { verdict: 'says-nothing', failure: error }
    throw error
  }
}

interface Probe {
  readonly doing: string
  readonly feed: FeedAddress
  readonly value: string
}

async function oneProbe(wire: Wire, { doing, feed, value }: Probe, secrets: Secrets): Promise<FeedVerdict> {
  const answer = await send(wire, {
    doing,
    service: 'Azure Artifacts',
    url: urlOf(feed),
    method: 'GET',
    headers: { ...SPEAK_JSON, authorization: `Basic ${Buffer.from(`:${value}`, 'utf8').toString('base64')}` },
    timeout: TIMEOUT,
  })
  const words = serviceWords(answer, secrets)
  if (answer.status === 401 && !CONDITIONAL_ACCESS.test(words))
    return { verdict: 'refused', why: words === '' ? '401' : `401: ${words}` }
  const question: Question = { doing, change: false, secrets, clock: wire.clock, hints: hintsFor(feed) }
  const content = contentOf(answer, question)
  checked(question, () => objectIn(content, 'the feed'))
  return { verdict: 'accepted' }
}

function urlOf({ organization, project, feed }: FeedAddress): string {
  const parts = [organization, ...(project === undefined ? [] : [project])].map(encodeURIComponent)
  const feeds = feed === undefined ? 'feeds' : `feeds/${encodeURIComponent(feed)}`
  return `https://${azureDevOpsHosts.feeds}/${parts.join('/')}/_apis/packaging/${feeds}?api-version=7.1`
}

function inWords({ organization, project, feed }: FeedAddress): string {
  const owner = project === undefined ? `organization ${organization}` : `project ${organization}/${project}`
  return feed === undefined ? `the feeds of ${owner}` : `feed ${feed} of ${owner}`
}

function hintsFor(feed: FeedAddress): OwnHints {
  return {
    signInPage:
      'Azure Artifacts showed its sign-in page, which says nothing about the PAT. The bot may have to sign in to https://dev.azure.com once with a browser (Conditional Access can ask for that), or ado-organization is wrong.',
    forbidden:
      'Whose PAT it is may not read the feed: give the bot the role Feed Publisher (Contributor) in the settings of the feed, Permissions.',
    notFound: notFoundHint(feed),
  }
}

function notFoundHint({ project, feed }: FeedAddress): string {
  const scope =
    project === undefined
      ? 'A feed of a project needs ado-project; without it only feeds of the organization are found.'
      : 'A feed of the organization is only found with ado-project left blank.'
  const what = feed === undefined ? 'ado-organization and ado-project' : 'ado-project and ado-feed'
  return `Nothing was found there. ${scope} Check the spelling of ${what}, and that the bot can see it.`
}
