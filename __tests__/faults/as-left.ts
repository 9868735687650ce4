import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { SECRET, type World } from '../world.ts'
import { REFRESH_TOKEN_SECRET, repositoriesOf, type Scene } from './scenes.ts'

const MINUTE = 60_000
/** Less than anything that the rules of renewal tell times apart by. */
const AS_ONE_MOMENT = 10 * MINUTE
const STORES = ['actions', 'dependabot', 'codespaces', 'agents'] as const

/**
 * How a run left the world, in words. A run that begins a day later in two worlds of the same scene that are left the same
 * does the same in both: all that a run can read is in these words, and access tokens and limits are over by then. Values
 * are told by their number, and the moments of the run by their order alone, for the rules tell no times apart that lie
 * within ten minutes.
 * @param began when the run began
 * @returns undefined where the run took longer, or minted two PATs in one moment, so that the order is not certain
 */
export function asLeft(world: World, scene: Scene, began: number): string | undefined {
  if (world.clock.now() - began > AS_ONE_MOMENT) return undefined
  const when = (time: number): number | 'in the run' => (time < began - MINUTE ? minutes(time - began) : 'in the run')
  const minted = world.ado.pats.map(({ validFrom }) => validFrom).filter((time) => when(time) === 'in the run')
  if (new Set(minted).size < minted.length) return undefined
  const pats = world.ado.pats.map(({ displayName, scope, targetAccounts, revoked, owner, ...pat }) => ({
    name: displayName.replace(/\d{4}-\S+Z/, (stamp) => (isOwn(stamp, pat) ? String(when(Date.parse(stamp))) : stamp)),
    scope,
    global: targetAccounts === null,
    revoked,
    ours: owner === world.entra.user.oid,
    minted: when(pat.validFrom),
    lives: Math.round((pat.validTo - began) / AS_ONE_MOMENT),
    usable: when(pat.usableFrom),
  }))
  const order = minted.map((time) => minted.filter((other) => other < time).length)
  const tokens = world.entra.refreshTokens.map(({ spent }) => spent)
  return JSON.stringify([scene.name, pats, order, secretsOf(world, scene, when), tokens])
}

/** Whether the name says when the PAT was minted. What is named almost as ours says the same in every case. */
function isOwn(stamp: string, { validFrom }: Pick<Pat, 'validFrom'>): boolean {
  return Math.abs(Date.parse(stamp) - validFrom) < AS_ONE_MOMENT
}

function secretsOf(world: World, scene: Scene, when: (time: number) => unknown): readonly unknown[] {
  const { ado, entra, github } = world
  const numbered = (line: string): string => {
    const [pat, token] = [
      ado.pats.findIndex((one) => one.token === line),
      entra.refreshTokens.findIndex(({ value }) => value === line),
    ]
    return pat >= 0 ? `PAT ${pat}` : token >= 0 ? `refresh token ${token}` : line
  }
  return ['hmcts', ...repositoriesOf(scene)].flatMap((home) =>
    STORES.flatMap((store) =>
      [SECRET, REFRESH_TOKEN_SECRET].flatMap((name) => {
        const secret = github.secret(home, store, name)
        if (secret === undefined) return []
        const { value, updatedAt, visibility, selectedRepositoryIds } = secret
        return [
          [home, store, name, value.split('\n').map(numbered), when(updatedAt), visibility, selectedRepositoryIds],
        ]
      }),
    ),
  )
}

function minutes(time: number): number {
  return Math.round(time / MINUTE)
}
