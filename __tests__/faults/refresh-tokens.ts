import { REFRESH } from '../vault/vault.ts'
import type { World } from '../world.ts'
import { type Evidence, unless } from './evidence.ts'
import type { LedgerEntry } from './ledger.ts'
import { REFRESH_TOKEN_HOME, REFRESH_TOKEN_SECRET } from './scenes.ts'

interface Stored {
  readonly lines: readonly string[]
  readonly at: number
}

/** All that the home of the refresh token ever held, oldest first; empty where there is none. */
function storedIn({ github, vault }: World): readonly Stored[] {
  const inGitHub = github.secret(REFRESH_TOKEN_HOME, 'actions', REFRESH_TOKEN_SECRET)?.history ?? []
  const inVault = (vault.secret(REFRESH)?.versions ?? []).map(({ value, createdAt }) => ({ value, at: createdAt }))
  return [...inGitHub, ...inVault].map(({ value, at }) => ({ lines: value.split('\n'), at }))
}

/** 6: the newest one is stored before anything is asked of Azure DevOps, and the one before it is kept. */
export function wrongRefreshToken({ world }: Evidence, { exchanges }: LedgerEntry): readonly string[] {
  const stored = storedIn(world)
  const kept = stored.at(-1)
  if (kept === undefined) return []
  const { refreshTokens } = world.entra
  const asked = exchanges.find(({ request }) => request.url.host.endsWith('dev.azure.com'))?.arrived ?? -Infinity
  const by = stored.findLast(({ at }) => at <= asked)
  const signsIn = (line: string): boolean => refreshTokens.some(({ value, spent }) => value === line && !spent)
  return [
    ...unless(
      asked === -Infinity || by?.lines[0] === refreshTokens.at(-1)?.value,
      '6: Azure DevOps was asked before the newest refresh token was kept',
    ),
    ...unless(
      stored.every(({ lines }, index) => follows(world, stored[index - 1]?.lines ?? lines, lines)),
      '6: what is stored is not the newest refresh token and, on the second line, the one before it',
    ),
    ...unless(kept.lines.some(signsIn), '6: no refresh token that is stored signs the bot in'),
  ]
}

/** Whether the newest that Entra gave stands first, and one before it second. */
export function newestFirst(world: World): boolean {
  const kept = storedIn(world).at(-1)
  if (kept === undefined) return true
  const [newest, previous, ...others] = kept.lines
  const { refreshTokens } = world.entra
  const known = refreshTokens.slice(0, -1).some(({ value }) => value === previous)
  return newest === refreshTokens.at(-1)?.value && known && others.length === 0
}

/** Nobody's refresh token is refused in the matrix, so the one before is always that of the first line. */
function follows({ entra }: World, before: readonly string[], lines: readonly string[]): boolean {
  if (lines.join() === before.join()) return lines.length <= 2
  const [newest, previous, ...others] = lines
  const ageOf = (line?: string): number => entra.refreshTokens.findIndex(({ value }) => value === line)
  return others.length === 0 && previous === before[0] && ageOf(newest) > Math.max(...before.map(ageOf))
}
