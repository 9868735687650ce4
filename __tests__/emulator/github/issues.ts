import type { WireAnswer } from '../wire.ts'
import { invalidRequest, notFound, page, Refusal, requireAll, stamp, text, type Json } from './answers.ts'
import type { IssueContent } from './contract.ts'
import { repositoryRoutes, type Call, type Needs, type Route } from './routes.ts'
import { fullName, type Repository } from './world.ts'

interface Comment {
  readonly id: number
  readonly body: string
  readonly by: string
  readonly at: number
}

export interface Issue {
  readonly id: number
  readonly number: number
  readonly by: string
  readonly createdAt: number
  /** Pull requests are issues too, and are listed among them. */
  readonly isPullRequest: boolean
  /** What the author is to the repository. */
  readonly association: string
  readonly comments: Comment[]
  title: string
  body: string | null
  state: 'open' | 'closed'
  stateReason: string | null
  labels: readonly string[]
  updatedAt: number
  closedAt: number | null
}

const reads: Needs = { permissions: ['issues', 'pull_requests'], level: 'read', scope: 'repo' }
const creates: Needs = { permissions: ['issues'], level: 'write', scope: 'repo' }
const writes: Needs = { permissions: ['issues', 'pull_requests'], level: 'write', scope: 'repo' }

/** No account that a person opens ends so. */
const author = (login: string): Json => ({ login, id: 1, type: login.endsWith('[bot]') ? 'Bot' : 'User' })

export function openIssue(
  call: Pick<Call, 'world'>,
  repository: Repository,
  content: Omit<IssueContent, 'body'> & { readonly body?: string | null },
): Issue {
  const now = call.world.now()
  const issue: Issue = {
    id: call.world.nextId(),
    number: repository.issues.length + 1,
    by: content.by,
    createdAt: now,
    isPullRequest: content.isPullRequest ?? false,
    association: content.association ?? 'NONE',
    comments: [],
    title: content.title,
    body: content.body ?? null,
    state: 'open',
    stateReason: null,
    labels: content.labels ?? [],
    updatedAt: now,
    closedAt: null,
  }
  repository.issues.push(issue)
  return issue
}

function issueJson({ base }: Call, repository: Repository, issue: Issue): Json {
  const path = `${fullName(repository)}/issues/${issue.number}`
  const labels = issue.labels.map((name, id) => ({ id, name, color: 'ededed', default: false, description: null }))
  return {
    id: issue.id,
    node_id: `I_kwDO${issue.id}`,
    number: issue.number,
    url: `${base}/repos/${path}`,
    html_url: `https://github.com/${path}`,
    repository_url: `${base}/repos/${fullName(repository)}`,
    comments_url: `${base}/repos/${path}/comments`,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    labels,
    user: author(issue.by),
    author_association: issue.association,
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    comments: issue.comments.length,
    created_at: stamp(issue.createdAt),
    updated_at: stamp(issue.updatedAt),
    closed_at: issue.closedAt === null ? null : stamp(issue.closedAt),
    ...(issue.isPullRequest
      ? { pull_request: { url: `${base}/repos/${fullName(repository)}/pulls/${issue.number}` } }
      : {}),
  }
}

const commentJson = ({ base }: Call, repository: Repository, issue: Issue, comment: Comment): Json => ({
  id: comment.id,
  url: `${base}/repos/${fullName(repository)}/issues/comments/${comment.id}`,
  html_url: `https://github.com/${fullName(repository)}/issues/${issue.number}#issuecomment-${comment.id}`,
  issue_url: `${base}/repos/${fullName(repository)}/issues/${issue.number}`,
  body: comment.body,
  user: author(comment.by),
  author_association: 'NONE',
  created_at: stamp(comment.at),
  updated_at: stamp(comment.at),
})

function issuesOf(repository: Repository): Issue[] {
  if (!repository.hasIssues) throw new Refusal(410, 'Issues has been disabled in this repository.')
  return repository.issues
}

function theIssue(call: Call, repository: Repository): Issue {
  const issue = issuesOf(repository).find(({ number }) => String(number) === call.params.number)
  if (issue === undefined) throw notFound()
  return issue
}

function labelsIn(body: Json): readonly string[] | undefined {
  const { labels } = body
  if (labels === undefined) return undefined
  if (!Array.isArray(labels)) throw invalidRequest("For 'properties/labels', it is not an array.")
  return labels.map((label: unknown) =>
    typeof label === 'string' ? label : String((label as { name?: unknown }).name),
  )
}

function listIssues(call: Call, repository: Repository): WireAnswer {
  const { query, base } = call
  const state = query.get('state') ?? 'open'
  const labels = (query.get('labels') ?? '').split(',').filter((label) => label !== '')
  const creator = query.get('creator')
  const found = issuesOf(repository).filter((issue) => {
    if (state !== 'all' && issue.state !== state) return false
    if (creator !== null && issue.by !== creator) return false
    return labels.every((label) => issue.labels.some((own) => own.toLowerCase() === label.toLowerCase()))
  })
  const newestFirst = query.get('direction') === 'asc' ? found : found.reverse()
  const { items, headers } = page(newestFirst, query, `${base}/repositories/${repository.id}/issues`)
  return { status: 200, headers, body: items.map((issue) => issueJson(call, repository, issue)) }
}

function create(call: Call, repository: Repository): WireAnswer {
  issuesOf(repository)
  requireAll(call.body, ['title'])
  const body = text(call.body, 'body') ?? null
  const labels = labelsIn(call.body) ?? []
  const { account: by, kind } = call.token
  const association = kind === 'app' || kind === 'github-token' ? 'NONE' : 'MEMBER'
  const title = String(call.body.title)
  if (title.length > 256) throw invalidRequest('title is too long (maximum is 256 characters)')
  if ((body?.length ?? 0) > 65_536) throw invalidRequest('body is too long (maximum is 65536 characters)')
  // Whoever may open issues, but not triage them, gets no label and no word about it.
  const kept = call.world.modes.dropsLabels === true ? [] : labels
  const issue = openIssue(call, repository, { title, body, labels: kept, by, association })
  return { status: 201, body: issueJson(call, repository, issue) }
}

function update(call: Call, repository: Repository): WireAnswer {
  const issue = theIssue(call, repository)
  const { body, world } = call
  const state = text(body, 'state')
  if (state !== undefined && state !== 'open' && state !== 'closed') {
    throw invalidRequest(`For 'properties/state', ${state} is not a member of ["open", "closed"].`)
  }
  issue.title = text(body, 'title') ?? issue.title
  if (body.body !== undefined) issue.body = body.body === null ? null : (text(body, 'body') ?? null)
  issue.labels = labelsIn(body) ?? issue.labels
  issue.updatedAt = world.now()
  if (state !== undefined && state !== issue.state) {
    issue.state = state
    issue.closedAt = state === 'closed' ? world.now() : null
    issue.stateReason = text(body, 'state_reason') ?? (state === 'closed' ? 'completed' : 'reopened')
  }
  return { status: 200, body: issueJson(call, repository, issue) }
}

function comment(call: Call, repository: Repository): WireAnswer {
  const issue = theIssue(call, repository)
  requireAll(call.body, ['body'])
  const at = call.world.now()
  const added = { id: call.world.nextId(), body: text(call.body, 'body') ?? '', by: call.token.account, at }
  issue.comments.push(added)
  issue.updatedAt = at
  return { status: 201, body: commentJson(call, repository, issue, added) }
}

function listComments(call: Call, repository: Repository): WireAnswer {
  const issue = theIssue(call, repository)
  const listUrl = `${call.base}/repositories/${repository.id}/issues/${issue.number}/comments`
  const { items, headers } = page(issue.comments, call.query, listUrl)
  return { status: 200, headers, body: items.map((one) => commentJson(call, repository, issue, one)) }
}

const root = '/repos/{owner}/{repo}/issues'

/** https://docs.github.com/en/rest/issues/issues */
export const issueRoutes: readonly Route[] = [
  ...repositoryRoutes(`GET ${root}`, reads, listIssues),
  ...repositoryRoutes(`POST ${root}`, creates, create, true),
  ...repositoryRoutes(`GET ${root}/{number}`, reads, (call, repository) => ({
    status: 200,
    body: issueJson(call, repository, theIssue(call, repository)),
  })),
  ...repositoryRoutes(`PATCH ${root}/{number}`, writes, update),
  ...repositoryRoutes(`GET ${root}/{number}/comments`, reads, listComments),
  ...repositoryRoutes(`POST ${root}/{number}/comments`, writes, comment, true),
]
