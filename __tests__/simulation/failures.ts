import { Failure, type FailureKind } from '../../src/errors.ts'
import { GitHubFailure, type Refusal } from '../../src/github/refusals.ts'

/** The failures that the ports throw once their retries are spent, without the wire. */

const HINT = 'Simulated.'

export function azureFailure(kind: FailureKind, doing: string, fateUnknown = false): Failure {
  return new Failure({ kind, doing, hint: HINT, fateUnknown })
}

export function cancelled(doing: string, fateUnknown = false): Failure {
  return new Failure({ kind: 'cancelled', doing, hint: HINT, fateUnknown })
}

export function tooLate(doing: string): Failure {
  return new Failure({ kind: 'incomplete', doing, hint: HINT })
}

const kinds: Partial<Record<Refusal, FailureKind>> = {
  'rate-limited': 'rate-limited',
  'server-error': 'unavailable',
  unreadable: 'unreadable',
  network: 'unreachable',
}

const fallingBack: ReadonlySet<Refusal> = new Set([
  'sso',
  'ip-not-allowed',
  'archived',
  'no-permission',
  'no-organization-secrets',
  'not-found',
  'secret-refused',
  'server-error',
])

/** As src/github/refusals.ts tells them apart. */
export function gitHubFailure(refusal: Refusal, doing: string, change: boolean): GitHubFailure {
  return new GitHubFailure({
    refusal,
    kind: kinds[refusal] ?? 'refused',
    fallsBack: fallingBack.has(refusal),
    doing,
    hint: HINT,
    fateUnknown: change && (refusal === 'server-error' || refusal === 'unreadable' || refusal === 'network'),
  })
}
