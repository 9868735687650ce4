import { expect, test } from '@jest/globals'
import type { Place, RepositoryName } from '../../src/place.ts'
import { type Actor, quietly } from './actor.ts'
import { feedFor } from './azure-devops.ts'
import { Dice } from './dice.ts'
import { Entra } from './entra.ts'
import { actorFor, type Asked, usualSetup } from './runs.ts'
import { Scheduler } from './scheduler.ts'
import { SECRET_MARK, tellsASecret } from './secrecy.ts'
import { Watch } from './watch.ts'
import { World, type WorldPat } from './world.ts'

const SKEW = [0, 0] as const

function stage(asked: Partial<Asked> = {}): { world: World; watch: Watch; actor: Actor; pat: WorldPat } {
  const world = new World({ began: 0, ends: 1, azureDevOps: SKEW, gitHub: SKEW })
  const actor = actorFor(0, usualSetup, { name: 'run 1', skew: 0, fate: quietly, ...asked })
  const displayName = 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z pending'
  const pat = world.addPat({ displayName, scopes: [], validFrom: 0, validTo: 9e9, knownFrom: 0, proved: true })
  actor.minted = pat
  return { world, watch: new Watch(world), actor, pat }
}

/** What the watch says of a deed. */
function noticed(watch: Watch, deed: () => void): string | undefined {
  watch.breach = undefined
  try {
    deed()
  } catch (error) {
    expect(error).toBe(watch.breach)
  }
  return breachOf(watch)
}

function breachOf({ breach }: Watch): string | undefined {
  return breach?.message
}

function placeIn(repository: RepositoryName): Place {
  const home = { kind: 'repository', repository } as const
  return { home, store: 'actions', name: 'AZURE_DEVOPS_ARTIFACT_TOKEN', form: 'plain' }
}

const value = `${SECRET_MARK}-PAT-17`

test.each([
  ['as it is', value],
  ['in base64', btoa(value)],
  ['in base64 of :value', btoa(`:${value}`)],
  ['in base64 of user:value', btoa(`AzureDevOps:${value}`)],
  ['in base64 of x:value', btoa(`x:${value}`)],
  ['in JSON', JSON.stringify({ a: [value] })],
])('2: a secret that is told %s', (_, text) => {
  expect(tellsASecret(`Wrote ${text}.`)).toBe(true)
})

test('2: what names no secret tells none', () => {
  expect(tellsASecret('Minted "AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z pending" (id-2).')).toBe(
    false,
  )
  const { watch, actor } = stage()
  watch.tells(actor, 'its log', `Wrote ${value}.`)
  expect(watch.breach?.message).toMatch(/^run 1 tells a secret in its log/)
})

test('3: a repository that no input names', () => {
  const { watch, actor, pat } = stage()
  watch.writes(actor, placeIn('hmcts/.github'), pat, undefined)
  const place = placeIn('hmcts/app-a')
  expect(
    noticed(watch, () => {
      watch.writes(actor, place, pat, undefined)
    }),
  ).toMatch(/which its inputs do not name$/)
  expect(
    noticed(watch, () => {
      watch.removes(actor, place)
    }),
  ).toMatch(/which its inputs do not name$/)
})

test('3: the organization secret, with target: repositories', () => {
  const { watch, pat } = stage()
  const setup = { ...usualSetup, target: 'repositories' as const }
  const actor = { ...actorFor(0, setup, { name: 'run 1', skew: 0, fate: quietly }), minted: pat }
  const place: Place = { ...placeIn('hmcts/.github'), home: { kind: 'organization', organization: 'hmcts' } }
  expect(
    noticed(watch, () => {
      watch.writes(actor, place, pat, undefined)
    }),
  ).toMatch(/do not name$/)
})

test.each(['check', 'extend', 'revoke'] as const)('an operation that does what is not its own: %s', (operation) => {
  const { watch, actor, pat } = stage({ operation })
  const place = placeIn('hmcts/.github')
  const deeds: readonly ((watch: Watch) => void)[] = [
    (one) => {
      one.mints(actor)
    },
    (one) => {
      one.writes(actor, place, pat, undefined)
    },
    (one) => {
      one.removes(actor, place)
    },
    (one) => {
      one.copies(actor, pat, pat.authorizationId)
    },
    (one) => {
      if (operation === 'revoke') one.changesPat(actor, pat)
      else one.revokes(actor, pat)
    },
  ]
  for (const deed of deeds)
    expect(
      noticed(watch, () => {
        deed(watch)
      }),
    ).toMatch(new RegExp(`^run 1 .*, and was to ${operation}$`))
})

test('6: Azure DevOps is asked before the rolled refresh token is stored, or something else is stored', () => {
  const { watch, actor } = stage()
  const ask = (): void => {
    watch.asksAzureDevOps(actor, 'list the PATs')
  }
  const store = (text: string) => (): void => {
    watch.storesRefreshToken(actor, text)
  }
  expect(noticed(watch, ask)).toBeUndefined()
  expect(noticed(watch, store('second'))).toMatch(/that Entra did not give it$/)
  actor.rolled = { newest: 'second', used: 'first', stored: false }
  expect(noticed(watch, ask)).toMatch(/before the rolled refresh token is stored$/)
  expect(noticed(watch, store('second'))).toMatch(/other refresh tokens/)
  expect(noticed(watch, store('first\nsecond'))).toMatch(/other refresh tokens/)
  expect(noticed(watch, store('second\nfirst'))).toBeUndefined()
})

test('6: a refresh token lives on, ends with the next, or ends at once', () => {
  const after = (rolling: Entra['rolling']): readonly boolean[] => {
    const entra = new Entra(rolling)
    const first = entra.issue()
    const second = entra.roll(first)
    const once = entra.takes(first)
    entra.roll(second)
    return [once, entra.takes(first), entra.takes(second)]
  }
  expect(after('lives-on')).toEqual([true, true, true])
  expect(after('ends-with-the-next')).toEqual([true, false, true])
  expect(after('ends-at-once')).toEqual([false, false, false])
})

test('1: a feed that takes a made-up PAT as well proves none', async () => {
  const { world, watch, actor, pat } = stage()
  pat.proved = false
  const dice = new Dice(1)
  const prove = feedFor({ world, watch, dice, scheduler: new Scheduler(world, dice) }, actor)
  world.begin({ feed: 'takes-anybody' })
  expect(await prove(pat.value)).toMatchObject({ proof: 'says-nothing' })
  expect(pat.proved).toBe(false)
  world.end({ feed: 'takes-anybody' })
  expect(await prove(pat.value)).toEqual({ proof: 'accepted' })
  expect(pat.proved).toBe(true)
})
