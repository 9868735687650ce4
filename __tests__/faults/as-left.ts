import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { COPY, REFRESH } from '../vault/vault.ts'
import { SECRET, type World } from '../world.ts'
import { REFRESH_TOKEN_SECRET, repositoriesOf, type Scene, TWIN } from './scenes.ts'

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
    lives: moments(pat.validTo - began),
    usable: when(pat.usableFrom),
  }))
  const order = minted.map((time) => minted.filter((other) => other < time).length)
  const tokens = world.entra.refreshTokens.map(({ spent }) => spent)
  return JSON.stringify([scene.name, pats, order, secretsOf(world, scene, when), vaultOf(world, began, when), tokens])
}

/** Whether the name says when the PAT was minted. What is named almost as ours says the same in every case. */
function isOwn(stamp: string, { validFrom }: Pick<Pat, 'validFrom'>): boolean {
  return Math.abs(Date.parse(stamp) - validFrom) < AS_ONE_MOMENT
}

function secretsOf(world: World, scene: Scene, when: (time: number) => unknown): readonly unknown[] {
  const { github } = world
  return ['hmcts', ...repositoriesOf(scene)].flatMap((home) =>
    STORES.flatMap((store) =>
      [SECRET, TWIN, REFRESH_TOKEN_SECRET].flatMap((name) => {
        const secret = github.secret(home, store, name)
        if (secret === undefined) return []
        const { value, updatedAt, visibility, selectedRepositoryIds } = secret
        return [[home, store, name, inWords(world, value), when(updatedAt), visibility, selectedRepositoryIds]]
      }),
    ),
  )
}

/** A run reads the newest version alone: which it is, and what older ones hold, makes no difference. */
function vaultOf(world: World, began: number, when: (time: number) => unknown): readonly unknown[] {
  const undated = (text: string): string =>
    text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (stamp) => String(moments(Date.parse(stamp) - began)))
  return [COPY, REFRESH].flatMap((name) => {
    const secret = world.vault.secret(name)
    const newest = secret?.versions.at(-1)
    if (secret === undefined || newest === undefined) return []
    const { value, tags = {}, contentType, exp, enabled, updatedAt } = newest
    const tagged = Object.entries(tags).map(([tag, text]) => [tag, undated(inWords(world, text).join())])
    const end = exp === undefined ? undefined : moments(exp * 1000 - began)
    return [[name, secret.deleted, inWords(world, value), tagged, contentType, end, enabled, when(updatedAt)]]
  })
}

/** Each line: of which PAT it is the value or the id, or which refresh token. */
function inWords({ ado, entra }: World, text: string): readonly string[] {
  return text.split('\n').map((line) => {
    const decoded = Buffer.from(line, 'base64').toString()
    const pat = ado.pats.findIndex(({ token, authorizationId }) => [token, authorizationId].includes(line))
    const twin = ado.pats.findIndex(({ token }) => token === decoded)
    const token = entra.refreshTokens.findIndex(({ value }) => value === line)
    if (twin >= 0) return `base64 of PAT ${twin}`
    return pat >= 0 ? `PAT ${pat}` : token >= 0 ? `refresh token ${token}` : line
  })
}

function moments(time: number): number {
  return Math.round(time / AS_ONE_MOMENT)
}

function minutes(time: number): number {
  return Math.round(time / MINUTE)
}
