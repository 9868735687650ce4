import { momentInWords } from '../../clock.ts'
import { placeInWords, type PlaceReading, type RepositoryHome } from '../../place.ts'
import { copyEndsAt, lagsBehind, mayHold, staleCopies } from '../../renewal/copies.ts'
import { type SlotStanding, standingOf } from '../../renewal/slot-standing.ts'
import { vaultLag, type VaultReading } from '../../renewal/vault.ts'
import type { PlaceRow } from '../../report/result.ts'
import type { Run } from '../run.ts'
import { type Preflight, slotReading } from './preflight.ts'
import { nameOf } from './revoke.ts'

/** Every place as it stands: when it was written, and what that says about the PAT it holds. Reads nothing. */
export function placeRows(run: Run, before: Preflight): readonly PlaceRow[] {
  const reading = slotReading(run, before)
  const standing = standingOf(reading)
  const refused = before.organization.flatMap((store) => (store.kind === 'refused' ? store.places : []))
  const copies = reading.repositoryPlaces.filter(
    ({ writtenAt }) => writtenAt !== undefined || run.inputs.target === 'repositories',
  )
  return [
    ...(reading.organizationPlaces ?? []).map((place) => row(place, holdsInWords(place, standing))),
    ...refused.map((place) => row({ place, writtenAt: undefined }, 'unknown: GitHub refuses to show it')),
    ...copies.map((copy) => row(copy, copyInWords(run, copy, standing))),
    ...before.unreadable.map((place) => row({ place, writtenAt: undefined }, 'unknown: it cannot be read')),
    ...(reading.vault === undefined ? [] : [vaultRow(run, reading.vault, standing)]),
  ]
}

/** The one place whose tag says exactly what it holds. */
function vaultRow(run: Run, vault: VaultReading, { delivered }: SlotStanding): PlaceRow {
  const { place, writtenAt, holds } = vault
  const held = run.journal.pats.find(({ pat }) => pat.authorizationId.toLowerCase() === holds?.toLowerCase())?.pat
  const lag = vaultLag(vault, delivered === undefined ? [] : [delivered.pat])
  const remark =
    writtenAt === undefined
      ? 'does not exist'
      : holds === undefined
        ? 'bears no tag that says which PAT it holds'
        : `${lag === undefined ? 'holds the PAT delivered last' : 'holds another PAT than the one delivered last'}: ${held === undefined ? holds : nameOf(held)}`
  return { place: placeInWords(place), writtenAt, remark }
}

function row({ place, writtenAt }: PlaceReading, remark: string): PlaceRow {
  return { place: placeInWords(place), writtenAt, remark }
}

function holdsInWords({ writtenAt }: PlaceReading, { live, delivered }: SlotStanding): string {
  if (writtenAt === undefined) return 'does not exist'
  if (delivered !== undefined && delivered.pat !== live && mayHold(writtenAt, delivered.pat))
    return 'written with the PAT of the fallback'
  if (live === undefined) return 'there is no live PAT that it could hold'
  if (lagsBehind(writtenAt, live.mintedAt)) return 'older than the live PAT'
  return mayHold(writtenAt, live)
    ? 'written with the live PAT'
    : 'written long after the live PAT was minted, maybe by somebody else'
}

function copyInWords(run: Run, copy: PlaceReading<RepositoryHome>, standing: SlotStanding): string {
  if (staleCopies(run.inputs, [copy], standing.live).length === 0) return holdsInWords(copy, standing)
  const end = copyEndsAt(
    copy,
    run.journal.pats.map(({ pat }) => pat),
  )
  const until =
    end === undefined
      ? 'what it holds is not known'
      : `it stops working ${end <= run.clock.now() ? 'since' : 'on'} ${momentInWords(end)}`
  return `stale: hides the organization secret; ${until}`
}
