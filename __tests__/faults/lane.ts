import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { action } from '../action.ts'
import type { BundleWorld } from '../bundle.ts'
import type { Emulator, Outcome } from '../emulator/emulator.ts'
import { startTlsProxy, type TlsProxy } from '../emulator/tls-server.ts'
import type { WireRequest } from '../emulator/wire.ts'
import { createWorld, type World } from '../world.ts'
import { type FastClock, livesByTheClock } from './fast-clock.ts'

/** Sees every request, and decides what becomes of it; `go` hands it to the world. */
export type Tap = (request: WireRequest, go: () => Promise<Outcome>) => Promise<Outcome>

/** One case after another runs here, each in a world of its own behind the same proxy. */
export interface Lane {
  enter(clock: FastClock): Promise<BundleWorld & { readonly tapBy: (tap: Tap) => void }>
  /** Lets what the last process has sent arrive, so that it is not taken for the next one's. */
  quiet(): Promise<void>
  close(): Promise<void>
}

const CLOCK = 'clock.cjs'

/** Most of a run is Node's start: without the compilers and certificates that so short a life does not need. */
export const light = {
  nodeArgs: ({ folder }: BundleWorld) => [
    ...['--require', join(folder, CLOCK)],
    ...['--liftoff-only', '--no-opt', '--no-maglev', '--no-sparkplug'],
    ...['--single-threaded-gc', '--min-semi-space-size=32', '--max-semi-space-size=32', '--use-openssl-ca'],
  ],
  env: ({ folder, proxy }: BundleWorld) => ({
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
    NODE_EXTRA_CA_CERTS: undefined,
    SSL_CERT_FILE: proxy.caFile,
    SSL_CERT_DIR: join(folder, 'no-certificates'),
  }),
}

/** A copy of dist/ that has no node_modules around it. */
export async function copyBundle(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'))
  const built = fileURLToPath(new URL(`../../${action.runs.main}/..`, import.meta.url))
  await cp(built, join(folder, 'dist'), { recursive: true })
  await writeFile(join(folder, CLOCK), livesByTheClock())
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

export async function openLane(folder: string, hostsOf: World): Promise<Lane> {
  let world = hostsOf
  let tap: Tap = (_, go) => go()
  const switching: Emulator = {
    services: hostsOf.emulator.services,
    faults: hostsOf.emulator.faults,
    fetch: hostsOf.emulator.fetch,
    latency: 0,
    transcript: [],
    get unknown() {
      return world.emulator.unknown
    },
    handle: (request) => {
      const { emulator } = world
      return tap(request, () => emulator.handle(request))
    },
    serviceOf: (host) => world.emulator.serviceOf(host),
    forget: () => undefined,
  }
  const proxy = await startTlsProxy(switching)
  return {
    async enter(clock) {
      world = await createWorld({ clock })
      return {
        ...world,
        proxy,
        apiUrl: 'https://api.github.com',
        folder,
        tapBy: (next) => {
          tap = next
        },
        close: () => Promise.resolve(),
      }
    },
    quiet: () => quiet(proxy),
    close: () => proxy.close(),
  }
}

async function quiet(proxy: TlsProxy): Promise<void> {
  for (let tries = 0; proxy.connections() > 0 && tries < 5; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
}
