import { describe, expect, test } from '@jest/globals'
import { SECRET, seedManaged } from '../world.ts'
import { neverHappens } from './always.ts'
import { type Bend, ends, eachIsFoundOut, failsAfterAll, REFUSED_MINT, reseed, struckBy, WRITE } from './bending.ts'
import { exchangeOf, honest } from './honest.ts'
import { TWIN } from './scenes.ts'

describe('a run ends as it went', () => {
  const bends: readonly Bend[] = [
    [
      'outlives SIGKILL',
      'organization',
      (g) => {
        struckBy(g, 'sigkill-after')
      },
      '4: the process was not killed',
    ],
    [
      'is killed',
      'organization',
      (g) => {
        ends(g, { signal: 'SIGKILL' })
      },
      '4: the run did not end by itself (SIGKILL)',
    ],
    [
      'ends by SIGTERM before it has reported',
      'organization',
      (g) => {
        struckBy(g, 'cancel')
        ends(g, { signal: 'SIGTERM' })
      },
      '4: the run did not end by itself (SIGTERM)',
    ],
    [
      'another exit code',
      REFUSED_MINT,
      (g) => {
        ends(g, { exitCode: 3 })
      },
      '4: exit code 3',
    ],
    [
      'standard error',
      'organization',
      (g) => {
        ends(g, { stderr: 'Trace: x' })
      },
      '4: standard error says: Trace: x',
    ],
    [
      'a library that nobody asked to',
      'organization',
      (g) => {
        ends(g, { stderr: 'azure:core x' })
      },
      '4: standard error says: azure:core x',
    ],
    [
      'breaks',
      'organization',
      (g) => {
        ends(g, { shown: 'The action broke: x' })
      },
      '4: the action broke',
    ],
    [
      'exit 1 after all',
      REFUSED_MINT,
      (g) => {
        ends(g, {}, { outcome: 'renewed' })
      },
      '4: exit 1, and the outcome renewed',
    ],
    [
      'no hint',
      REFUSED_MINT,
      (g) => {
        ends(g, { shown: 'Error: Could not mint the PAT.' }, { reason: 'Could not mint the PAT.' })
      },
      '4: no sentence with a hint: Could not mint the PAT.',
    ],
    [
      'another reason',
      REFUSED_MINT,
      (g) => {
        ends(g, {}, { reason: 'it rained' })
      },
      '4: another reason than the error: it rained',
    ],
    ['exit 1 for nothing', 'organization', failsAfterAll, '4: exit 1, though every place got the new PAT'],
    ['exit 1 for nothing, in a fallback', 'fallback', failsAfterAll, '4: exit 1, though every place got the new PAT'],
    [
      'exit 1, cancelled too late for that',
      'organization',
      (g) => {
        struckBy(g, 'cancel')
        exchangeOf(g, 'PUT vssps').struck = true
        failsAfterAll(g)
      },
      '4: exit 1, though every place got the new PAT',
    ],
    [
      'not due the first time',
      'organization',
      (g) => {
        ends(g, {}, { outcome: 'not-due' })
      },
      '4: exit 0, and the outcome not-due',
    ],
    [
      'one place without',
      'every-place',
      (g) => {
        reseed(g, TWIN, 'dependabot', {
          value: Buffer.from(g.seeded[0]?.token ?? '').toString('base64'),
          visibility: 'selected',
          selectedRepositories: g.scene.readers.slice(1),
        })
      },
      '4: "renewed", and not every place has a newer PAT',
    ],
    [
      'one repository without',
      'fallback',
      (g) => {
        g.world.github.deleteSecret('hmcts/app-b', 'actions', SECRET)
      },
      '4: "renewed", and not every place has a newer PAT',
    ],
    [
      'green with an error',
      'organization',
      (g) => {
        ends(g, { shown: 'Error: x' })
      },
      '4: exit 0 with an error: x',
    ],
    [
      'leaves something behind',
      'organization',
      (g) => {
        struckBy(g, 'cancel')
        seedManaged(g.world, { ageDays: 0, daysLeft: 30, state: ' pending' })
      },
      /^4: ".* pending" is delivered nowhere, neither revoked nor named in the log$/,
    ],
  ]

  eachIsFoundOut(bends)
})

test.each([WRITE, 'made-up PAT'])('a cancelled run may fail over an answer that it never read: %s', async (struck) => {
  const game = await honest('organization')
  struckBy(game, 'cancel-answer-lost')
  exchangeOf(game, struck).struck = true
  failsAfterAll(game)
  expect(neverHappens(game)).toEqual([])
})

test('the SIGTERM of a runner may come when all is reported', async () => {
  const game = await honest('organization')
  struckBy(game, 'cancel-all-hangs')
  ends(game, { signal: 'SIGTERM', exitCode: null, shown: 'Outcome: renewed.' })
  expect(neverHappens(game)).toEqual([])
})
