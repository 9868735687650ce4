import { createFetch } from '../emulator/in-process-fetch.ts'
import { permitIdToken } from '../renew/bot/job.ts'
import { createScene, runInProcess, type Scene as InProcess } from '../scene.ts'
import { beforeRuns } from './always.ts'
import type { Evidence } from './evidence.ts'
import { type Exchange, type LedgerEntry, managedOf } from './ledger.ts'
import { nameOf } from './request-names.ts'
import { sceneNamed } from './scenes.ts'

/** A scene after one run that nothing struck, as the checks of the matrix are given it. Tests bend it. */
export interface Honest extends Evidence {
  readonly world: InProcess
  readonly last: LedgerEntry
  readonly seeded: LedgerEntry['before']
}

/** Milliseconds from one request to the next. */
const STEP = 5

/** Plays the scene in this process. `prepare`: what else is so before the run. */
export async function honest(name: string, prepare: (world: InProcess) => void = () => undefined): Promise<Honest> {
  const scene = sceneNamed(name)
  const world = await createScene()
  permitIdToken(world)
  scene.prepare(world)
  const [before, seeded] = [beforeRuns(world), managedOf(world)]
  prepare(world)
  const given = { 'revoke-superseded-after-hours': String(scene.grace), ...scene.inputs(world, false) }
  const exchanges: Exchange[] = []
  const fetch = createFetch(async (request) => {
    world.clock.pass(STEP)
    const exchange: Exchange = { name: nameOf(world, request), request, arrived: world.clock.now() }
    exchanges.push(exchange)
    exchange.outcome = await world.emulator.handle(request)
    world.clock.pass(STEP)
    exchange.left = world.clock.now()
    return exchange.outcome
  })
  const began = world.clock.now()
  const { conclusion, log } = await runInProcess(world, world.clock, given, { fetch })
  const { outcome, reason, failure } = conclusion
  const shown = [...log, ...(failure === undefined ? [] : [`Error: ${failure}`])].join('\n')
  const files = { stdout: '', stderr: '', summary: '', env: '', state: '', left: '' }
  const run: LedgerEntry['run'] = {
    ...{ exitCode: failure === undefined ? 0 : 1, signal: null, ...files, shown, masks: new Set() },
    ...{ outputs: { outcome, reason }, requests: [], exchanges: [], tunnels: [] },
  }
  const last: LedgerEntry = { began, struck: undefined, exchanges, given, run, before: seeded }
  return { scene, world, runs: [last], before, last, seeded }
}

/** The exchange whose name holds the text; the last of them. */
export function exchangeOf({ last }: Honest, text: string): Exchange {
  const found = last.exchanges.findLast(({ name }) => name.includes(text))
  if (found === undefined) throw new TypeError(`no request is called ${text}`)
  return found
}
