import { spawn, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startTlsProxy, type TlsProxy } from '../emulator/tls-server.ts'
import { createWorld, type World } from '../world.ts'
import { startApps, type Apps } from './apps.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** An organization with a repository `.github`, whose workflows act runs. */
export interface ActWorld extends World {
  readonly apps: Apps
  readonly proxy: TlsProxy
  /** A checkout with the workflows of `examples/`. */
  readonly checkout: string
  /** The action at its tag v1: what is committed, and nothing around it. */
  readonly released: string
  readonly folder: string
  /** As the organization's settings hold them. */
  readonly variables: Record<string, string>
  readonly secrets: Record<string, string>
  close(): Promise<void>
}

export interface ActRun {
  readonly exitCode: number | null
  readonly log: string
  /** The requests of this run alone, in words. */
  readonly requests: readonly string[]
}

export interface ActOptions {
  readonly event?: 'workflow_dispatch' | 'schedule' | 'push'
  readonly inputs?: Readonly<Record<string, string>>
  readonly more?: readonly string[]
  /** Default: the checkout of `.github`. */
  readonly cwd?: string
}

const REPOSITORY = 'hmcts/.github'

/** act, if there is one: ACT, or the one on the PATH. */
export function actProgram(): string | undefined {
  const program = process.env.ACT ?? 'act'
  return spawnSync(program, ['--version']).status === 0 ? program : undefined
}

export async function startActWorld(): Promise<ActWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'act-'))
  const world = await createWorld({ clock: { now: Date.now } })
  const [proxy, apps] = await Promise.all([startTlsProxy(world.emulator), startApps(world, REPOSITORY)])
  const released = join(folder, 'released')
  for (const part of ['action.yml', 'dist', '.github/workflows/renew.yml'])
    await cp(join(root, part), join(released, part), { recursive: true })
  const checkout = join(folder, 'checkout')
  await cp(join(root, 'examples'), join(checkout, '.github/workflows'), { recursive: true })
  commit(checkout, REPOSITORY)
  // Without a file of its own act asks a question.
  await mkdir(join(folder, 'act'))
  await writeFile(join(folder, 'act/actrc'), '')
  return {
    ...world,
    apps,
    proxy,
    checkout,
    released,
    folder,
    variables: {},
    secrets: {},
    close: async () => {
      apps.close()
      await proxy.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** This repository as it is checked out, with what is installed beside it. */
export async function checkoutOfThisRepository({ folder }: ActWorld): Promise<string> {
  const checkout = join(folder, 'this')
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const name of listed.stdout.split('\0').filter((name) => name !== '')) {
    await mkdir(dirname(join(checkout, name)), { recursive: true })
    await cp(join(root, name), join(checkout, name), { force: true })
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
  commit(checkout, 'hmcts/ado-artifacts-token-renewal')
  return checkout
}

function commit(checkout: string, repository: string): void {
  const git = (...args: string[]): void => {
    const { status, stderr } = spawnSync('git', args, { cwd: checkout, encoding: 'utf8' })
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  }
  git('init', '--quiet', '--initial-branch=main')
  git('remote', 'add', 'origin', `https://github.com/${repository}`)
  git('add', '--all')
  const who = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@example.invalid', '-c', 'commit.gpgsign=false']
  git(...who, 'commit', '--quiet', '--message=As it is')
}

/** Runs one workflow as act's own host does: no container, third-party actions from `__tests__/act`. */
export async function runAct(world: ActWorld, workflow: string, options: ActOptions = {}): Promise<ActRun> {
  const { event = 'workflow_dispatch', inputs = {}, more = [], cwd = world.checkout } = options
  const secretFile = join(world.folder, 'secrets')
  await writeFile(secretFile, dotenv(world.secrets))
  const began = world.emulator.transcript.length
  const args = [
    event,
    ...['--workflows', `.github/workflows/${workflow}`, '--platform', 'ubuntu-latest=-self-hosted'],
    ...['--secret-file', secretFile, '--no-cache-server', '--action-cache-path', join(world.folder, 'cache')],
    ...(await standIns(world)).flatMap((standIn) => ['--local-repository', standIn]),
    ...Object.entries(world.variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
    ...Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]),
    ...more,
  ]
  const child = spawn(actProgram() ?? 'act', args, {
    cwd,
    env: { ...environment(world), XDG_CONFIG_HOME: world.folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  return { exitCode, log, requests: world.transcript().slice(began) }
}

function environment({ proxy, apps }: ActWorld): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return {
    PATH,
    HOME,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    HTTPS_PROXY: proxy.proxyUrl,
    NODE_EXTRA_CA_CERTS: proxy.caFile,
    CURL_CA_BUNDLE: proxy.caFile,
    EMULATED_APPS: apps.url,
  }
}

/** `owner/name@ref=folder` of all that a workflow uses, by the very commits that the workflows name. */
async function standIns({ released }: ActWorld): Promise<readonly string[]> {
  const names = ['ci.yml', 'renew.yml'].map((name) => readFile(join(root, '.github/workflows', name), 'utf8'))
  const text = (await Promise.all(names)).join('\n')
  const used = new Set(
    [...text.matchAll(/uses: (actions\/(?!checkout)[\w-]+)@(\w+)/g)].map(([, at, ref]) => `${at}@${ref}`),
  )
  return [
    `hmcts/ado-artifacts-token-renewal@v1=${released}`,
    ...[...used].map((use) => `${use}=${join(root, '__tests__/act', use.replace(/^actions\/|@.*/g, ''))}`),
  ]
}

function dotenv(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
    .join('')
}
