import type { WireAnswer } from '../wire.ts'
import { invalidRequest, isRecord, notFound, page, Refusal, requireAll, stamp, text, type Json } from './answers.ts'
import { repositoryRoutes, type Call, type Needs, type Route } from './routes.ts'
import { visibleValue } from './secret-reading.ts'
import { fullName, type Repository } from './world.ts'

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'timed_out' | 'skipped'

export interface Workflow {
  readonly id: number
  /** `build.yml`, in `.github/workflows`. */
  readonly file: string
  readonly refs: readonly string[]
  readonly hasDispatch: boolean
  readonly disabled: boolean
  /** Inputs of the dispatch without a default. */
  readonly requiredInputs: readonly string[]
  /** How long a run waits in the queue and then takes; when it shows in the list after it was dispatched. */
  readonly queuedSeconds: number
  readonly seconds: number
  readonly listedAfterSeconds: number
  /** Decides how a run ends, from the Actions secrets as they were when it was queued. */
  readonly conclude: (secret: (name: string) => string | undefined) => Conclusion
}

export interface Run {
  readonly id: number
  readonly workflow: Workflow
  readonly ref: string
  readonly inputs: Json
  readonly by: string
  readonly createdAt: number
  readonly conclusion: Conclusion
}

const reads: Needs = { permissions: ['actions'], level: 'read', scope: 'repo' }
const writes: Needs = { permissions: ['actions'], level: 'write', scope: 'repo' }

export function addWorkflow(id: number, repository: Repository, options: Partial<Omit<Workflow, 'id'>>): Workflow {
  const times = { queuedSeconds: 2, seconds: 30, listedAfterSeconds: 3 }
  const conclude = (): Conclusion => 'success'
  const more = { disabled: false, requiredInputs: [] }
  const workflow = { id, file: 'build.yml', refs: ['main'], hasDispatch: true, ...more, ...times, conclude, ...options }
  repository.workflows.push(workflow)
  return workflow
}

function theWorkflow(call: Call, repository: Repository): Workflow {
  const asked = call.params.workflow
  const workflow = repository.workflows.find(({ id, file }) => file === asked || String(id) === asked)
  if (workflow === undefined) throw notFound()
  return workflow
}

function runStatus(now: number, { createdAt, workflow }: Run): 'queued' | 'in_progress' | 'completed' {
  const seconds = (now - createdAt) / 1000
  if (seconds < workflow.queuedSeconds) return 'queued'
  return seconds < workflow.queuedSeconds + workflow.seconds ? 'in_progress' : 'completed'
}

function runJson(call: Call, repository: Repository, run: Run): Json {
  const status = runStatus(call.world.now(), run)
  const name = fullName(repository)
  return {
    id: run.id,
    name: run.workflow.file,
    node_id: `WFR_${run.id}`,
    path: `.github/workflows/${run.workflow.file}@${run.ref}`,
    workflow_id: run.workflow.id,
    run_number: repository.runs.indexOf(run) + 1,
    run_attempt: 1,
    event: 'workflow_dispatch',
    head_branch: run.ref,
    head_sha: '0'.repeat(40),
    status,
    conclusion: status === 'completed' ? run.conclusion : null,
    created_at: stamp(run.createdAt),
    updated_at: stamp(call.world.now()),
    run_started_at: stamp(run.createdAt),
    url: `${call.base}/repos/${name}/actions/runs/${run.id}`,
    html_url: `https://github.com/${name}/actions/runs/${run.id}`,
    actor: { login: run.by, id: 1, type: run.by.endsWith('[bot]') ? 'Bot' : 'User' },
  }
}

function dispatch(call: Call, repository: Repository): WireAnswer {
  const { world, body, token, base } = call
  const workflow = theWorkflow(call, repository)
  if (workflow.disabled) throw new Refusal(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow")
  requireAll(body, ['ref'])
  const known = world.modes.runDetails === undefined
  if (world.modes.runDetails === 'refused' && body.return_run_details !== undefined) {
    throw invalidRequest('"return_run_details" is not a permitted key.')
  }
  const ref = (text(body, 'ref') ?? '').replace(/^refs\/(?:heads|tags)\//, '')
  if (!workflow.refs.includes(ref)) throw new Refusal(422, `No ref found for: ${ref}`)
  if (!workflow.hasDispatch) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
  const missing = workflow.requiredInputs.filter((name) => !(isRecord(body.inputs) && name in body.inputs))
  if (missing.length > 0) throw new Refusal(422, `Required input '${missing.join("', '")}' not provided`)
  const conclusion = workflow.conclude((name) => visibleValue(world, repository, 'actions', name))
  const inputs = (body.inputs ?? {}) as Json
  const run: Run = { id: world.nextId(), workflow, ref, inputs, by: token.account, createdAt: world.now(), conclusion }
  repository.runs.push(run)
  if (body.return_run_details !== true || !known) return { status: 204 }
  const path = `${fullName(repository)}/actions/runs/${run.id}`
  const details = { workflow_run_id: run.id, run_url: `${base}/repos/${path}`, html_url: `https://github.com/${path}` }
  return { status: 200, body: details }
}

/** `created` is a date, or one with `>=`, `>`, `<=` or `<` before it, or two with `..` between them. */
function isCreatedAsAsked(createdAt: number, asked: string | null): boolean {
  if (asked === null) return true
  const second = Math.floor(createdAt / 1000) * 1000
  const [from, to] = asked.split('..')
  if (to !== undefined) return second >= Date.parse(from ?? '') && second <= Date.parse(to)
  const [, comparison = '', date = ''] = /^([<>]=?)?(.*)$/.exec(asked) ?? []
  const limit = Date.parse(date)
  if (comparison === '>=') return second >= limit
  if (comparison === '>') return second > limit
  if (comparison === '<=') return second <= limit
  return comparison === '<' ? second < limit : stamp(second).startsWith(date)
}

function listRuns(call: Call, repository: Repository): WireAnswer {
  const { world, query, base } = call
  const workflow = theWorkflow(call, repository)
  const now = world.now()
  const [event, branch, actor, status] = ['event', 'branch', 'actor', 'status'].map((name) => query.get(name))
  const found = repository.runs.filter((run) => {
    if (run.workflow !== workflow || now < run.createdAt + workflow.listedAfterSeconds * 1000) return false
    if ((event ?? 'workflow_dispatch') !== 'workflow_dispatch' || (branch ?? run.ref) !== run.ref) return false
    if ((actor ?? run.by) !== run.by || !isCreatedAsAsked(run.createdAt, query.get('created'))) return false
    const present = runStatus(now, run)
    return (status ?? present) === present || (present === 'completed' && status === run.conclusion)
  })
  const listUrl = `${base}/repositories/${repository.id}/actions/workflows/${workflow.id}/runs`
  const { items, headers } = page(found.reverse(), query, listUrl)
  const workflow_runs = items.map((run) => runJson(call, repository, run))
  return { status: 200, headers, body: { total_count: found.length, workflow_runs } }
}

const root = '/repos/{owner}/{repo}/actions'

/** https://docs.github.com/en/rest/actions/workflow-runs */
export const workflowRoutes: readonly Route[] = [
  ...repositoryRoutes(`POST ${root}/workflows/{workflow}/dispatches`, writes, dispatch, true),
  ...repositoryRoutes(`GET ${root}/workflows/{workflow}/runs`, reads, listRuns),
  ...repositoryRoutes(`GET ${root}/runs/{run}`, reads, (call, repository) => {
    const run = repository.runs.find(({ id }) => String(id) === call.params.run)
    if (run === undefined) throw notFound()
    return { status: 200, body: runJson(call, repository, run) }
  }),
]
