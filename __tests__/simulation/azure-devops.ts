import type { AzureDevOps } from '../../src/azure-devops/connect.ts'
import type { Proof } from '../../src/azure-devops/prove.ts'
import { DAY, SECOND } from '../../src/clock.ts'
import type { FailureKind } from '../../src/errors.ts'
import type { MintedPat, Pat } from '../../src/pat.ts'
import type { Actor } from './actor.ts'
import type { Dice } from './dice.ts'
import { azureFailure } from './failures.ts'
import type { Call } from './call.ts'
import type { Scheduler } from './scheduler.ts'
import type { Watch } from './watch.ts'
import { asListed, type World, type WorldPat } from './world.ts'

export interface Means {
  readonly world: World
  readonly scheduler: Scheduler
  readonly dice: Dice
  readonly watch: Watch
}

/** The bot's PATs as one run sees them. */
export function azureDevOpsFor(means: Means, actor: Actor, last: boolean): AzureDevOps {
  const { world, scheduler, watch } = means
  const call = <T>(call: Omit<Call<T>, 'misfortune'>, misfortune?: Call<T>['misfortune']): Promise<T> => {
    watch.asksAzureDevOps(actor, call.doing)
    return scheduler.call(
      actor,
      { ...call, misfortune: misfortune ?? ((dice) => mishap(dice, call.doing, call.change)) },
      last,
    )
  }
  const mayChange = (pat: WorldPat, doing: string): void => {
    refuseTroubles(world, doing)
    if (!world.isAlive(pat)) throw azureFailure('refused', `${doing}, which is no longer alive`)
  }
  return {
    listPats: () =>
      call({
        doing: 'list the PATs',
        change: false,
        effect: () => {
          refuseTroubles(world, 'list the PATs')
          return world.pats.map(asListed)
        },
      }),
    mintPat: ({ displayName, scopes, expiresAt }) => {
      const doing = `mint "${displayName}"`
      watch.mints(actor)
      let lostNow = false
      const misfortune: Call<MintedPat>['misfortune'] = (dice) => {
        const mischance = mishap(dice, doing, true)
        if (mischance.failure.fateUnknown) actor.mintsLost += 1
        lostNow = mischance.happens === 'now'
        return mischance
      }
      const effect = (): MintedPat => {
        refuseTroubles(world, doing)
        const pat = world.addPat({
          displayName,
          scopes,
          validFrom: world.azureDevOpsTime(),
          validTo: endGranted(world, world.azureDevOpsTime(), expiresAt),
          knownFrom: world.now + (actor.fate.quiet ? 0 : means.dice.pick(0, 0, 0, 5, 20, 70) * SECOND),
          proved: false,
        })
        if (lostNow) actor.lostPats.push(pat)
        return { pat: asListed(pat), value: pat.value }
      }
      const answered = ({ value }: MintedPat): void => {
        actor.minted = world.patIn(value)
        actor.mintedAt = world.now
      }
      return call({ doing, change: true, effect, answered }, misfortune)
    },
    updatePat: (pat, { displayName, expiresAt }) => {
      const doing = `change "${pat.displayName}"${displayName === undefined ? '' : ` to "${displayName}"`}`
      const effect = (): Pat => {
        const one = known(world, pat)
        mayChange(one, doing)
        watch.changesPat(actor, one)
        // The whole record is sent, so that a policy made meanwhile cuts the end even where only the name changes.
        const validTo = endGranted(world, one.validFrom, expiresAt ?? pat.expiresAt)
        if (validTo <= world.azureDevOpsTime()) throw azureFailure('refused', doing)
        one.displayName = displayName ?? pat.displayName
        if (validTo > one.validTo) actor.extended.set(one, validTo)
        one.validTo = validTo
        return asListed(one)
      }
      return call({ doing, change: true, effect })
    },
    revokePat: (pat) => {
      const doing = `revoke "${pat.displayName}"`
      const effect = (): 'revoked' | 'already-gone' => {
        refuseTroubles(world, doing)
        const one = known(world, pat)
        watch.revokes(actor, one)
        if (one.revokedBy !== undefined) return 'already-gone'
        one.revokedBy = 'action'
        return 'revoked'
      }
      return call({ doing, change: true, effect })
    },
  }
}

/**
 * The feed takes a PAT that is alive, once it has heard of it. Only a 401 refuses: a lost answer says nothing, and neither
 * does a feed that takes a made-up PAT as well.
 */
export function feedFor({ world, scheduler, watch }: Means, actor: Actor): (value: string) => Promise<Proof> {
  return async (value) => {
    const pat = world.patIn(value)
    const doing = `prove ${pat === undefined ? 'what is no PAT' : `"${pat.displayName}"`}`
    watch.asksAzureDevOps(actor, doing)
    const failure = azureFailure('unavailable', doing)
    const takes = (shown: WorldPat | undefined): boolean =>
      world.troubles.feed === 'takes-anybody' ||
      (shown !== undefined && world.isAlive(shown) && shown.knownFrom <= world.now)
    const effect = (): Proof => {
      if (!takes(pat)) return { proof: 'refused', why: '401' }
      if (takes(undefined)) return { proof: 'says-nothing', failure: azureFailure('refused', doing) }
      if (pat !== undefined) pat.proved = true
      return { proof: 'accepted' }
    }
    const misfortune: Call<Proof>['misfortune'] = () => ({ failure, happens: 'not' })
    const proof = await scheduler
      .call(actor, { doing, change: false, effect, misfortune })
      .catch((error: unknown): Proof => {
        if (error !== failure) throw error
        return { proof: 'says-nothing', failure }
      })
    if (value === actor.inputs.currentPat) actor.currentPat = proof.proof
    return proof
  }
}

function known({ pats }: World, { authorizationId }: Pat): WorldPat {
  const pat = pats.find((one) => one.authorizationId === authorizationId)
  if (pat === undefined) throw azureFailure('refused', 'find that PAT')
  return pat
}

function refuseTroubles({ troubles }: World, doing: string): void {
  if (troubles.bot !== undefined) throw azureFailure('refused', doing)
}

/** A policy cuts the life without a word, counted from the mint; nothing lives longer than a year. */
function endGranted({ troubles }: World, mintedAt: number, asked: number): number {
  return Math.min(asked, mintedAt + 365 * DAY, mintedAt + (troubles.longestLife ?? Infinity))
}

function mishap(dice: Dice, doing: string, change: boolean): ReturnType<Call<unknown>['misfortune']> {
  const kind: FailureKind = dice.pick('unavailable', 'unreachable', 'unreadable', 'rate-limited', 'refused')
  const lost = change && kind !== 'rate-limited' && kind !== 'refused'
  return { failure: azureFailure(kind, doing, lost), happens: lost ? dice.pick('not', 'now', 'now', 'late') : 'not' }
}
