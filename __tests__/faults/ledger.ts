import type { BundleRun } from '../bundle.ts'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import type { Outcome } from '../emulator/emulator.ts'
import type { WireRequest } from '../emulator/wire.ts'
import { type World } from '../world.ts'
import type { FaultOfMatrix } from './fault-kinds.ts'
import { basicPassword } from './request-names.ts'
import { REFRESH_TOKEN_SECRET } from './scenes.ts'

/** One request of one run. */
export interface Exchange {
  readonly name: string
  readonly request: WireRequest
  /** By the world's clock. */
  readonly arrived: number
  /** What the process was to be answered; undefined while it waits. */
  outcome?: Outcome
  left?: number
}

/** One run of the bundle with all that it asked. */
export interface LedgerEntry {
  readonly began: number
  readonly struck: FaultOfMatrix | undefined
  readonly exchanges: readonly Exchange[]
  readonly run: BundleRun
  /** The managed PATs of the slot that there were before. */
  readonly before: readonly Pat[]
}

/** The status of an answer that arrived whole, and as the service meant it. */
export function wholeStatus({ outcome }: Exchange): number | undefined {
  if (outcome?.kind !== 'answer') return undefined
  const { answer, truncate = false } = outcome
  return truncate && answer.body !== undefined ? undefined : answer.status
}

/** When the feed first took the PAT in an answer that could be read. */
export function provedAt(runs: readonly LedgerEntry[], pat: Pat): number | undefined {
  return runs
    .flatMap(({ exchanges }) => exchanges)
    .find(
      (exchange) =>
        exchange.request.url.host === 'feeds.dev.azure.com' &&
        basicPassword(exchange.request.headers) === pat.token &&
        wholeStatus(exchange) === 200 &&
        hasObject(exchange),
    )?.left
}

function hasObject({ outcome }: Exchange): boolean {
  return outcome?.kind === 'answer' && typeof outcome.answer.body === 'object'
}

/** Paths of the secrets for which GitHub said in this run that they are written. */
export function acceptedWrites({ exchanges }: LedgerEntry): ReadonlySet<string> {
  const accepted = exchanges.filter(
    (exchange) => isSecretWrite(exchange) && [201, 204].includes(wholeStatus(exchange) ?? 0),
  )
  return new Set(accepted.map(({ request }) => request.url.pathname))
}

export function isSecretWrite({ request: { method, url } }: Exchange): boolean {
  return method === 'PUT' && url.host === 'api.github.com' && !url.pathname.endsWith(REFRESH_TOKEN_SECRET)
}

/** The slot's managed PATs, oldest first. */
export function managedOf({ ado, entra }: World): readonly Pat[] {
  const name = /^AZURE_DEVOPS_ARTIFACT_TOKEN \[hmcts\] \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z( pending| fallback|)$/
  return ado.pats
    .filter(({ displayName, owner }) => name.test(displayName) && owner === entra.user.oid)
    .sort((one, other) => one.validFrom - other.validFrom)
}

export function stateOf({ displayName }: Pat): 'delivered' | 'pending' | 'fallback' {
  if (displayName.endsWith(' pending')) return 'pending'
  return displayName.endsWith(' fallback') ? 'fallback' : 'delivered'
}
