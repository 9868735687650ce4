import { expect, test } from '@jest/globals'
import { createScene, type Scene, type Told } from '../../scene.ts'
import { SECRET, seedLive, seedManaged, seedSecret } from '../../world.ts'
import { alive, newest, writes } from '../github/writes.ts'

type Held = ReturnType<typeof seedManaged>
type Access = Pick<NonNullable<Parameters<typeof seedLive>[1]>, 'visibility' | 'selectedRepositories' | 'store'>

/** app-a, private, and open, which is public, each with a stale copy; the organization secret holds a live PAT of two days. */
async function withCopies(access: Access = {}): Promise<{ scene: Scene; earlier: Held }> {
  const scene = await createScene()
  scene.github.addRepository('hmcts/open', { visibility: 'public' })
  const earlier = seedManaged(scene, { ageDays: 22, daysLeft: 8 })
  for (const name of ['hmcts/app-a', 'hmcts/open']) seedSecret(scene, name, earlier)
  seedLive(scene, { ageDays: 2, daysLeft: 28, ...access })
  return { scene, earlier }
}

const inputs = { repositories: 'app-a, open', 'stale-copies': 'remove' }
const left = ({ conclusion }: Told): readonly string[] => conclusion.staleCopies

test.each<[string, Access, readonly string[], RegExp | undefined]>([
  ['all', { visibility: 'all' }, [], undefined],
  ['private', { visibility: 'private' }, ['hmcts/open'], /for private repositories, and its repository is public/],
  [
    'selected',
    { visibility: 'selected', selectedRepositories: ['hmcts/open'] },
    ['hmcts/app-a'],
    /its repository is not among those selected for it/,
  ],
])('an organization secret for %s repositories', async (_, access, kept, why) => {
  const { scene, earlier } = await withCopies(access)
  const told = await scene.run(inputs)
  expect(told.conclusion.outcome).toBe('not-due')
  expect(left(told)).toEqual(kept)
  for (const name of kept) expect(scene.held(name)).toBe(earlier)
  for (const name of ['hmcts/app-a', 'hmcts/open'])
    expect(scene.github.visibleTo(name, 'actions', SECRET)).toBe((kept.includes(name) ? earlier : scene.held())?.token)
  expect(told.warnings).toEqual(why === undefined ? [] : [expect.stringMatching(why)])
  expect(told.warnings.join()).toMatch(
    why === undefined
      ? /^$/
      : /stays, since its repository would have no PAT without it: .* It stops working on 2026-11-29 .*Share the organization secret with the repository and run again, or set stale-copies to refresh\.$/,
  )
  // What the copy holds is kept, and so is whatever else is there.
  expect(earlier.revoked).toBe(kept.length === 0)
})

test('GitHub is asked for no more than it takes: each repository once, and nobody where all are reached', async () => {
  const asked = ({ requests }: Told): readonly string[] =>
    requests.filter((line) => /\/repos\/hmcts\/[^/]+$|\/repositories$/.test(line))
  expect(asked(await (await withCopies({ visibility: 'all' })).scene.run(inputs))).toEqual([])
  const { scene, earlier } = await withCopies({ visibility: 'selected', selectedRepositories: ['hmcts/open'] })
  const base64 = `${SECRET}_BASE64`
  seedSecret(scene, 'hmcts/app-a', earlier, { name: base64, base64: true })
  const [live] = alive(scene).slice(-1)
  if (live !== undefined)
    seedSecret(scene, 'hmcts', live, { name: base64, base64: true, visibility: 'selected', selectedRepositories: [] })
  const told = await scene.run({ ...inputs, 'secret-name-base64': base64 })
  expect(told.warnings).toHaveLength(2)
  expect(asked(told).map((line) => line.split('/').slice(-3).join('/'))).toEqual([
    'repos/hmcts/app-a',
    'repos/hmcts/open',
    `secrets/${SECRET}/repositories`,
    `secrets/${base64}/repositories`,
  ])
  expect(asked(await scene.run({ ...inputs, 'secret-name-base64': base64, 'stale-copies': 'report' }))).toEqual([])
})

test('with the store of Dependabot refused, the copies there stay, and those of Actions go', async () => {
  const { scene, earlier } = await withCopies({ visibility: 'all' })
  seedSecret(scene, 'hmcts/app-a', earlier, { store: 'dependabot' })
  scene.github.refuse({ home: 'hmcts', store: 'dependabot', status: 403 })
  const { warnings } = await scene.run({ ...inputs, 'secret-stores': 'actions, dependabot' })
  expect([scene.held('hmcts/app-a'), scene.held('hmcts/app-a', 'dependabot')]).toEqual([undefined, earlier])
  expect(warnings.join('\n')).toMatch(/\(dependabot\) stays, .* GitHub refuses to show the organization secret\./)
})

test.each([
  ['private', ['hmcts/open']],
  ['selected', []],
] as const)('a secret that this very run made for %s repositories counts as it was made', async (visibility, kept) => {
  const { scene } = await withCopies()
  scene.github.deleteSecret('hmcts', 'actions', SECRET)
  const told = await scene.run({ ...inputs, 'secret-visibility': visibility })
  expect(told.conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  expect(left(told)).toEqual(kept)
  expect(scene.github.visibleTo('hmcts/app-a', 'actions', SECRET)).toBe(newest(scene).token)
})

test.each([403, 404])('where whom it reaches cannot be told (%i), the copy goes', async (status) => {
  const { scene } = await withCopies({ visibility: 'private' })
  scene.github.refuse({ at: /\/repos\/hmcts\/(app-a|open)$/, status })
  expect(left(await scene.run(inputs))).toEqual([])
})

test('where it cannot be told now, the copy stays until it can', async () => {
  const { scene } = await withCopies({ visibility: 'selected', selectedRepositories: ['hmcts/app-a', 'hmcts/open'] })
  scene.fault({ kind: 'status', status: 503, at: `${SECRET}/repositories`, times: Infinity })
  const told = await scene.run(inputs)
  expect(left(told)).toEqual(['hmcts/app-a', 'hmcts/open'])
  expect(writes(told)).toEqual([])
  scene.emulator.faults.clear()
  expect(left(await scene.run(inputs))).toEqual([])
})
