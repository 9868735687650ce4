import { expect, test } from '@jest/globals'
import { assemble } from '../../../src/assemble.ts'
import { readInputs } from '../../../src/inputs.ts'
import type { Preflight } from '../../../src/operations/steps/preflight.ts'
import { warnIfTooLong } from '../../../src/operations/steps/sweep.ts'
import { Secrets } from '../../../src/secrets.ts'
import { inputsFrom } from '../../action.ts'
import { usual } from '../../hostile/stage.ts'
import { VirtualClock } from '../../wire.ts'

const MINUTE = 60_000

interface Told {
  readonly infos: readonly string[]
  readonly warnings: readonly string[]
}

const LATER = Date.parse('2026-11-21T08:40:00Z')

/**
 * What is told of a sweep of so many repositories, so many minutes after the run began.
 * @param requests what this hour leaves, where GitHub has told
 */
async function told(
  count: number,
  given: Readonly<Record<string, string>> = {},
  minutes = 0,
  requests = Infinity,
): Promise<Told> {
  const clock = new VirtualClock()
  const [infos, warnings]: [string[], string[]] = [[], []]
  const ignore = (): void => undefined
  const inputs = inputsFrom({ ...usual, ...given })
  const secrets = new Secrets(ignore)
  const read = (name: string): string => inputs[name]?.trim() ?? ''
  const run = assemble(readInputs({ read, env: { GITHUB_REPOSITORY: 'hmcts/.github' }, secrets }), {
    fetch: () => Promise.reject(new TypeError('nothing is asked')),
    clock,
    random: Math.random,
    log: {
      info: (line) => infos.push(line),
      warning: (line) => warnings.push(line),
      debug: ignore,
      notice: ignore,
      error: ignore,
      group: (_, work) => work(),
    },
    secrets,
    cancel: new AbortController().signal,
  })
  const places = Array.from({ length: count }, (_, index) => ({
    home: { kind: 'repository', repository: `hmcts/service-${index}` } as const,
    store: 'actions' as const,
    name: 'X',
    form: 'plain' as const,
  }))
  const before: Pick<Preflight, 'began'> = { began: clock.now() - minutes * MINUTE }
  const github = await run.services.github()
  const allowance = (): ReturnType<typeof github.allowance> => ({ ...github.allowance(), requests, resetsAt: LATER })
  const services = { ...run.services, github: () => Promise.resolve({ ...github, allowance }) }
  await warnIfTooLong({ ...run, services }, before, places)
  return { infos, warnings }
}

test('a few repositories are not worth a word', async () => {
  expect(await told(20)).toEqual({ infos: [], warnings: [] })
})

test('one that fits is estimated', async () => {
  expect(await told(2000)).toEqual({
    infos: ['Writing 2000 secrets of repositories takes about 14 min at the pace that GitHub allows.'],
    warnings: [],
  })
})

test('one that takes longer than 45 minutes says so, and how to be through in one run', async () => {
  const { warnings } = await told(7000)
  expect(warnings.join('\n')).toMatch(
    /^Writing 7000 secrets of repositories takes about 47 min .*no write may start more than 45 minutes after the PAT was minted.*shard the repositories over jobs/,
  )
  expect((await told(6500)).warnings).toEqual([])
})

test('one that takes 45 minutes to the second fits, and one secret more does not', async () => {
  expect((await told(6750)).warnings).toEqual([])
  expect((await told(6751)).warnings).toHaveLength(1)
})

test('one that takes more requests than this hour leaves says how many, and when there are more', async () => {
  expect((await told(50, {}, 0, 100)).warnings).toEqual([])
  expect((await told(50, {}, 0, 99)).warnings.join('\n')).toMatch(
    /: it takes 100 requests, and this hour leaves 99 until 2026-11-21 08:40/,
  )
})

test('gentle is slower', async () => {
  expect((await told(2600, { 'write-pace': 'gentle' })).warnings).toEqual([])
  expect((await told(2800, { 'write-pace': 'gentle' })).warnings).toHaveLength(1)
})

test("an App's token that will be an hour old says so; a PAT of GitHub lives longer", async () => {
  const late = await told(2000, {}, 50)
  expect(late.warnings.join('\n')).toMatch(/the installation token lives one hour at the most/)
  expect((await told(6750, {}, 15)).warnings).toEqual([])
  expect((await told(6750, {}, 15.01)).warnings).toHaveLength(1)
  expect((await told(2000, { 'github-token': `ghp_${'x'.repeat(36)}` }, 50)).warnings).toEqual([])
})
