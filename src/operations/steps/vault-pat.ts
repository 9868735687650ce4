import { iso, momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import type { MintedPat } from '../../pat.ts'
import { placeInWords } from '../../place.ts'
import { withState } from '../../renewal/names.ts'
import type { SlotReading } from '../../renewal/slot-standing.ts'
import { vaultMisses, type VaultReading } from '../../renewal/vault.ts'
import type { Run } from '../run.ts'
import { vaultPlace } from './places.ts'
import { writesEndAt } from './sweep.ts'

/** Says which PAT the vault's copy is. Other tools that keep PATs of Azure DevOps in a vault write the same tag. */
const ID_TAG = 'AdoPatAuthorizationId'

/**
 * What the vault's copy says that it is; undefined without `key-vault-pat`.
 * @throws Failure where the vault cannot be read
 */
export async function readVault(run: Run): Promise<VaultReading | undefined> {
  const place = vaultPlace(run.inputs)
  if (place === undefined) return undefined
  const secret = await run.services.keyVault().secret(place.name)
  return { place, writtenAt: secret?.writtenAt, holds: secret?.tags[ID_TAG] }
}

/**
 * Copies the new PAT, which is delivered by now, to the vault secret of `key-vault-pat`, with its end and with tags that say
 * which one it is. Failing is a warning: the copy lags behind then, and a later run renews once more, unless a fallback stands.
 */
export async function copyToVault(run: Run, vault: VaultReading | undefined, minted: MintedPat): Promise<void> {
  if (vault === undefined) return
  const { place } = vault
  try {
    await write(run, vault, minted)
    run.log.info(`Copied the new PAT to the ${placeInWords(place)}.`)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    run.log.warning(
      `The new PAT is delivered, but not to the ${placeInWords(place)}, whose readers still get what it held before; the next run renews once more (some days later, where a second PAT could not be brought to it either), unless a fallback stands. ${error.message}`,
    )
  }
}

/** Tells of a vault that missed two PATs and is left alone for some days, in a run that finds nothing due. */
export function warnOfMisses(run: Run, { vault, managed }: SlotReading): void {
  const misses = vaultMisses(vault, managed)
  if (vault === undefined || misses === undefined) return
  const [first, last, until] = [misses.first.mintedAt, misses.last.mintedAt, misses.until].map(momentInWords)
  const held = vault.writtenAt === undefined ? 'does not exist' : `was last written ${momentInWords(vault.writtenAt)}`
  run.log.warning(
    `The last two PATs (${first} and ${last}) were not brought to the ${placeInWords(vault.place)}, which ${held}: it lags behind, and the first run after ${until} tries again. ` +
      'The identity that writes the vault probably lacks the permission Set (role Key Vault Secrets Officer), or a deleted secret keeps the name; the warnings of the runs that minted those PATs say what the vault answered. Mend that, then run with `force: true`.',
  )
}

async function write(run: Run, { place, writtenAt }: VaultReading, { pat, value }: MintedPat): Promise<void> {
  const secret = {
    value,
    contentType: 'Azure DevOps PAT',
    expiresAt: pat.expiresAt,
    tags: {
      [ID_TAG]: pat.authorizationId,
      AdoPatDisplayName: withState(pat.displayName, 'delivered'),
      AdoPatExpiresAt: iso(pat.expiresAt),
    },
  }
  await run.services.keyVault().setSecret(place.name, secret, writesEndAt(run, pat))
  const did = writtenAt === undefined ? 'created' : 'updated'
  run.journal.receipts.push({ place, did, at: run.clock.now() })
}
