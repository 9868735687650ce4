import type { StoryName } from './stories.ts'

/** A bug that was found once, and how to put it back. */
export interface Bug {
  /** What went wrong. */
  readonly what: string
  /** The file of src/ that holds the mend. */
  readonly file: string
  /** The mend, word for word; it stands there once. */
  readonly mended: string
  /** What stood there before, or does the same. */
  readonly bug: string
  /** The first seed that shows it, or a story that is written down: where no seed in 20,000 does, or hardly any. */
  readonly shownBy: number | StoryName
}

/**
 * Every bug that the simulation, or the rough model of the rules before it, has found, and a few that they must never miss.
 * `npm run simulate:bugs` puts each back in a copy of src/, and wants the simulation to notice. A seed plays another story
 * once the simulation throws its dice in another order: `npm run simulate:bugs -- --find` finds the new one.
 */
export const bugs: readonly Bug[] = [
  {
    what: 'a mixed delivery was marked delivered: the refused store lagged behind it from then on, and every run renewed',
    file: 'operations/renew.ts',
    mended: "const state = fellBack ? 'fallback' : 'delivered'",
    bug: "const state = fellBack && delivered.to !== 'mixed' ? 'fallback' : 'delivered'",
    shownBy: 187,
  },
  {
    what: 'a revoked PAT no longer ended its sweep: an old unfinished one that a copy held made every run renew',
    file: 'renewal/slot-standing.ts',
    mended: 'sweepOf(reading.managed, delivered)',
    bug: 'sweepOf(counted, delivered)',
    shownBy: 169,
  },
  {
    what: "current-pat showed a stale copy of the job's own repository: every run renewed, and none mended it",
    file: 'operations/steps/evidence.ts',
    mended: "return currentPat === 'refused' && !onlyReported ? 'refused' : 'not-given'",
    bug: "return currentPat === 'refused' ? 'refused' : 'not-given'",
    shownBy: 8,
  },
  {
    what: 'what repositories hold of a fallback was not extended while GitHub refused the credential',
    file: 'operations/steps/leave-in-order.ts',
    mended: '[...candidates, ...perhaps, ...sweep]',
    bug: '[...candidates, ...perhaps]',
    shownBy: 'a fallback, and then a credential that GitHub refuses',
  },
  {
    what: 'what a store holds of a mixed fallback was not extended once somebody had changed who can read it',
    file: 'renewal/slot-standing.ts',
    mended: '|| known.written.some((at) => !lagsBehind(at, pat.mintedAt))',
    bug: '',
    shownBy: 'a mixed fallback, and then a change of who can read the secret',
  },
  {
    what: 'a 5xx write that did happen: its PAT, marked fallback, was not extended while the secret could not be read',
    file: 'renewal/slot-standing.ts',
    mended: '(organizationIncomplete ||',
    bug: '((organizationIncomplete && reading.organizationPlaces !== undefined) ||',
    shownBy: 2095,
  },
  {
    what: 'a change of visibility between two readings would have left the secret to no repository at all',
    file: 'operations/steps/access.ts',
    mended: "if (visibility === 'selected' && selected.length === 0 && !twice)",
    bug: 'if (twice)',
    shownBy: 'a secret that is no longer for selected repositories, between two looks',
  },
  {
    what: 'a check that was cancelled while it looked up the tenant lost its own failure',
    file: 'operations/check.ts',
    mended: 'if (!(error instanceof Failure)) throw error\n    return []',
    bug: 'throw error',
    shownBy: 18963,
  },
  {
    what: 'clocks that differ by minutes: a place that holds the live PAT was taken for one written before it was minted',
    file: 'renewal/copies.ts',
    mended: 'CLOCK_TOLERANCE = 15 * MINUTE',
    bug: 'CLOCK_TOLERANCE = 0 * MINUTE',
    shownBy: 3,
  },
  {
    what: 'runs that raced: the secret held a PAT minted just before the live one, and nothing kept that alive',
    file: 'renewal/slot-standing.ts',
    mended:
      'if (live !== undefined && pat.mintedAt > live.mintedAt - RACE && pat.mintedAt <= live.mintedAt) return true',
    bug: 'if (live !== undefined && pat.mintedAt > live.mintedAt - RACE && pat.mintedAt <= live.mintedAt) return pat === live',
    shownBy: 689,
  },
  {
    what: 'renewals that failed one after the other used up the patience with a stale copy, and it died',
    file: 'renewal/due.ts',
    mended: '(copy) => age > PATIENCE || isLastTry(copy)',
    bug: '(copy) => age > PATIENCE || (age < 0 && isLastTry(copy))',
    shownBy: 11516,
  },
  {
    what: 'copies that a killed run left stale were refreshed by no later run, and died',
    file: 'renewal/due.ts',
    mended: '...staleCopy(rules, evidence, live),',
    bug: '...(evidence.now < 0 ? staleCopy(rules, evidence, live) : []),',
    shownBy: 688,
  },
  {
    what: 'a standing fallback could not be told from a delivery: what the organization secret held was retired',
    file: 'operations/renew.ts',
    mended: "const state = fellBack ? 'fallback' : 'delivered'",
    bug: "const state = fellBack ? 'delivered' : 'delivered'",
    shownBy: 1,
  },
  {
    what: 'an unfinished PAT was taken for the live one',
    file: 'renewal/slot-standing.ts',
    mended: "counted.findLast(({ state }) => state === 'delivered')?.pat",
    bug: "counted.findLast(({ state }) => state !== 'fallback')?.pat",
    shownBy: 1,
  },
  {
    what: 'a PAT that a place may hold was revoked when the delivery broke',
    file: 'operations/renew.ts',
    mended: 'mayBeHeld = delivered.mayBeHeld',
    bug: 'mayBeHeld = false',
    shownBy: 1,
  },
  {
    what: 'a write began more than 45 minutes after the mint, when others may have taken the PAT for superseded',
    file: 'operations/steps/write.ts',
    mended: 'notAfter: writesEndAt(run, pat),',
    bug: '',
    shownBy: 1025,
  },
  {
    what: 'the PAT of a lost answer was not looked up, and stayed',
    file: 'operations/steps/mint.ts',
    mended: 'await revokeByName(run, workingAzureDevOps(run, bot), displayName)',
    bug: 'await Promise.resolve(revokeByName)',
    shownBy: 29,
  },
  {
    what: 'what a store holds of a mixed fallback was not extended while GitHub refused to show that one store',
    file: 'operations/steps/preflight.ts',
    mended: "organizationIncomplete: places.length === 0 || organization.some(({ kind }) => kind === 'refused'),",
    bug: '',
    shownBy: 1350,
  },
  {
    what: 'a rolled refresh token was not stored before Azure DevOps was asked',
    file: 'operations/steps/sign-in-bot.ts',
    mended: 'await home.store([signedIn.refreshToken, used])',
    bug: 'void home.store([signedIn.refreshToken, used])',
    shownBy: 1,
  },
]
