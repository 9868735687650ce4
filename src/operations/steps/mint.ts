import type { AzureDevOps } from '../../azure-devops/connect.ts'
import { DAY, momentInWords, SECOND } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import type { MintedPat, Pat } from '../../pat.ts'
import { CLOCK_TOLERANCE } from '../../renewal/copies.ts'
import { sameScopes } from '../../renewal/due.ts'
import { newDisplayName, type Slot } from '../../renewal/names.ts'
import { type Bot, type Run, workingAzureDevOps } from '../run.ts'
import { learnLongestLife } from './extend.ts'
import { listPats } from './list-pats.ts'
import { revokeOrWarn } from './revoke.ts'
import { noRoomInWords } from './short-life.ts'

/** Azure DevOps takes at most a year, and its clock may be behind the runner's. */
const LONGEST_LIFE = 365 * DAY - CLOCK_TOLERANCE

/** The end of a PAT that is minted or extended now, as `pat-lifetime-days` asks; milliseconds since 1970. */
export function endOfFullLife({ clock, inputs }: Run): number {
  return clock.now() + Math.min(inputs.patLifetime, LONGEST_LIFE)
}

/**
 * Mints a pending PAT. One POST, never blindly repeated: where its answer was lost or cannot be read, the exact name is
 * looked up, what is found revoked, and a PAT minted under a new name, once.
 * @throws Failure where Azure DevOps refuses, grants something else, or loses the second answer too
 */
export async function mint(run: Run, bot: Bot, slot: Slot): Promise<MintedPat> {
  const asked = endOfFullLife(run)
  const displayName = newDisplayName(slot, run.clock.now(), run.random())
  const minted = await mintOnce(run, bot, { displayName, asked }, async (lost) => {
    run.log.warning(
      `${lost.message} A PAT may have been minted all the same, so its name was looked up before minting again.`,
    )
    const next = { displayName: anotherName(run, slot, displayName), asked }
    return mintOnce(run, bot, next, (again) => Promise.reject(again))
  })
  run.journal.minted = minted.pat.authorizationId
  run.journal.mintedAt = run.clock.now()
  run.journal.pats = [...run.journal.pats, { pat: minted.pat, state: 'pending' }]
  await checkGranted(run, bot, minted.pat, asked)
  run.log.info(
    `Minted "${minted.pat.displayName}" (${minted.pat.authorizationId}), which ends ${momentInWords(minted.pat.expiresAt)}.`,
  )
  return minted
}

/** A name that the lost PAT cannot have, should its request still be under way. */
function anotherName(run: Run, slot: Slot, lost: string): string {
  const name = newDisplayName(slot, run.clock.now(), run.random())
  // One draw in a thousand is the same within the same second.
  return isSameName(name, lost) ? newDisplayName(slot, run.clock.now() + SECOND, run.random()) : name
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

async function mintOnce(
  run: Run,
  bot: Bot,
  { displayName, asked }: { readonly displayName: string; readonly asked: number },
  whenLost: (lost: Failure) => Promise<MintedPat>,
): Promise<MintedPat> {
  try {
    return await bot.azureDevOps.mintPat({ displayName, scopes: run.inputs.scopes, expiresAt: asked })
  } catch (error) {
    if (!(error instanceof Failure && error.fateUnknown)) throw error
    const stopped = error.kind === 'cancelled'
    if (stopped)
      run.log.warning(`A PAT named "${displayName}" may have been minted. If it stays, the next run replaces it.`)
    await revokeByName(run, workingAzureDevOps(run, bot), displayName)
    if (stopped) throw error
    return whenLost(error)
  }
}

async function revokeByName(run: Run, azureDevOps: AzureDevOps, displayName: string): Promise<void> {
  const found = (await listPats(run, azureDevOps)).filter(
    (pat) => !pat.revoked && isSameName(pat.displayName, displayName),
  )
  for (const pat of found) await revokeOrWarn(run, azureDevOps, pat, 'its answer was lost, so nobody knows its value')
}

async function checkGranted(run: Run, bot: Bot, granted: Pat, asked: number): Promise<void> {
  const { scopes } = run.inputs
  const grantedLess = learnLongestLife(run, granted, asked)
  const other = granted.global
    ? 'a global PAT, valid in every organization'
    : sameScopes(granted.scopes, scopes)
      ? undefined
      : `the scope "${granted.scopes.join(' ')}" instead of "${scopes.join(' ')}"`
  if (other !== undefined) {
    await revokeOrWarn(run, bot.azureDevOps, granted, 'it is not what was asked for')
    throw new Failure({
      kind: 'refused',
      doing: 'mint the PAT as asked',
      hint: `Azure DevOps granted ${other}. Look at pat-scope and at the PAT policies of the organization and the tenant, then run again.`,
    })
  }
  const cut = grantedLess
    ? `The new PAT ends ${momentInWords(granted.expiresAt)}, not ${momentInWords(asked)} as asked: a policy limits the lifespan. ` +
      'Every date from here on comes from what was granted. Set pat-lifetime-days to what the policy allows.'
    : undefined
  const noRoom = noRoomInWords(granted, run.inputs.renewBeforeDays)
  if (cut !== undefined || noRoom !== undefined)
    run.log.warning([cut ?? 'The life that pat-lifetime-days asks for is short.', noRoom].filter(Boolean).join(' '))
}
