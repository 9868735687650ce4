import { momentInWords } from '../../clock.ts'
import type { Pat } from '../../pat.ts'
import type { Run } from '../run.ts'
import { foreseen } from './extend.ts'
import { nameOf } from './revoke.ts'

/** The line of a plan for one PAT that is to end then: as far as that can be told without asking. */
export function extensionInWords(run: Run, pat: Pat, until: number): string {
  const end = momentInWords(pat.expiresAt)
  const known = foreseen(pat, until, run.clock.now())?.kind
  if (known === 'ended') return `Leave ${nameOf(pat)}: it ended ${end}, and an expired PAT cannot be extended.`
  if (known === 'far-enough')
    return `Leave ${nameOf(pat)}: it ends ${end}, which is not before ${momentInWords(until)}.`
  return `Extend ${nameOf(pat)} from ${end} to ${momentInWords(until)}, as far as the policy lets it.`
}
