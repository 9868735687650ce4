import { expect, test } from '@jest/globals'
import { cancelled } from '../../../src/errors.ts'
import { createScene, type Scene } from '../../scene.ts'
import { seedLive, seedManaged, seedSecret } from '../../world.ts'
import { newest } from './writes.ts'

/** Ten are written side by side. */
const names = Array.from({ length: 12 }, (_, index) => `hmcts/service-${index}`)
const inputs = { repositories: names.join(), target: 'repositories', 'max-wait-minutes': '5' }
const WRITE = /service-\d+\/actions\/secrets\/AZURE/

async function twelve(): Promise<Scene> {
  const scene = await createScene()
  for (const name of names) scene.github.addRepository(name)
  return scene
}

const ends: readonly (readonly [string, (scene: Scene, cancel: AbortController) => unknown, RegExp])[] = [
  [
    'a credential that GitHub takes no longer',
    ({ github }) => github.refuse({ method: 'PUT', at: WRITE, status: 401 }),
    /does not take the github-token/,
  ],
  [
    'a limit that leaves no time',
    ({ github }) => {
      github.limitNext(Infinity, { method: 'PUT', at: WRITE, retryAfter: 600 })
    },
    /max-wait-minutes/,
  ],
  [
    'the end of the 45 minutes',
    (scene) => {
      const act = (): void => {
        scene.clock.pass(46 * 60_000)
      }
      scene.fault({ kind: 'act', method: 'GET', at: 'service-0/actions/secrets/public-key', act })
    },
    /no write starts more than 45 minutes after/,
  ],
  [
    'a cancelled run',
    (scene, cancel) => {
      const act = (): void => {
        cancel.abort(cancelled('go on', false, 'SIGINT'))
      }
      scene.fault({ kind: 'act', method: 'GET', at: 'service-0/actions/secrets/public-key', act })
    },
    /cancelled/,
  ],
]

test.each(ends)('%s: those that are left are not asked, and count as failed', async (_, arrange, why) => {
  const scene = await twelve()
  const cancel = new AbortController()
  arrange(scene, cancel)
  const { conclusion, requests, log } = await scene.run(inputs, { cancel })
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere', repositoriesWritten: [] })
  expect(conclusion.repositoriesFailed.toSorted()).toEqual(names.toSorted())
  expect(conclusion.failure).toMatch(why)
  expect(conclusion.failure).toMatch(/^Could not write 12 of 12 repositories \(.*service-4, …\)/)
  expect(requests.filter((line) => /service-1[01]\/actions\/secrets\/public-key/.test(line))).toEqual([])
  const told = log.filter((line) => line.includes('They were not tried, because'))
  expect(told).toEqual([expect.stringMatching(/^Could not write the places that were left/)])
  expect(told[0]).toMatch(why)
  expect(newest(scene).revoked).toBe(true)
})

test.each([
  [5, '(hmcts/service-0, hmcts/service-1, hmcts/service-2, hmcts/service-3, hmcts/service-4)'],
  [6, '(hmcts/service-0, hmcts/service-1, hmcts/service-2, hmcts/service-3, hmcts/service-4, …)'],
])('%i that are refused leave the others to be written, and five are named', async (count, words) => {
  const scene = await twelve()
  const refused = names.slice(0, count)
  for (const home of refused) scene.github.refuse({ home, method: 'PUT', status: 403 })
  const { conclusion, log } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'repositories', repositoriesFailed: refused })
  expect(conclusion.repositoriesWritten.toSorted()).toEqual(names.slice(count).toSorted())
  expect(conclusion.failure).toContain(`Could not write ${count} of 12 repositories ${words}`)
  expect(log.filter((line) => line.startsWith('Could not write '))).toHaveLength(count)
  expect(log.join('\n')).not.toContain('were not tried')
})

test('a stale copy that cannot be refreshed leaves the others to be refreshed', async () => {
  const scene = await twelve()
  const old = seedManaged(scene, { ageDays: 60, daysLeft: -30 })
  for (const name of names) seedSecret(scene, name, old)
  seedLive(scene)
  scene.github.refuse({ home: 'hmcts/service-0', method: 'PUT', status: 403 })
  const { conclusion } = await scene.run({ repositories: names.join() })
  expect(conclusion).toMatchObject({ outcome: 'renewed', staleCopies: ['hmcts/service-0'] })
  expect(conclusion.repositoriesWritten).toHaveLength(11)
})

test('both names of a repository are sealed with one key', async () => {
  const scene = await createScene()
  const inputs = { target: 'repositories', repositories: 'app-a', 'secret-name-base64': 'IN_BASE64' }
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.receipts).toHaveLength(2)
  expect(requests.filter((line) => line.endsWith('hmcts/app-a/actions/secrets/public-key'))).toHaveLength(1)
})
