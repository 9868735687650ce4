import sodium from 'libsodium-wrappers'
import type { PointsEntry } from '../../__tests__/emulator/github/github.ts'
import { broken, createSweep, type Sweep, withoutCopy } from '../../__tests__/sweep.ts'
import { SECRET } from '../../__tests__/world.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const BUDGET = 900

/** One way of writing the same list, as GitHub saw it. Times are milliseconds since its first request. */
export interface Measured {
  readonly repositories: number
  readonly took: number
  readonly points: number
  /** Of the 900 points a minute that are allowed, the share in use in the minutes that begin after the first one and are whole. */
  readonly share: number
  readonly mostInAMinute: number
  readonly limitsMet: number
  readonly log: readonly PointsEntry[]
}

/** The action: `repositories: all` in place of an organization secret that GitHub refuses to write. */
export async function byTheAction(count: number): Promise<Measured> {
  const sweep = await createSweep(count)
  const { conclusion } = await sweep.run()
  if (conclusion.outcome !== 'renewed') throw new Error(conclusion.failure)
  return measured(sweep)
}

/** What one writes by hand: for each repository its key, then the secret, one write a second. */
export async function byAPlainLoop(count: number): Promise<Measured> {
  const sweep = await createSweep(count)
  const { world, clock, names } = sweep
  const token = world.github.token({ kind: 'app', permissions: { secrets: 'write' } })
  const pat = world.ado.pats[0]?.token ?? ''
  const headers = { authorization: `Bearer ${token}`, 'user-agent': 'a plain loop' }
  await sodium.ready
  const { ORIGINAL } = sodium.base64_variants
  for (const name of names) {
    const next = clock.now() + SECOND
    const secrets = `https://api.github.com/repos/${name}/actions/secrets`
    const answer = await world.emulator.fetch(`${secrets}/public-key`, { headers })
    const { key, key_id } = (await answer.json()) as { key: string; key_id: string }
    const sealed = sodium.crypto_box_seal(pat, sodium.from_base64(key, ORIGINAL))
    const body = JSON.stringify({ key_id, encrypted_value: sodium.to_base64(sealed, ORIGINAL) })
    const { status } = await world.emulator.fetch(`${secrets}/${SECRET}`, { method: 'PUT', headers, body })
    if (status !== 201) throw new Error(`${name}: ${status}`)
    await clock.sleep(next - clock.now())
  }
  return measured(sweep)
}

function measured(sweep: Sweep): Measured {
  const failed = [...withoutCopy(sweep), ...broken(sweep)]
  if (failed.length > 0) throw new Error(`${failed.length} repositories have no PAT that works, e.g. ${failed[0]}`)
  const { github } = sweep.world
  return figuresOf(github.pointsLog, sweep.names.length, github.limits.answered)
}

export function figuresOf(entries: readonly PointsEntry[], repositories: number, limitsMet: number): Measured {
  const zero = entries[0]?.at ?? 0
  const log = entries.map((entry) => ({ ...entry, at: entry.at - zero }))
  const took = log.at(-1)?.at ?? 0
  const points = sum(log)
  return {
    repositories,
    took,
    points,
    share: meanOf(wholeMinutes(log, took)) / BUDGET,
    mostInAMinute: Math.max(...slidingMinutes(log)),
    limitsMet,
    log,
  }
}

/** The points of the minute that begins with each request. */
function slidingMinutes(log: readonly PointsEntry[]): readonly number[] {
  let [end, inside] = [0, 0]
  return log.map(({ at, points }) => {
    for (let next = log[end]; next !== undefined && next.at < at + MINUTE; next = log[++end]) inside += next.points
    const now = inside
    inside -= points
    return now
  })
}

/** The points of every minute that begins on a whole second after the first minute, and ends before the last request. */
function wholeMinutes(log: readonly PointsEntry[], took: number): readonly number[] {
  const seconds = Math.max(0, Math.floor((took - 2 * MINUTE) / SECOND))
  return Array.from({ length: seconds + 1 }, (_, second) => {
    const from = MINUTE + second * SECOND
    return sum(log.filter(({ at }) => at >= from && at < from + MINUTE))
  })
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}

function sum(log: readonly PointsEntry[]): number {
  return log.reduce((total, { points }) => total + points, 0)
}
