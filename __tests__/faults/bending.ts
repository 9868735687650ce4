import { expect, test } from '@jest/globals'
import type { WireRequest } from '../emulator/wire.ts'
import { SECRET } from '../world.ts'
import { neverHappens } from './always.ts'
import { faultKinds } from './fault-kinds.ts'
import { type Honest, honest } from './honest.ts'
import type { Exchange } from './ledger.ts'

export const ORGANIZATION = `${SECRET} (actions) of hmcts`
export const WRITE = `PUT api.github.com/orgs/hmcts/actions/secrets/${SECRET}`
export const REFUSED_MINT = 'POST vssps'

type Store = 'actions' | 'dependabot'
interface Entry {
  value: string
  at: number
  by: string
}

/** What a secret ever held, to be changed. */
export function historyOf({ world }: Honest, home = 'hmcts', name = SECRET, store: Store = 'actions'): Entry[] {
  return (world.github.secret(home, store, name)?.history ?? []) as Entry[]
}

export function newest(game: Honest): Honest['seeded'][number] {
  const pat = game.world.ado.pats.at(-1)
  if (pat === undefined) throw new TypeError('no PAT')
  return pat
}

export function bendRequest(exchange: Exchange, change: Partial<WireRequest>): void {
  Object.assign(exchange, { request: { ...exchange.request, ...change } })
}

export function bendHeaders(exchange: Exchange, headers: Readonly<Record<string, string>>): void {
  bendRequest(exchange, { headers: { ...exchange.request.headers, ...headers } })
}

export function bendBody(exchange: Exchange, change: object): void {
  const body = JSON.parse(exchange.request.body) as object
  bendRequest(exchange, { body: JSON.stringify({ ...body, ...change }) })
}

/** One more request, like that one. */
export function send({ last }: Honest, like: Exchange, method: string, pathname: string, body = ''): void {
  const request = { ...like.request, method, url: new URL(pathname, like.request.url), body }
  ;(last.exchanges as Exchange[]).push({ ...like, request })
}

export function reseed({ world }: Honest, name: string, store: Store, access: object): void {
  const { value = '' } = world.github.secret('hmcts', store, name) ?? {}
  world.github.seedSecret('hmcts', store, name, { value, ...access })
}

export function struckBy(game: Honest, name: string): void {
  Object.assign(game.last, { struck: faultKinds.find((fault) => fault.name === name) })
}

export function ends(game: Honest, changes: object, outputs: object = {}): void {
  Object.assign(game.last.run, changes, { outputs: { ...game.last.run.outputs, ...outputs } })
}

export const basic = (value: string): object => ({
  authorization: `Basic ${Buffer.from(`:${value}`).toString('base64')}`,
})

export type Bend = readonly [what: string, scene: string, bend: (game: Honest) => unknown, sentence: string | RegExp]

export function failsAfterAll(game: Honest): void {
  const reason = 'Could not go on. Run it again, for once more.'
  ends(game, { exitCode: 1, shown: `Error: ${reason}` }, { outcome: 'failed', reason })
}

export function played(name: string): Promise<Honest> {
  if (name !== REFUSED_MINT) return honest(name)
  return honest('organization', ({ ado }) => {
    ado.nextMintError('invalidScope')
  })
}

/** A test for each: bends one thing of an honest run, for which the checks must say that one sentence and no other. */
export function eachIsFoundOut(bends: readonly Bend[]): void {
  test.each(bends)('%s (%s)', async (_, name, bend, sentence) => {
    const game = await played(name)
    bend(game)
    expect(neverHappens(game)).toEqual([typeof sentence === 'string' ? sentence : expect.stringMatching(sentence)])
  })
}
