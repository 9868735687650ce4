import { DAY, HOUR } from '../../clock.ts'
import type { Pat } from '../../pat.ts'
import { CLOCK_TOLERANCE } from '../../renewal/copies.ts'
import { renewalMargin } from '../../renewal/lifetimes.ts'

/**
 * What to tell of a PAT that is due so shortly before its end that a daily run may come too late; undefined where there is
 * room. The workflow's schedule is not known here, and daily is the normal case.
 */
export function noRoomInWords(pat: Pat, renewBeforeDays: number): string | undefined {
  const margin = renewalMargin(pat, renewBeforeDays)
  if (margin >= DAY - CLOCK_TOLERANCE) return undefined
  const hours = (time: number): number => Math.round(time / HOUR)
  const often = Math.floor(margin / 2 / HOUR)
  return [
    `That leaves no room: the PAT lives ${hours(pat.expiresAt - pat.mintedAt)} h and is due ${hours(margin)} h before its end, so builds break where one daily run is missed or late.`,
    'Have the bot put on the allowlist of the lifespan policy, if there is one, and raise pat-lifetime-days and renew-before-days;',
    often < 1
      ? 'until then builds break between two runs.'
      : `until then run every ${often === 1 ? 'hour' : `${often} hours`}.`,
  ].join(' ')
}
