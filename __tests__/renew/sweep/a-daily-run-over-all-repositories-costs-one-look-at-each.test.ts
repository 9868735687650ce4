import { expect, test } from '@jest/globals'
import { HOUR, MINUTE } from '../../../src/clock.ts'
import { createSweep } from '../../sweep.ts'

const COUNT = 250
/** One at each, three pages of repositories, the key, and each name of the organization. */
const LOOKS = COUNT + 3 + 1 + 2
const permissions = { organization_secrets: 'write', secrets: 'write' } as const

test.each([
  ['one name', {}],
  ['two names, which one list serves', { 'secret-name-base64': 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64' }],
])('%s: nothing is due, and GitHub is asked at its pace', async (_, names) => {
  const sweep = await createSweep(COUNT, { token: { kind: 'app', permissions } })
  expect((await sweep.run(names)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  sweep.clock.pass(25 * HOUR)
  const { transcript } = sweep.world.emulator
  const before = transcript.length
  const began = sweep.clock.now()
  const { conclusion, warnings, log } = await sweep.run(names)
  expect(conclusion).toMatchObject({ outcome: 'not-due', staleCopies: [] })
  expect(warnings).toEqual([])
  const asked = transcript.slice(before).filter(({ host }) => host === 'api.github.com')
  expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET']))
  // Twice, since the first run after the grace time looks again before it retires.
  expect(asked.length).toBeLessThanOrEqual(2 * LOOKS)
  expect(sweep.world.github.limits.answered).toBe(0)
  expect(sweep.clock.now() - began).toBeLessThan(2 * MINUTE)
  expect(log.filter((line) => !line.startsWith('debug: ')).length).toBeLessThan(60)
  const third = transcript.length
  sweep.clock.pass(24 * HOUR)
  await sweep.run(names)
  expect(transcript.slice(third).filter(({ host }) => host === 'api.github.com').length).toBeLessThanOrEqual(LOOKS)
})
