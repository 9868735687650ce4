import { expect, test } from '@jest/globals'
import { alive, changesOf } from '../../requests.ts'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../../world.ts'

type Mangle = (
  answer: Response,
  request: { readonly method: string; readonly url: URL },
) => Promise<Response> | Response

/** Every answer passes through here on its way to the action. */
function mangled(scene: Scene, mangle: Mangle): void {
  const emulated = scene.emulator.fetch
  Object.assign(scene.emulator, {
    fetch: async (url: string, init: RequestInit = {}) =>
      mangle(await emulated(url, init), { method: init.method ?? 'GET', url: new URL(url) }),
  })
}

function withJson(change: (value: unknown) => unknown): Mangle {
  return async (answer) => {
    const text = await answer.text()
    if (text === '' || !(answer.headers.get('content-type') ?? '').includes('json'))
      return new Response(text === '' ? null : text, answer)
    return new Response(JSON.stringify(change(JSON.parse(text))), answer)
  }
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same change to an object and to all that is in it. */
function everywhere(change: (object: Json) => Json): (value: unknown) => unknown {
  const deep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deep)
    if (!isObject(value)) return value
    return change(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner)])))
  }
  return deep
}

const times = (form: (time: string) => string): Mangle =>
  withJson(
    everywhere((object) =>
      Object.fromEntries(
        Object.entries(object).map(([key, value]) => [
          key,
          typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(value) ? form(value) : value,
        ]),
      ),
    ),
  )

const revoking =
  (body: string | null, status: number, type?: string): Mangle =>
  (answer, { method, url }) =>
    method === 'DELETE' && url.host === 'vssps.dev.azure.com' && answer.status === 204
      ? new Response(body, { status, headers: type === undefined ? {} : { 'content-type': type } })
      : answer

const last = (token: unknown): Mangle =>
  withJson((value) =>
    isObject(value) && 'patTokens' in value && value.continuationToken === ''
      ? { ...value, continuationToken: token }
      : value,
  )

const ways: readonly (readonly [string, Mangle])[] = [
  ['keys in another order', withJson(everywhere((object) => Object.fromEntries(Object.entries(object).toReversed())))],
  ['fields that nobody knows', withJson(everywhere((object) => ({ ...object, extra: { deep: [1] }, value: 'x' })))],
  ['no continuation token on the last page', last(undefined)],
  ['null for it', last(null)],
  ['a revocation answered with 200 and nothing', revoking(null, 200)],
  ['with 200 and null', revoking('null', 200, 'application/json')],
  ['with 200 and an empty object', revoking('{}', 200, 'application/json; charset=utf-8')],
  ['with 200 and no error', revoking('{"patToken":null,"patTokenError":"none"}', 200, 'application/json')],
  ['times by the second', times((time) => time.replace(/\.\d+Z$/, 'Z'))],
  ['seven digits of a second', times((time) => time.replace(/(\.\d+)?Z$/, '.1234567Z'))],
  ['an offset instead of Z', times((time) => time.replace(/Z$/, '+00:00'))],
  ['GUIDs in capitals', withJson(everywhere(capitals))],
  ['an error that is null', withJson(everywhere((one) => ('patToken' in one ? { ...one, patTokenError: null } : one)))],
  [
    'no content type but json',
    async (answer) => {
      const text = await answer.text()
      const headers = new Headers(answer.headers)
      if (headers.get('content-type')?.includes('json') === true) headers.set('content-type', 'text/json')
      return new Response(text === '' ? null : text, { status: answer.status, headers })
    },
  ],
]

function capitals(object: Json): Json {
  const { authorizationId } = object
  return typeof authorizationId === 'string'
    ? { ...object, authorizationId: authorizationId.toUpperCase() }
    : { ...object }
}

test.each(ways)('%s: renewed, retired and well', async (_, mangle) => {
  const scene = await createScene()
  const lost = seedManaged(scene, { ageDays: 40, daysLeft: 1 })
  const old = seedLive(scene, { visibility: 'selected', selectedRepositories: ['hmcts/app-a'] })
  seedSecret(scene, 'hmcts/app-b', lost)
  mangled(scene, mangle)
  const inputs = { repositories: 'app-b', 'current-pat': old.token, force: 'true' }
  const told = await scene.run(inputs)
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization', failure: undefined })
  expect(told.warnings).toEqual([])
  expect(changesOf(told)).toEqual(['mint', 'write', 'change', 'write'])
  scene.daysPass(2)
  const next = await scene.run({ repositories: 'app-b' })
  expect(next.conclusion).toMatchObject({ outcome: 'not-due', superseded: [], failure: undefined })
  expect(next.warnings).toEqual([])
  expect(alive(scene)).toEqual([scene.held()])
})
