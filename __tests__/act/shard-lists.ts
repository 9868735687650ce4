import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SecretVisibility } from '../emulator/github/github.ts'
import { startTlsProxy } from '../emulator/tls-server.ts'
import { createWorld, SECRET, type World } from '../world.ts'
import { type Looked, stepOf } from './steps.ts'

interface Case {
  readonly title: string
  readonly prepare: (world: World) => void
  /** The repositories of both shards; or the words with which the step fails. */
  readonly expected: readonly string[] | string
  /** Default: hmcts. */
  readonly owner?: string
}

const ALL = ['.github', 'app-a', 'app-b', 'open']
const CANNOT_TELL = `Whom ${SECRET} of hmcts reaches cannot be told. GitHub answered`

const cases: readonly Case[] = [
  { title: 'a secret for all reaches all', prepare: secretFor('all'), expected: ALL },
  {
    title: 'a private one no public repository',
    prepare: secretFor('private'),
    expected: ['.github', 'app-a', 'app-b'],
  },
  { title: 'a selected one those', prepare: secretFor('selected', ['hmcts/app-b']), expected: ['app-b'] },
  { title: 'without a secret it is all', prepare: () => undefined, expected: ALL },
  {
    title: 'a secret that a 404 hides from the token is no missing one',
    prepare: (world) => {
      secretFor('selected', ['hmcts/app-b'])(world)
      world.github.refuse({ home: 'hmcts', status: 404 })
    },
    expected: `${CANNOT_TELL} 404: Not Found. The App needs the organization permission Secrets: read.`,
  },
  {
    title: 'nor is one of which the key is refused',
    prepare: ({ github }) => void github.refuse({ at: '/secrets/public-key', status: 403 }),
    expected: `${CANNOT_TELL} 403: Resource not accessible by integration.`,
  },
  {
    title: 'a refused one stops',
    prepare: ({ github }) => void github.refuse({ home: 'hmcts', status: 403 }),
    expected: `${CANNOT_TELL} 403: Resource not accessible by integration.`,
  },
  {
    title: 'an answer that says nothing of whom it reaches stops',
    prepare: ({ emulator }) => {
      emulator.faults.add({ kind: 'status', status: 200, at: `/secrets/${SECRET}`, body: {}, times: Infinity })
    },
    expected: 'has the visibility "null"; expected all, private or selected.',
  },
  {
    title: 'a person has no organization secret',
    prepare: ({ github }) => {
      github.addUser('someone')
      github.addRepository('someone/tool')
    },
    owner: 'someone',
    expected: ['tool'],
  },
  {
    title: 'a short page ends no list of repositories',
    prepare: (world) => {
      secretFor('all')(world)
      inShortPages(world, '/installation/repositories', ['app-a', 'app-b', 'open'])
    },
    expected: ['app-a', 'app-b', 'open'],
  },
  {
    title: 'a short page ends no list of selected ones',
    prepare: (world) => {
      secretFor('selected', ['hmcts/app-a'])(world)
      inShortPages(world, `/secrets/${SECRET}/repositories`, ['app-a', 'open'])
    },
    expected: ['app-a', 'open'],
  },
]

function secretFor(visibility: SecretVisibility, selectedRepositories: readonly string[] = []) {
  return ({ github }: World): void => {
    github.seedSecret('hmcts', 'actions', SECRET, { value: 'a PAT', visibility, selectedRepositories })
  }
}

/** One repository a page, of which the Link header says whether another one follows; for each of two shards. */
function inShortPages({ emulator, github }: World, list: string, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const { id } = github.repository(`hmcts/${name}`)
    const next = { Link: `<https://api.github.com${list}?page=${index + 2}>; rel="next", <https://x>; rel="last"` }
    emulator.faults.add({
      kind: 'status',
      status: 200,
      at: `${list}?per_page=100&page=${index + 1}`,
      headers: index + 1 < names.length ? next : { Link: '<https://x>; rel="first"' },
      body: { total_count: names.length, repositories: [{ id, name, private: name !== 'open' }] },
      times: 2,
    })
  }
}

/** The step `shard` of the reusable workflow, by itself, against the emulated GitHub. */
export async function shardLists(): Promise<Looked> {
  if (['jq', 'curl'].some((tool) => spawnSync(tool, ['--version']).status !== 0)) {
    console.log('skipped: there is no jq or no curl, with which a shard of renew.yml finds its repositories')
    return { right: 0, wrong: [], skipped: cases.length }
  }
  const wrong: string[] = []
  for (const one of cases) wrong.push(...(await complaints(one)))
  return { right: cases.length - wrong.length, wrong, skipped: 0 }
}

async function complaints({ title, prepare, expected, owner = 'hmcts' }: Case): Promise<readonly string[]> {
  const world = await createWorld({ clock: { now: Date.now } })
  world.github.addRepository('hmcts/open', { visibility: 'public' })
  world.github.addRepository('hmcts/old', { archived: true })
  prepare(world)
  const token = world.github.token({
    kind: 'app',
    permissions: { organization_secrets: 'read', secrets: 'write' },
    owner,
  })
  const proxy = await startTlsProxy(world.emulator)
  const found: string[] = []
  let said = ''
  for (const shard of ['1', '2']) {
    const ran = await runShard({ TOKEN: token, OWNER: owner, SHARD: shard, SHARDS: '2' }, proxy)
    said += `${ran.exitCode}: ${ran.log}\n`
    found.push(...ran.names)
  }
  await proxy.close()
  const right =
    typeof expected === 'string'
      ? found.length === 0 && /^1: .*::error /.test(said) && said.includes(expected)
      : found.toSorted().join() === expected.join()
  return right && !said.includes(token)
    ? []
    : [`the shards where ${title}: ${found.join()}, expected: ${[expected].flat().join()}\n${said}`]
}

interface Ran {
  readonly exitCode: number | null
  readonly log: string
  readonly names: readonly string[]
}

async function runShard(
  env: Readonly<Record<string, string>>,
  { proxyUrl, caFile }: { readonly proxyUrl: string; readonly caFile: string },
): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'shard-'))
  const output = join(folder, 'output')
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', stepOf('shard').run ?? ''], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HTTPS_PROXY: proxyUrl,
      CURL_CA_BUNDLE: caFile,
      GITHUB_API_URL: 'https://api.github.com',
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: output,
      SECRET,
      ...env,
    },
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text))
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve)
  })
  const written = exitCode === 0 ? await readFile(output, 'utf8') : ''
  await rm(folder, { recursive: true, force: true })
  const names = written.split('\n').filter((line) => line !== '' && !line.endsWith('END_OF_NAMES'))
  return { exitCode, log, names }
}
