import type { World } from '../world.ts'
import type { LedgerEntry } from './ledger.ts'
import type { Scene } from './scenes.ts'

export interface Evidence {
  readonly scene: Scene
  readonly world: World
  /** Every run so far, the last one last. */
  readonly runs: readonly LedgerEntry[]
  /** What must stay as it was before the first run. */
  readonly before: Before
}

export interface Before {
  /** All PATs that the slot does not own, as text. */
  readonly others: string
  /** Who could read each organization secret, by its path below the organization. */
  readonly readers: ReadonlyMap<string, string>
}

export function unless(holds: boolean, complaint: string): readonly string[] {
  return holds ? [] : [complaint]
}
