import type { KeyVault } from '../../src/key-vault/connect.ts'
import type { Actor } from './actor.ts'
import type { Means } from './azure-devops.ts'
import type { Call } from './call.ts'
import type { Dice } from './dice.ts'
import { azureFailure } from './failures.ts'
import type { World, WorldPat } from './world.ts'

const TAG = 'AdoPatAuthorizationId'

/** The newest version of the vault secret. */
export interface VaultCopy {
  /** Undefined where it is something that never was a PAT. */
  readonly pat: WorldPat | undefined
  /** What its tag names; undefined where somebody wrote it without one. */
  readonly holds: string | undefined
  readonly writtenAt: number
  readonly byHand: boolean
}

/** The vault as one run sees it. */
export function keyVaultFor({ world, scheduler, watch }: Means, actor: Actor, last: boolean): KeyVault {
  return {
    secret: () => {
      const doing = 'read the vault'
      const effect = (): Awaited<ReturnType<KeyVault['secret']>> => {
        if (world.troubles.vault === 'closed') throw azureFailure('refused', doing)
        const copy = world.vault
        if (copy === undefined) return undefined
        const tags = copy.holds === undefined ? {} : { [TAG]: copy.holds }
        return { value: copy.pat?.value, tags, writtenAt: copy.writtenAt }
      }
      return scheduler.call(
        actor,
        { doing, change: false, effect, misfortune: (dice) => mishap(dice, doing, false) },
        last,
      )
    },
    setSecret: (_, { value, tags = {} }, notAfter) => {
      const doing = 'write the vault'
      const pat = world.patIn(value)
      const effect = (): void => {
        if (world.troubles.vault !== undefined) throw azureFailure('refused', doing)
        watch.copies(actor, pat, tags[TAG])
        world.vault = { pat, holds: tags[TAG], writtenAt: world.azureDevOpsTime(), byHand: false }
        if (world.traced) world.tell(`${actor.name}: the vault now holds "${pat?.displayName ?? ''}"`)
      }
      const misfortune: Call<void>['misfortune'] = (dice) => mishap(dice, doing, true)
      return scheduler.call(actor, { doing, change: true, effect, misfortune, notAfter }, last)
    },
  }
}

function mishap(dice: Dice, doing: string, change: boolean): ReturnType<Call<unknown>['misfortune']> {
  const kind = dice.pick('unavailable', 'unreachable', 'rate-limited', 'refused')
  const lost = change && kind !== 'rate-limited' && kind !== 'refused'
  return { failure: azureFailure(kind, doing, lost), happens: lost ? dice.pick('not', 'now', 'now', 'late') : 'not' }
}

/** What people do to the vault secret: an old version made the newest again, one of their own without a tag, or none. */
export function meddleWithVault(world: World, dice: Dice): void {
  const old = world.pats.filter(({ displayName }) => / 2026-| 2027-/.test(displayName))
  const pat = old[dice.whole(0, old.length - 1)]
  const deed = dice.whole(0, 2)
  const writtenAt = world.azureDevOpsTime()
  if (deed === 0 && pat !== undefined) world.vault = { pat, holds: pat.authorizationId, writtenAt, byHand: true }
  else world.vault = deed === 1 ? { pat, holds: undefined, writtenAt, byHand: true } : undefined
  world.tell(
    `somebody makes the vault hold ${world.vault?.pat?.displayName ?? 'nothing'}${deed === 1 ? ', without a tag' : ''}`,
  )
}
