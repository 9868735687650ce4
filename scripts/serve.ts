import { spawn } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { usualInputs } from '../__tests__/action.ts'
import { startTlsProxy } from '../__tests__/emulator/tls-server.ts'
import { createWorld, seedLive } from '../__tests__/world.ts'

/**
 * The emulated services as a process of their own, for a workflow whose steps use the action on them.
 * `start` leaves it running and sets the step outputs `proxy`, `ca`, `control`, `current-pat` and those of the usual inputs;
 * `check` says whether the organization secret holds a new PAT that the feed takes, and ends it.
 * Written for every platform that a runner has: no shell, no signal.
 */
const [command, ready] = process.argv.slice(2)
const MOST_MINUTES = 15

if (command === 'start') await start()
else if (command === 'check') await check()
else if (command === 'serve' && ready !== undefined) await serve(ready)
else throw new Error('Expected start, or check with CONTROL set to what start said.')

async function start(): Promise<void> {
  const file = join(await mkdtemp(join(tmpdir(), 'emulated-')), 'ready.json')
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'serve', file], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  })
  child.unref()
  const outputs = await said(file)
  for (const [name, value] of Object.entries(outputs)) {
    if (/token|pat$/.test(name)) console.log(`::add-mask::${value}`)
    if (process.env.GITHUB_OUTPUT !== undefined) await appendFile(process.env.GITHUB_OUTPUT, `${name}=${value}\n`)
  }
  console.log(`The emulated services answer behind the proxy ${outputs.proxy}.`)
}

async function said(file: string): Promise<Record<string, string>> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
    await pause(100)
  }
  throw new Error('The emulated services did not start within 30 s.')
}

async function serve(file: string): Promise<void> {
  const world = await createWorld({ clock: { now: Date.now } })
  const proxy = await startTlsProxy(world.emulator)
  const old = seedLive(world)
  const control = createServer((request, response) => {
    const held = world.held()
    const wrong = [
      ...(held === undefined || held === old ? ['the organization secret holds no new PAT'] : []),
      ...(held !== undefined && !world.ado.accepts(held.token) ? ['the feed refuses what the secret holds'] : []),
      ...world.emulator.unknown.map((request) => `a request that no service knows: ${request}`),
    ]
    response.end(JSON.stringify({ transcript: world.transcript(), wrong }), () => {
      if (request.method === 'POST') process.exit()
    })
  })
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve))
  const outputs = {
    ...usualInputs(world),
    proxy: proxy.proxyUrl,
    ca: proxy.caFile,
    control: `http://127.0.0.1:${(control.address() as AddressInfo).port}`,
    'current-pat': old.token,
  }
  // Whoever waits for the file never reads the half of it.
  await writeFile(`${file}.part`, JSON.stringify(outputs))
  await rename(`${file}.part`, file)
  setTimeout(() => process.exit(), MOST_MINUTES * 60_000)
}

async function check(): Promise<void> {
  const answer = await fetch(process.env.CONTROL ?? '', { method: 'POST' })
  const { transcript, wrong } = (await answer.json()) as { transcript: string[]; wrong: string[] }
  console.log(transcript.join('\n'))
  for (const complaint of wrong) console.log(`::error::${complaint}`)
  console.log(wrong.length === 0 ? 'The organization secret holds a new PAT, and the feed takes it.' : 'It went wrong.')
  process.exitCode = wrong.length === 0 ? 0 : 1
}
