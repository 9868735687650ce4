import { iso, wholeDays } from '../clock.ts'
import type { Secrets } from '../secrets.ts'
import { safeLine } from './line.ts'
import type { RunResult } from './result.ts'

/** The functions of `@actions/core` that set outputs. */
export interface OutputCommands {
  setOutput(name: string, value: string): void
  setSecret(value: string): void
}

/**
 * The outputs of a job may be 1 MiB in all, at two bytes a character, and one that is too large fails the job: two whole
 * lists of 2,000 repositories with the longest names fit.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idoutputs
 */
const MOST_CHARACTERS_OF_LISTS = 450_000

/** Lists of repositories as JSON, the shortest first and whole; what finds no room is left out of the longest. */
function listsIn(lists: Readonly<Record<string, readonly string[]>>): {
  json: Readonly<Record<string, string>>
  leftOut: number
} {
  let room = MOST_CHARACTERS_OF_LISTS
  let leftOut = 0
  const json: Record<string, string> = {}
  for (const [name, list] of Object.entries(lists).toSorted(([, one], [, other]) => one.length - other.length)) {
    const fitting = fittingIn(list, room)
    leftOut += list.length - fitting.length
    json[name] = JSON.stringify(fitting)
    room -= json[name].length
  }
  return { json, leftOut }
}

function fittingIn(list: readonly string[], room: number): readonly string[] {
  let left = room
  const tooMuch = list.findIndex((item) => {
    left -= JSON.stringify(item).length + 1
    return left < 0
  })
  return tooMuch < 0 ? list : list.slice(0, tooMuch)
}

/**
 * Every output of action.yml by name. What does not apply is empty, or an empty list; `token` is there only where the
 * result has one. Nothing is redacted yet: only `writeOutputs` may hand these on.
 */
export function outputsOf(result: RunResult): Readonly<Record<string, string>> {
  const { live, token } = result
  const { json } = repositoriesIn(result)
  return {
    outcome: result.outcome,
    reason: result.reason,
    'authorization-id': live === undefined ? '' : live.authorizationId,
    'expires-at': live === undefined ? '' : iso(live.expiresAt),
    'days-left': live === undefined ? '' : String(wholeDays(live.expiresAt, result.finishedAt)),
    'delivered-to': result.deliveredTo,
    ...json,
    superseded: JSON.stringify(result.superseded),
    events: JSON.stringify(result.events ?? []),
    ...(token === undefined || token === '' ? {} : { token }),
  }
}

function repositoriesIn({
  repositoriesWritten,
  repositoriesFailed,
  staleCopies,
}: RunResult): ReturnType<typeof listsIn> {
  return listsIn({
    'repositories-written': repositoriesWritten,
    'repositories-failed': repositoriesFailed,
    'stale-copies': staleCopies,
  })
}

/** How many names of repositories the outputs have no room for. */
export function leftOutOfOutputs(result: RunResult): number {
  return repositoriesIn(result).leftOut
}

/** Sets every output: `token` masked first, everything else redacted, `reason` on one line. */
export function writeOutputs(core: OutputCommands, result: RunResult, secrets: Secrets): void {
  const { token, ...others } = outputsOf(result)
  if (token !== undefined) exposeToken(core, token, secrets)
  for (const [name, value] of Object.entries(others)) {
    core.setOutput(name, name === 'reason' ? safeLine(value, secrets) : secrets.redact(value))
  }
}

/** The only way to the output `token`: no step can see it before the runner masks it. */
function exposeToken(core: OutputCommands, token: string, secrets: Secrets): void {
  secrets.add(token)
  core.setSecret(token)
  core.setOutput('token', token)
}
