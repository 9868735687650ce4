import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { action, inputsFrom, usualInputs } from './action.ts'
import { applyMasks, masksAdded, withoutMaskCommands } from './bundle/shown.ts'
import { environmentOf, filesOf, heredocsIn, leftIn, variablesOf } from './bundle/step.ts'
import { startTlsProxy, type TlsProxy } from './emulator/tls-server.ts'
import type { TranscriptEntry } from './emulator/wire.ts'
import { leaksOf } from './leaks/forms.ts'
import { secretsOf } from './leaks/secrets-of.ts'
import { createWorld, type World } from './world.ts'

export { applyMasks } from './bundle/shown.ts'

/** A world in real time, reached through the proxy alone, with the bundle beside it in a folder of its own. */
export interface BundleWorld extends World {
  readonly proxy: TlsProxy
  /** GITHUB_API_URL. */
  readonly apiUrl: string
  /** Temporary; removed by `close`. */
  readonly folder: string
  close(): Promise<void>
}

export interface BundleOptions {
  /** On top of what the runner sets; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Sent to the process when a request arrives whose `host/path?query` contains `at`, `after` so many others of them. */
  readonly signal?: {
    readonly name: NodeJS.Signals
    readonly at: string
    readonly method?: string
    readonly after?: number
  }
  readonly nodeArgs?: readonly string[]
  /** Given the process as soon as there is one. */
  readonly started?: (child: ChildProcess) => void
  readonly repository?: string
  /** The run is given up after so many. Default: one. */
  readonly minutes?: number
  /** Requests that no service knows are no error of the test. */
  readonly strangers?: boolean
}

/** What became of one step. */
export interface BundleRun {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The standard output as people see it. */
  readonly shown: string
  /** Every value that the runner was told to mask. */
  readonly masks: ReadonlySet<string>
  readonly outputs: Readonly<Record<string, string>>
  readonly summary: string
  /** What was written to GITHUB_ENV and to GITHUB_STATE. */
  readonly env: string
  readonly state: string
  /** Every file that is left in HOME, RUNNER_TEMP and the workspace, with what it holds. */
  readonly left: string
  /** The requests of this run alone, in words. */
  readonly requests: readonly string[]
  readonly exchanges: readonly TranscriptEntry[]
  /** host:port of every connection that went through the proxy. */
  readonly tunnels: readonly string[]
}

export async function startBundleWorld(options: { readonly githubHost?: string } = {}): Promise<BundleWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  // A copy that has no node_modules around it: whatever is not in dist/ must not be needed.
  const built = dirname(fileURLToPath(new URL(`../${action.runs.main}`, import.meta.url)))
  await cp(built, join(folder, 'dist'), { recursive: true })
  const world = await createWorld({ clock: { now: Date.now }, ...options })
  const proxy = await startTlsProxy(world.emulator)
  return {
    ...world,
    proxy,
    apiUrl: `https://${options.githubHost ?? 'api.github.com'}`,
    folder,
    close: async () => {
      await proxy.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Runs dist/index.js once as the runner would, with the usual inputs and these.
 * @throws where a secret stands anywhere but in an add-mask command or the output `token`, and after a minute, or as many as `minutes` says
 */
export async function runBundle(
  world: BundleWorld,
  given: Readonly<Record<string, string>> = {},
  options: BundleOptions = {},
): Promise<BundleRun> {
  const { repository = 'hmcts/.github', env = {}, nodeArgs = [], signal, strangers = false } = options
  const inputs = inputsFrom({ ...usualInputs(world), ...given }, repository)
  const files = await filesOf(world.folder)
  const [began, tunnelsBefore] = [world.emulator.transcript.length, world.proxy.tunnels.length]
  const child = spawn(process.execPath, [...nodeArgs, join(world.folder, 'dist/index.js')], {
    cwd: files.workspace,
    env: { ...environmentOf(world, repository, files), ...variablesOf(inputs), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  options.started?.(child)
  if (signal !== undefined) {
    const { name, ...where } = signal
    world.emulator.faults.add({ kind: 'act', ...where, act: () => void child.kill(name) })
  }
  const ended = await endOf(child, options.minutes)
  const [output, summary, envFile, state] = await Promise.all(
    [files.output, files.summary, files.env, files.state].map((file) => readFile(file, 'utf8')),
  )
  const outputs = heredocsIn(output ?? '')
  const others = Object.entries(outputs).filter(([name]) => name !== 'token')
  const run = {
    ...ended,
    shown: applyMasks(ended.stdout),
    masks: masksAdded(ended.stdout),
    outputs,
    summary: summary ?? '',
    env: envFile ?? '',
    state: state ?? '',
    left: await leftIn(files),
    requests: world.transcript(began),
    exchanges: world.emulator.transcript.slice(began),
    tunnels: world.proxy.tunnels.slice(tunnelsBefore),
  }
  const leaks = leaksOf(secretsOf(world, inputs), {
    'the log': withoutMaskCommands(run.stdout),
    'standard error': run.stderr,
    'the outputs': JSON.stringify(others),
    'the summary': run.summary,
    GITHUB_ENV: run.env,
    GITHUB_STATE: run.state,
    'the files of the step': run.left,
  })
  if (leaks.length > 0) throw new Error(`secrets got out: ${leaks.join('; ')}`)
  if (!strangers && world.emulator.unknown.length > 0)
    throw new Error(`unknown requests: ${world.emulator.unknown.join(', ')}`)
  return run
}

/** What `permissions: id-token: write` adds to a job. */
export function idTokenOf({ oidc }: World): Record<string, string> {
  return { ACTIONS_ID_TOKEN_REQUEST_URL: oidc.requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidc.requestToken }
}

/** GitHub dates writes by the second: two within one look like one. */
export async function nextSecond(): Promise<void> {
  await setTimeout(1000 - (Date.now() % 1000))
}

const MINUTE = 60_000

function endOf(
  child: ChildProcess,
  minutes = 1,
): Promise<Pick<BundleRun, 'exitCode' | 'signal' | 'stdout' | 'stderr'>> {
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    const late = globalThis.setTimeout(() => {
      child.kill('SIGKILL')
      reject(
        new Error(`The bundle did not end within ${minutes} min. Its log so far:\n${applyMasks(stdout)}\n${stderr}`),
      )
    }, minutes * MINUTE)
    child.on('error', reject).on('close', (exitCode, signal) => {
      clearTimeout(late)
      resolve({ exitCode, signal, stdout, stderr })
    })
  })
}
