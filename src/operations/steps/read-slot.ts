import { Failure } from '../../errors.ts'
import type { SlotReading } from '../../renewal/slot-standing.ts'
import type { Bot, Run } from '../run.ts'
import { allReadable, type Preflight, preflight, PreflightFailure, slotReading, withoutPlaces } from './preflight.ts'

/** The slot with the bot, as far as it could be read. */
export interface SlotRead {
  readonly bot: Bot
  readonly reading: SlotReading
  /** Whether every place could be read, so that what is in none of them is in none. */
  readonly complete: boolean
  /** Holds what preflight read, where it could read every service. */
  readonly preflight: { readonly before?: Preflight }
}

/**
 * Reads the slot for what must wait neither for GitHub nor for the vault: where one cannot be read, that is a warning, and
 * no place is known.
 * @throws Failure where the bot cannot sign in or its PATs cannot be listed
 */
export async function readSlotOrWarn(run: Run): Promise<SlotRead> {
  try {
    const before = await preflight(run)
    const reading = slotReading(run, before)
    return { bot: before.bot, reading, complete: allReadable(before), preflight: { before } }
  } catch (error) {
    if (!(error instanceof PreflightFailure)) throw error
    const { cause, bot } = error
    if (!(cause instanceof Failure) || cause.kind === 'cancelled') throw cause
    run.log.warning(`Not every place could be read, so what the secrets hold is not known. ${cause.message}`)
    return { bot, reading: withoutPlaces(run), complete: false, preflight: {} }
  }
}
