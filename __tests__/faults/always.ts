import { SECRET, type World } from '../world.ts'
import { strayedCredentials } from './credentials.ts'
import { type Before, type Evidence, unless } from './evidence.ts'
import { wrongEnd } from './how-it-ended.ts'
import { type LedgerEntry, managedOf, provedAt } from './ledger.ts'
import { type Place, placesOf, STORES } from './places.ts'
import { wrongRefreshToken } from './refresh-tokens.ts'
import { repositoriesOf, TWIN } from './scenes.ts'

/** What there is before anything was run. */
export function beforeRuns(world: World): Before {
  const secrets = STORES.flatMap((store) => [SECRET, TWIN].map((name) => [store, name] as const))
  const readers = secrets.flatMap(([store, name]) => {
    const secret = world.github.secret('hmcts', store, name)
    return secret === undefined ? [] : [[`${store}/secrets/${name}`, readersOf(secret)] as const]
  })
  return { others: othersOf(world), readers: new Map(readers) }
}

/** What may never happen, whatever fails and wherever the process is stopped: a sentence for each time it did. */
export function neverHappens(evidence: Evidence): readonly string[] {
  const last = evidence.runs.at(-1)
  if (last === undefined) throw new TypeError('nothing was run')
  return [
    ...placesOf(evidence.world, evidence.scene).flatMap((place) => badPats(evidence, place)),
    ...wrongReaders(evidence),
    ...wrongWrites(evidence, last),
    ...wrongEnd(evidence, last),
    ...wrongRefreshToken(evidence, last),
    ...unless(othersOf(evidence.world) === evidence.before.others, '7: a PAT of somebody else was changed'),
    ...strayedCredentials(evidence, last),
  ]
}

/** 1: no place ever held a PAT while it was revoked, nor one that was not proved before. */
function badPats({ world, runs }: Evidence, { words, held }: Place): readonly string[] {
  return held.flatMap(({ pat, at, until, seeded, ...rest }) => {
    if (pat === undefined) return [`1: ${words} held what is no PAT`]
    const proved = seeded ? at : provedAt(world, runs, pat)
    return [
      ...unless(pat.revokedAt >= until, `1: ${words} held "${pat.displayName}" while it was revoked`),
      ...unless(proved !== undefined && proved <= at, `1: ${words} held "${pat.displayName}" before it was proved`),
      ...unless(until < Infinity || world.ado.accepts(pat.token), `1: the feed refuses what ${words} holds`),
      ...unless(
        !('tag' in rest) || rest.tag === pat.authorizationId,
        `1: the tag of ${words} names another PAT than "${pat.displayName}"`,
      ),
    ]
  })
}

/** 3: who can read the organization secret stays, and only repositories that are named get copies. */
function wrongReaders({ scene, world, before }: Evidence): readonly string[] {
  const changed = STORES.flatMap((store) =>
    [SECRET, TWIN].flatMap((name) => {
      const secret = world.github.secret('hmcts', store, name)
      const same = secret === undefined || readersOf(secret) === before.readers.get(`${store}/secrets/${name}`)
      return unless(same, `3: others than before can read ${name} (${store}) of hmcts`)
    }),
  )
  const copies = placesOf(world, scene).filter(
    ({ home }) => home?.includes('/') === true && !scene.repositories.includes(home),
  )
  return [...changed, ...copies.map(({ home }) => `3: ${home} got a copy, and nobody named it`)]
}

/** 3: nor was anything of that kind asked for, whatever became of it. */
function wrongWrites({ scene, before }: Evidence, { exchanges }: LedgerEntry): readonly string[] {
  const unnamed = repositoriesOf(scene).filter((name) => !scene.repositories.includes(name))
  return exchanges.flatMap(({ request: { method, url, body } }) => {
    const [, home = '', path = ''] =
      /^\/(?:orgs|repos)\/(hmcts(?:\/[^/]+)?)\/([a-z]+\/secrets\/.+)$/.exec(url.pathname) ?? []
    if (method === 'GET' || !path.includes('/AZURE_')) return []
    if (home !== 'hmcts') return unless(!unnamed.includes(home), `3: a copy was sent to ${home}, and nobody named it`)
    const written = method === 'PUT' ? (JSON.parse(body) as Sent) : {}
    const { visibility, selected_repository_ids: ids = [] } = written
    const same = readersOf({ visibility, selectedRepositoryIds: ids.map(Number) }) === before.readers.get(path)
    return unless(same, `3: ${method} ${url.pathname} would let others than before read the secret`)
  })
}

interface Sent {
  readonly visibility?: string
  readonly selected_repository_ids?: readonly (number | string)[]
}

function readersOf(access: {
  readonly visibility: string | undefined
  readonly selectedRepositoryIds: readonly number[]
}): string {
  const ids = access.visibility === 'selected' ? [...new Set(access.selectedRepositoryIds)] : []
  return `${access.visibility} ${ids.sort((one, other) => one - other).join()}`
}

/** 7: all that the slot does not own, as text. A feed may have been shown it. */
function othersOf(world: World): string {
  const managed = managedOf(world)
  const others = world.ado.pats.filter((pat) => !managed.includes(pat))
  return JSON.stringify(others.map((pat) => ({ ...pat, used: true })))
}
