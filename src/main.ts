import * as core from '@actions/core'
import { systemClock } from './clock.ts'
import { cancelled, messageOf } from './errors.ts'
import { type Inputs, readInputs } from './inputs.ts'
import type { Conclusion } from './operations/steps/conclude.ts'
import { writeOutputs } from './report/outputs.ts'
import type { RunResult } from './report/result.ts'
import { safeLine } from './report/line.ts'
import { createRunnerLog, type RunnerLog } from './report/runner-log.ts'
import { Secrets } from './secrets.ts'

/** Inputs, operation, report. The only place that sets a failure. */
export async function main(): Promise<void> {
  const secrets = new Secrets((value) => {
    core.setSecret(value)
  })
  const log = createRunnerLog(core, secrets)
  const crash = (error: unknown): void => {
    core.setFailed(safeLine(`The action broke: ${messageOf(error)} Please report it with this log.`, secrets))
    process.exit(1)
  }
  process.on('uncaughtException', crash).on('unhandledRejection', crash)
  await report(await conclusionOf(secrets, log), secrets, log)
  process.off('uncaughtException', crash).off('unhandledRejection', crash)
}

async function conclusionOf(secrets: Secrets, log: RunnerLog): Promise<Conclusion> {
  let operation = 'renew'
  try {
    const inputs = readInputs({ read: (name) => core.getInput(name), env: process.env, secrets })
    operation = inputs.operation
    return await operate(inputs, secrets, log)
  } catch (error) {
    const failure = messageOf(error)
    return { ...nothingDone, operation, reason: failure, failure }
  }
}

async function operate(inputs: Inputs, secrets: Secrets, log: RunnerLog): Promise<Conclusion> {
  const [{ assemble }, { proxiedFetch }, { renew }] = await Promise.all([
    import('./assemble.ts'),
    import('./proxy.ts'),
    import('./operations/renew.ts'),
  ])
  const cancel = stopSignal(log)
  const fetch = proxiedFetch(process.env)
  return renew(assemble(inputs, { fetch, clock: systemClock, random: Math.random, log, secrets, cancel }))
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
async function report(conclusion: Conclusion, secrets: Secrets, log: RunnerLog): Promise<void> {
  const result = (): RunResult => ({ ...conclusion, warnings: log.warnings(), finishedAt: systemClock.now() })
  await orWarn(log, 'The outputs could not be set', () => {
    writeOutputs(core, result(), secrets)
  })
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

async function orWarn(log: RunnerLog, what: string, work: () => void | Promise<void>): Promise<void> {
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
