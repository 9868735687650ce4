import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type BundleOptions, type BundleWorld, runBundle, startBundleWorld } from '../__tests__/bundle.ts'
import type { TranscriptEntry } from '../__tests__/emulator/wire.ts'
import { seedLive } from '../__tests__/world.ts'

const LATENCY = 100
const PAIRS = 9
const PAIRS_OF_RUNS = 5
const MEGABYTE = 1024 * 1024

interface Case {
  readonly name: string
  readonly most: number
  readonly inputs: (world: BundleWorld) => Record<string, string>
}

const cases: readonly Case[] = [
  {
    name: 'of a due renewal with an access token',
    most: 6,
    inputs: (world) => {
      seedLive(world)
      return {}
    },
  },
  {
    name: 'of a due renewal with a refresh token',
    most: 8,
    inputs: (world) => {
      seedLive(world)
      const value = world.entra.issueRefreshToken()
      world.github.seedSecret('hmcts/.github', 'actions', 'ADO_BOT_REFRESH_TOKEN', { value })
      return {
        'bot-access-token': '',
        'bot-refresh-token': value,
        'azure-tenant-id': world.entra.tenant,
        'azure-client-id': world.entra.application.clientId,
      }
    },
  },
  {
    name: 'of a run that is not due',
    most: 3,
    inputs: (world) => {
      seedLive(world, { ageDays: 10, daysLeft: 20 })
      return {}
    },
  },
]

console.log(`Node ${process.version} on ${process.platform} ${process.arch}\n`)
await start()
for (const one of cases) await roundTrips(one)
await memory()
bytes()

/** A run that ends at its inputs, beside a Node that does nothing: what everybody pays before anything is asked. */
async function start(): Promise<void> {
  const world = await startBundleWorld()
  try {
    const [bundle, bare]: [number[], number[]] = [[], []]
    const env = { PATH: process.env.PATH, INPUT_OPERATION: 'nonsense', GITHUB_REPOSITORY: 'hmcts/.github' }
    const milliseconds = (args: readonly string[], status: number): number => {
      const began = performance.now()
      const ended = spawnSync(process.execPath, args, { env, cwd: world.folder })
      if (ended.status !== status) throw new Error(`node ${args.join(' ')} ended with ${ended.status}`)
      return performance.now() - began
    }
    for (let pair = 0; pair < PAIRS; pair += 1) {
      bare.push(milliseconds(['-e', '0'], 0))
      bundle.push(milliseconds([join(world.folder, 'dist/index.js')], 1))
    }
    const ratio = median(bundle) / median(bare)
    const spelled = `${median(bundle).toFixed(0)} ms against ${median(bare).toFixed(0)} ms of bare Node`
    tell('Start with a bad input', ratio.toFixed(2), ratio, 2.2, spelled)
  } finally {
    await world.close()
  }
}

/** By the transcript, and by the clock: what 100 ms a request cost more than none. Interleaved, as the start is. */
async function roundTrips({ name, most, inputs }: Case): Promise<void> {
  const [without, withLatency]: [Timed[], Timed[]] = [[], []]
  for (let pair = 0; pair < PAIRS_OF_RUNS; pair += 1) {
    without.push(await timed(inputs, 0))
    withLatency.push(await timed(inputs, LATENCY))
  }
  const chain = Math.max(...withLatency.map(({ exchanges }) => longestChain(exchanges)))
  tell(
    `Sequential round trips ${name}`,
    String(chain),
    chain,
    most,
    `${withLatency[0]?.exchanges.length} requests in all`,
  )
  const [fast, slow] = [without, withLatency].map((runs) => median(runs.map(({ milliseconds }) => milliseconds)))
  const byClock = ((slow ?? NaN) - (fast ?? NaN)) / LATENCY
  // Timers are late and sealing takes its time, so the nearest whole number counts.
  const spelled = `${byClock.toFixed(1)}: ${slow?.toFixed(0)} ms against ${fast?.toFixed(0)} ms without latency`
  tell(`  the same by the clock`, byClock.toFixed(0), Math.round(byClock), most, spelled)
}

interface Timed {
  readonly milliseconds: number
  readonly exchanges: readonly TranscriptEntry[]
}

async function timed(inputs: Case['inputs'], latency: number): Promise<Timed> {
  return inWorld(async (world) => {
    const given = inputs(world)
    world.emulator.latency = latency
    const began = performance.now()
    const run = await succeeding(world, given)
    return { milliseconds: performance.now() - began, exchanges: run.exchanges }
  })
}

/** The longest chain in which each request arrived after the one before it had been answered. */
function longestChain(exchanges: readonly TranscriptEntry[]): number {
  const chains: { readonly left: number; readonly length: number }[] = []
  for (const { arrived, left } of exchanges.toSorted((one, other) => one.arrived - other.arrived)) {
    const before = chains.filter((chain) => chain.left <= arrived).map(({ length }) => length)
    chains.push({ left: left ?? Infinity, length: Math.max(0, ...before) + 1 })
  }
  return Math.max(0, ...chains.map(({ length }) => length))
}

/** The most that a renewal ever had in memory at once, told by the process itself at its end. */
async function memory(): Promise<void> {
  const hook = `process.on('exit', () => process.stderr.write('maxRSS ' + process.resourceUsage().maxRSS))`
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]
  const { stderr } = await inWorld((world) => {
    seedLive(world)
    return succeeding(world, {}, { nodeArgs })
  })
  const megabytes = (Number(/maxRSS (\d+)/.exec(stderr)?.[1]) * 1024) / MEGABYTE
  tell('Peak memory of a due renewal', `${megabytes.toFixed(0)} MB`, megabytes, 120)
}

function bytes(): void {
  const files = readdirSync('dist', { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  const sum = files.reduce((total, { parentPath, name }) => total + statSync(join(parentPath, name)).size, 0)
  console.log(`dist/: ${sum} bytes in ${files.length} files`)
}

async function inWorld<T>(work: (world: BundleWorld) => Promise<T>): Promise<T> {
  const world = await startBundleWorld()
  try {
    return await work(world)
  } finally {
    await world.close()
  }
}

async function succeeding(world: BundleWorld, inputs: Readonly<Record<string, string>>, options: BundleOptions = {}) {
  const run = await runBundle(world, inputs, options)
  if (run.exitCode !== 0) throw new Error(`the run failed:\n${run.shown}`)
  return run
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN
}

function tell(what: string, shown: string, value: number, most: number, more = ''): void {
  const missed = !(value <= most)
  if (missed) process.exitCode = 1
  console.log(`${what}: ${shown} (goal: at most ${most}${missed ? ', MISSED' : ''})${more === '' ? '' : `; ${more}`}`)
}
