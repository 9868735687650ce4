import * as core from '@actions/core'
import { systemClock } from './clock.ts'
import { cancelled, Failure, messageOf } from './errors.ts'
import { BadInputs } from './input-reader.ts'
import { type Inputs, type Operation, readInputs } from './inputs.ts'
import type { Run } from './operations/run.ts'
import type { Conclusion } from './operations/steps/conclude.ts'
import { leftOutOfOutputs, writeOutputs } from './report/outputs.ts'
import type { RunResult } from './report/result.ts'
import { safeLine } from './report/line.ts'
import { createRunnerLog, type RunnerLog } from './report/runner-log.ts'
import { Secrets } from './secrets.ts'

/** Inputs, operation, report. The only place that sets a failure. */
export async function main(): Promise<void> {
  const secrets = new Secrets((value) => {
    core.setSecret(value)
  })
  // The runner gives it to jobs with `id-token: write`; its OIDC endpoint may quote it.
  secrets.add(process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '')
  const log = createRunnerLog(core, secrets)
  let over = false
  // Node would print the whole error, with its stack and its causes.
  const broke = (error: unknown): void => {
    const words = redactedMessage(error, secrets)
    // What was done and reported stands, whatever breaks after it.
    if (over) core.info(safeLine(`Something broke after the end: ${words}`, secrets))
    else core.setFailed(safeLine(`The action broke: ${words} Please report it with this log.`, secrets))
    process.exit()
  }
  process.on('uncaughtException', broke).on('unhandledRejection', broke)
  await report(await carriedOut(secrets, log), secrets, log)
  over = true
}

/** A Failure is this action's own sentence: none of it is taken for mark-up, and it is not cut. */
function redactedMessage(error: unknown, secrets: Secrets): string {
  if (error instanceof Failure) return secrets.redact(error.message)
  return messageOf(error, (text) => secrets.redact(text))
}

/** How it ended; and the run, once the inputs could be read, by which people can be told. */
interface Ended {
  readonly conclusion: Conclusion
  readonly run: Run | undefined
}

async function carriedOut(secrets: Secrets, log: RunnerLog): Promise<Ended> {
  let operation = 'renew'
  let run: Run | undefined
  try {
    const inputs = readInputs({ read: (name) => core.getInput(name), env: process.env, secrets })
    operation = inputs.operation
    const [carryOut, begun] = await Promise.all([operationNamed(inputs.operation), begin(inputs, secrets, log)])
    run = begun
    return { conclusion: await carryOut(run), run }
  } catch (error) {
    const failure = redactedMessage(error, secrets)
    if (error instanceof BadInputs) {
      operation = error.operation
      for (const problem of error.problems) log.info(problem)
    }
    return { conclusion: { ...nothingDone, operation, reason: failure, failure }, run }
  }
}

async function begin(inputs: Inputs, secrets: Secrets, log: RunnerLog): Promise<Run> {
  const [{ assemble }, { proxiedFetch }] = await Promise.all([import('./assemble.ts'), import('./proxy.ts')])
  const cancel = stopSignal(log)
  const fetch = proxiedFetch(process.env)
  return assemble(inputs, { fetch, clock: systemClock, random: Math.random, log, secrets, cancel })
}

/** The function that carries an operation out; only its own code is loaded. */
export async function operationNamed(operation: Operation): Promise<(run: Run) => Promise<Conclusion>> {
  switch (operation) {
    case 'renew':
      return (await import('./operations/renew.ts')).renew
    case 'check':
      return (await import('./operations/check.ts')).check
    case 'extend':
      return (await import('./operations/extend.ts')).extend
    case 'revoke':
      return (await import('./operations/revoke.ts')).revoke
    case 'audit':
      return (await import('./operations/audit.ts')).audit
    case 'sign-in':
      return (await import('./operations/sign-in.ts')).signIn
    case 'federate':
      return (await import('./operations/federate.ts')).federate
  }
}

/** Aborted when the runner cancels the job: it sends SIGINT, then SIGTERM, then kills. */
function stopSignal(log: RunnerLog): AbortSignal {
  const controller = new AbortController()
  const stop = (signal: string): void => {
    if (controller.signal.aborted) return
    log.warning(`The run was asked to stop (${signal}). Nothing new is begun; what is left is put in order.`)
    controller.abort(cancelled('go on', false, signal))
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return controller.signal
}

/** Reporting never fails a run that renewed: what cannot be written is a warning. */
async function report({ conclusion: reached, run }: Ended, secrets: Secrets, log: RunnerLog): Promise<void> {
  const conclusion = handOn(reached, secrets, log)
  const result = (): RunResult => resultOf(conclusion, log)
  // Before the summary, which names what could not be told.
  await orWarn(log, 'The notices could not be sent', () => sendNotices(run, result(), secrets))
  await orWarn(log, 'The summary could not be written', async () => {
    const [{ summaryOf }, { writeSummary }, { thisRun }] = await Promise.all([
      import('./report/summary.ts'),
      import('./report/write-summary.ts'),
      import('./report/this-run.ts'),
    ])
    // A run that stopped at its inputs has nothing that the link would help with, and is to end at once.
    const runUrl = conclusion.pats.length === 0 ? undefined : await thisRun()
    await writeSummary(process.env, summaryOf({ ...result(), runUrl }, secrets))
  })
  log.info(`Outcome: ${conclusion.outcome}.`)
  log.closeAnnotations()
  if (conclusion.failure !== undefined) core.setFailed(safeLine(conclusion.failure, secrets))
}

function resultOf(conclusion: Conclusion, log: RunnerLog): RunResult {
  return { ...conclusion, warnings: log.warnings(), finishedAt: systemClock.now() }
}

/** Sets the outputs. @returns how the run ended: `federate` is for nothing but its output, so without that it failed */
function handOn(conclusion: Conclusion, secrets: Secrets, log: RunnerLog): Conclusion {
  try {
    const result = resultOf(conclusion, log)
    writeOutputs(core, result, secrets)
    const leftOut = leftOutOfOutputs(result)
    if (leftOut > 0) log.warning(`The outputs have no room for ${leftOut} names of repositories, which are left out.`)
  } catch (error) {
    if (conclusion.outcome === 'federated') {
      const failure = `The outputs could not be set, so later steps get no access token: ${messageOf(error)}`
      return { ...conclusion, outcome: 'failed', reason: failure, failure, token: undefined }
    }
    log.warning(`The outputs could not be set: ${messageOf(error)}`)
  }
  return conclusion
}

/** A run that stopped at its inputs tells nobody: it asks nothing of any service. */
async function sendNotices(run: Run | undefined, result: RunResult, secrets: Secrets): Promise<void> {
  if (run === undefined) return
  const { notifyIssue, webhookUrl } = run.inputs.afterwards
  if (!notifyIssue && webhookUrl === undefined) return
  const [{ notify }, { thisRun }] = await Promise.all([
    import('./operations/notify.ts'),
    import('./report/this-run.ts'),
  ])
  await notify(run, { ...result, runUrl: await thisRun() }, secrets)
}

async function orWarn(log: RunnerLog, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    log.warning(`${what}: ${messageOf(error)}`)
  }
}

const nothingDone = {
  outcome: 'failed',
  live: undefined,
  dueAt: undefined,
  deliveredTo: 'nowhere',
  repositoriesWritten: [],
  repositoriesFailed: [],
  staleCopies: [],
  superseded: [],
  pats: [],
  receipts: [],
  plan: [],
  token: undefined,
} as const satisfies Omit<Conclusion, 'operation' | 'reason' | 'failure'>
