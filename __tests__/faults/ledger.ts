import type { BundleRun } from '../bundle.ts'
import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import type { Outcome } from '../emulator/emulator.ts'
import type { WireRequest } from '../emulator/wire.ts'
import { type World } from '../world.ts'
import type { FaultOfMatrix } from './fault-kinds.ts'
import { basicPassword } from './request-names.ts'

/** One request of one run. */
export interface Exchange {
  readonly name: string
  readonly request: WireRequest
  /** By the world's clock. */
  readonly arrived: number
  /** What the process was to be answered; undefined while it waits. */
  outcome?: Outcome
  left?: number
  /** Whether the fault of the case struck it. */
  struck?: boolean
}

/** One run of the bundle with all that it asked. */
export interface LedgerEntry {
  readonly began: number
  readonly struck: FaultOfMatrix | undefined
  readonly exchanges: readonly Exchange[]
  /** The inputs beside the usual ones. */
  readonly given: Readonly<Record<string, string>>
  readonly run: BundleRun
  /** The managed PATs of the slot that there were before. */
  readonly before: readonly Pat[]
}

/** The status of an answer that arrived whole, and as the service meant it. */
export function wholeStatus({ outcome }: Pick<Exchange, 'outcome'>): number | undefined {
  if (outcome?.kind !== 'answer') return undefined
  const { answer, truncate = false } = outcome
  return truncate && answer.body !== undefined ? undefined : answer.status
}

/** Statuses by which a feed does not take who asks; some ask to sign in. */
const REFUSED = [401, 203, 302]

/** When the feed had both taken the PAT and, since that was minted, refused a made-up one, in answers that could be read. */
export function provedAt({ ado }: World, runs: readonly LedgerEntry[], pat: Pat): number | undefined {
  const probes = runs
    .flatMap(({ exchanges }) => exchanges)
    .filter(({ arrived, request }) => request.url.host === 'feeds.dev.azure.com' && arrived >= pat.validFrom - ROUNDED)
  const shown = ({ request }: Exchange): string => basicPassword(request.headers) ?? ''
  const taken = probes.find((one) => shown(one) === pat.token && wholeStatus(one) === 200 && hasObject(one))
  const refused = probes.find((one) => ado.patOf(shown(one)) === undefined && REFUSED.includes(wholeStatus(one) ?? 0))
  const [first, second] = [taken?.left, refused?.left]
  return first === undefined || second === undefined ? undefined : Math.max(first, second)
}

/** Azure DevOps keeps dates by the three hundredth of a second. */
const ROUNDED = 7

function hasObject({ outcome }: Exchange): boolean {
  return outcome?.kind === 'answer' && typeof outcome.answer.body === 'object'
}

/** Paths of the secrets for which GitHub said in these answers that they are written. */
export function acceptedWrites(exchanges: readonly Exchange[]): ReadonlySet<string> {
  const accepted = exchanges.filter(
    ({ request: { method, url }, ...exchange }) =>
      method === 'PUT' && url.host === 'api.github.com' && [201, 204].includes(wholeStatus(exchange) ?? 0),
  )
  return new Set(accepted.map(({ request }) => request.url.pathname))
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
