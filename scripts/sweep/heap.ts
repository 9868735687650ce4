import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { inputsFrom, usualInputs } from '../../__tests__/action.ts'
import { EventClock } from '../../__tests__/event-clock.ts'
import { createWorld, seedLive } from '../../__tests__/world.ts'
import { assemble } from '../../src/assemble.ts'
import { readInputs } from '../../src/inputs.ts'
import { renew } from '../../src/operations/renew.ts'
import { Secrets } from '../../src/secrets.ts'

const DATES = { created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' }

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function heapNow(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/**
 * What a sweep has gathered when its last secret is written, in bytes after garbage collection: more than at its first
 * request. GitHub is one that remembers nothing, so that only the action's own heap counts.
 */
export async function heapOfSweep(count: number): Promise<number> {
  const clock = new EventClock()
  const world = await createWorld({ clock })
  seedLive(world)
  let [written, before, after] = [0, 0, 0]
  const gitHub = (method: string, path: string, query: URLSearchParams): Response => {
    if (path.endsWith('/public-key')) return Response.json(KEY)
    if (path === '/orgs/hmcts/repos') return page(count, Number(query.get('page')))
    if (method === 'PUT' && path.startsWith('/repos/')) {
      written += 1
      if (written === count) after = heapNow()
      return new Response(null, { status: 201 })
    }
    if (method === 'PUT') return Response.json({ message: 'Resource not accessible by integration' }, { status: 403 })
    if (path.startsWith('/orgs/')) return Response.json({ name: 'X', ...DATES, visibility: 'private' })
    return Response.json({ message: 'Not Found' }, { status: 404 })
  }
  const inputs = inputsFrom({ ...usualInputs(world), repositories: 'all' })
  const secrets = new Secrets(() => undefined)
  const read = (name: string): string => inputs[name]?.trim() ?? ''
  const run = assemble(readInputs({ read, env: { GITHUB_REPOSITORY: 'hmcts/.github' }, secrets }), {
    fetch: async (address, init) => {
      const { host, pathname, searchParams } = new URL(address)
      if (host !== 'api.github.com') return world.emulator.fetch(address, init)
      if (before === 0) before = heapNow()
      await clock.sleep(200)
      return gitHub(init.method ?? 'GET', pathname, searchParams)
    },
    clock,
    random: Math.random,
    log: { ...silent, group: (_, work) => work() },
    secrets,
    cancel: new AbortController().signal,
  })
  const { outcome, failure } = await renew(run)
  if (outcome !== 'renewed') throw new Error(failure)
  return after - before
}

const nothing = (): void => undefined
const silent = { info: nothing, debug: nothing, notice: nothing, warning: nothing, error: nothing }

/** Any 32 bytes will do: nobody opens these boxes. */
const KEY = { key_id: '1', key: Buffer.alloc(32, 9).toString('base64') }

function page(count: number, number: number): Response {
  const [from, to] = [(number - 1) * 100, Math.min(number * 100, count)]
  const repositories = Array.from({ length: to - from }, (_, index) => ({
    id: from + index + 1,
    full_name: `hmcts/service-with-a-long-name-${from + index + 1}`,
    visibility: 'private',
    archived: false,
    disabled: false,
  }))
  const link = to < count ? { link: `<https://api.github.com/x?page=${number + 1}>; rel="next"` } : undefined
  return Response.json(repositories, link && { headers: link })
}
