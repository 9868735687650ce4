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
 * Every output of action.yml by name. What does not apply is empty, or an empty list; `token` is there only where the
 * result has one. Nothing is redacted yet: only `writeOutputs` may hand these on.
 */
export function outputsOf(result: RunResult): Readonly<Record<string, string>> {
  const { live, token } = result
  return {
    outcome: result.outcome,
    reason: result.reason,
    'authorization-id': live === undefined ? '' : live.authorizationId,
    'expires-at': live === undefined ? '' : iso(live.expiresAt),
    'days-left': live === undefined ? '' : String(wholeDays(live.expiresAt, result.finishedAt)),
    'delivered-to': result.deliveredTo,
    'repositories-written': JSON.stringify(result.repositoriesWritten),
    'repositories-failed': JSON.stringify(result.repositoriesFailed),
    'stale-copies': JSON.stringify(result.staleCopies),
    superseded: JSON.stringify(result.superseded),
    events: JSON.stringify(result.events ?? []),
    ...(token === undefined || token === '' ? {} : { token }),
  }
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
