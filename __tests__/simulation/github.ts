import type { Services } from '../../src/operations/run.ts'
import type { GitHub } from '../../src/github/connect.ts'
import type { Refusal } from '../../src/github/refusals.ts'
import { type Home, homeInWords } from '../../src/place.ts'
import type { Actor } from './actor.ts'
import type { Means } from './azure-devops.ts'
import type { Dice } from './dice.ts'
import { gitHubFailure } from './failures.ts'
import type { Call } from './call.ts'
import { HOME } from './entra.ts'
import { keyOf, type World } from './world.ts'

const KEY = { keyId: 'key', key: 'key' }
export const repositoryIds: Readonly<Record<string, number>> = {
  'hmcts/.github': 1,
  'hmcts/app-a': 2,
  'hmcts/app-b': 3,
}

/** GitHub's secrets as one run sees them. */
export function gitHubFor({ world, scheduler, watch }: Means, actor: Actor, last: boolean): GitHub {
  const read = <T>(doing: string, home: Home, store: string | undefined, effect: () => T): Promise<T> =>
    scheduler.call(
      actor,
      {
        doing,
        change: false,
        effect: () => {
          refuseTroubles(world, doing, home, store, false)
          return effect()
        },
        misfortune: (dice) => mishap(dice, doing, false),
      },
      last,
    )
  return {
    publicKey: (home, store) => read('read a public key', home, store, () => KEY),
    secret: (place) =>
      read(`look at ${keyOf(place)}`, place.home, place.store, () => {
        const secret = world.secret(place)
        if (secret === undefined) return undefined
        const visibility = place.home.kind === 'organization' ? secret.access.visibility : undefined
        return { writtenAt: secret.writtenAt, createdAt: secret.createdAt, visibility }
      }),
    selectedRepositories: (place) =>
      read(`read who is selected for ${keyOf(place)}`, place.home, place.store, () => {
        const access = world.secret(place)?.access
        return access?.visibility === 'selected' ? access.selected : []
      }),
    repository: (name) =>
      read(`look at ${name}`, { kind: 'repository', repository: name }, undefined, () => ({
        id: repositoryIds[name] ?? 0,
        name,
        archived: false,
        disabled: false,
        visibility: 'private',
      })),
    secretsOf: (home, store) =>
      read(`list the ${store} secrets of the ${homeInWords(home)}`, home, store, () => {
        const there = [...world.secrets.values()].filter(
          ({ place }) => place.store === store && JSON.stringify(place.home) === JSON.stringify(home),
        )
        return new Map(there.map(({ place, writtenAt }) => [place.name.toUpperCase(), writtenAt]))
      }),
    // `all` is resolved in scenes of its own: here the repositories have names.
    accountType: () => notSimulated('what kind of account the owner is'),
    repositories: () => notSimulated('the repositories of an organization'),
    reachedRepositories: () => notSimulated('the repositories that the token reaches'),
    organizationSecretsOf: (repository, store) =>
      read(`look at what reaches ${repository}`, { kind: 'repository', repository }, store, () =>
        [...world.secrets.values()]
          .filter(({ place }) => place.home.kind === 'organization' && place.store === store)
          .filter(
            ({ access: { visibility, selected } }) =>
              visibility !== 'selected' || selected.includes(repositoryIds[repository] ?? 0),
          )
          .map(({ place }) => place.name.toUpperCase()),
      ),
    room: () => Promise.resolve(),
    allowance: () => ({ pointsAMinute: 900, requests: Infinity, resetsAt: -Infinity, livesAnHour: true }),
    remove: (place) => {
      const doing = `remove ${keyOf(place)}`
      return scheduler.call(
        actor,
        {
          doing,
          change: true,
          effect: () => {
            refuseTroubles(world, doing, place.home, place.store, true)
            watch.removes(actor, place)
            return world.remove(place) ? 'removed' : 'already-gone'
          },
          misfortune: (dice) => mishap(dice, doing, true),
        },
        last,
      )
    },
    write: () => Promise.reject(new TypeError('secrets are written by writeSealed')),
  }
}

/** Writes without sealing; what GitHub refuses for good is noted, as is what it says it has written. */
export function writeSealedFor(means: Means, actor: Actor, last: boolean): Services['writeSealed'] {
  const { world, scheduler, watch } = means
  return async (place, text, { access, notAfter }) => {
    if (keyOf(place) === keyOf(HOME)) return storeRefreshToken(means, actor, text, last)
    const doing = `write ${keyOf(place)}`
    const pat = world.patIn(text)
    const given = access && { visibility: access.visibility, selected: access.selectedRepositoryIds }
    const effect = (): 'created' | 'updated' => {
      refuseTroubles(world, doing, place.home, place.store, true)
      watch.writes(actor, place, pat, given)
      const created = world.write(place, text, { slot: actor.slot, ...(given && { access: given }) })
      if (world.traced) world.tell(`${actor.name}: ${keyOf(place)} now holds "${pat?.displayName ?? ''}"`)
      return created ? 'created' : 'updated'
    }
    const answered = (): void => {
      if (pat !== undefined) actor.acknowledged.set(keyOf(place), pat)
    }
    const misfortune: Call<unknown>['misfortune'] = (dice) => mishap(dice, doing, true)
    return scheduler.call(actor, { doing, change: true, effect, answered, misfortune, notAfter }, last)
  }
}

async function storeRefreshToken(
  { world, scheduler, watch }: Means,
  actor: Actor,
  text: string,
  last: boolean,
): Promise<'created' | 'updated'> {
  const doing = `write ${keyOf(HOME)}`
  const effect = (): 'updated' => {
    watch.storesRefreshToken(actor, text)
    world.write(HOME, text, {})
    return 'updated'
  }
  const answered = (): void => {
    if (actor.rolled !== undefined) actor.rolled.stored = true
  }
  const misfortune: Call<unknown>['misfortune'] = (dice) => mishap(dice, doing, true)
  return scheduler.call(actor, { doing, change: true, effect, answered, misfortune }, last)
}

function notSimulated(what: string): Promise<never> {
  return Promise.reject(new TypeError(`${what} are not simulated`))
}

function refuseTroubles(
  { troubles }: World,
  doing: string,
  home: Home,
  store: string | undefined,
  change: boolean,
): void {
  const { organization, repository } = troubles
  if (home.kind === 'organization') {
    if (organization === undefined || !(change || organization.readsToo)) return
    if (organization.stores !== undefined && !organization.stores.includes(store ?? '')) return
    throw gitHubFailure(organization.refusal, doing, change)
  }
  if (repository === undefined || !(change || repository.readsToo) || repository.name !== home.repository) return
  throw gitHubFailure(repository.refusal, doing, change)
}

/** A passing trouble that outlasts the retries. */
function mishap(dice: Dice, doing: string, change: boolean): ReturnType<Call<unknown>['misfortune']> {
  const refusal: Refusal = dice.pick(
    'server-error',
    'server-error',
    'network',
    'unreadable',
    'rate-limited',
    'bad-credential',
    'no-permission',
  )
  const failure = gitHubFailure(refusal, doing, change)
  return { failure, happens: failure.fateUnknown ? dice.pick('not', 'now', 'now', 'late') : 'not' }
}
