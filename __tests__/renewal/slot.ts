import { DAY } from '../../src/clock.ts'
import type { Pat } from '../../src/pat.ts'
import type { PlaceReading, OrganizationHome, RepositoryHome, RepositoryName, Store } from '../../src/place.ts'
import type { Rules } from '../../src/renewal/due.ts'
import type { ManagedPat, State } from '../../src/renewal/names.ts'
import type { SlotReading } from '../../src/renewal/slot-standing.ts'

export const NOW = Date.parse('2026-11-21T08:00:00.000Z')
export const SECRET = 'AZURE_DEVOPS_ARTIFACT_TOKEN'

/** Those of a run that says nothing of them. */
export const rules: Rules = {
  target: 'organization',
  force: false,
  scopes: ['vso.packaging_write'],
  renewBeforeDays: 10,
  staleCopies: 'refresh',
}

let count = 0

/** A managed PAT minted so many days ago, with a life of 30 days unless told. */
export function managed(
  ageDays: number,
  state: State = 'delivered',
  more: Partial<Pat> & { life?: number } = {},
): ManagedPat {
  const { life = 30, ...given } = more
  count += 1
  const mintedAt = NOW - ageDays * DAY
  const pat: Pat = {
    authorizationId: `00000000-0000-0000-0000-${String(count).padStart(12, '0')}`,
    displayName: `${SECRET} [hmcts] ${new Date(mintedAt).toISOString()}${state === 'delivered' ? '' : ` ${state}`}`,
    scopes: ['vso.packaging_write'],
    mintedAt,
    expiresAt: mintedAt + life * DAY,
    global: false,
    revoked: false,
    ...given,
  }
  return { pat, state }
}

/** The organization secret as it was written so many days ago; undefined: it does not exist. */
export function organizationPlace(
  writtenDaysAgo: number | undefined,
  store: Store = 'actions',
): PlaceReading<OrganizationHome> {
  const home = { kind: 'organization', organization: 'hmcts' } as const
  return { place: { home, store, name: SECRET, form: 'plain' }, writtenAt: at(writtenDaysAgo) }
}

export function copy(
  repository: RepositoryName,
  writtenDaysAgo: number | undefined,
  store: Store = 'actions',
): PlaceReading<RepositoryHome> {
  const home = { kind: 'repository', repository } as const
  return { place: { home, store, name: SECRET, form: 'plain' }, writtenAt: at(writtenDaysAgo) }
}

function at(daysAgo: number | undefined): number | undefined {
  return daysAgo === undefined ? undefined : NOW - daysAgo * DAY
}

export function reading(
  pats: readonly ManagedPat[],
  places: readonly PlaceReading<OrganizationHome>[] | undefined,
  copies: readonly PlaceReading<RepositoryHome>[] = [],
): SlotReading {
  const sorted = [...pats].sort((one, other) => one.pat.mintedAt - other.pat.mintedAt)
  return { managed: sorted, organizationPlaces: places, repositoryPlaces: copies }
}
