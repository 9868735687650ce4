import { expect, test } from '@jest/globals'
import { type Case, caseName } from './case.ts'
import { learnCases, playAll, withLanes } from './matrix.ts'

/**
 * `npm run test:faults` plays every case. These are the requests at which most can be lost, each with the faults that
 * differ most there.
 */
const SLICE: readonly (readonly [request: string, faults: readonly string[]])[] = [
  ['organization/POST vssps.dev.azure.com/hmcts/_apis/tokens/pats #1', ['reset-after', 'truncated', 'sigkill-after']],
  ['organization/POST vssps.dev.azure.com/hmcts/_apis/tokens/pats #1', ['cancel-answer-lost', 'sign-in-redirect']],
  ['organization/POST vssps.dev.azure.com/hmcts/_apis/tokens/pats #1', ['cancel-all-hangs']],
  ['organization/GET vssps.dev.azure.com/hmcts/_apis/tokens/pats displayFilterOption=active #1', ['sign-in-page']],
  ['organization/GET feeds.dev.azure.com/hmcts/Artifacts/_apis/packaging/feeds/hmcts-lib PAT 8 #1', ['500-for-good']],
  ['organization/PUT api.github.com/orgs/{secret} #1', ['secondary-limit', 'reset-after', 'hang', 'sigkill-after']],
  ['organization/PUT api.github.com/orgs/{secret} #1', ['500-for-good', 'cancel', 'cancel-answer-lost']],
  ['organization/GET api.github.com/orgs/{secret} #2', ['not-found-once']],
  ['organization/PUT vssps.dev.azure.com/hmcts/_apis/tokens/pats PAT 8 #1', ['malformed', 'sigkill-before']],
  ['organization/GET api.github.com/orgs/{secret}/repositories page=2 #1', ['500-for-good', 'sign-in-redirect']],
  ['organization/DELETE vssps.dev.azure.com/hmcts/_apis/tokens/pats PAT 7 #1', ['reset-after', 'sigkill-before']],
  ['fallback/PUT api.github.com/repos/hmcts/app-a/{secret} #1', ['500-for-good', 'sigkill-after', 'cancel']],
  ['fallback/PUT vssps.dev.azure.com/hmcts/_apis/tokens/pats PAT 8 #1', ['429', 'sigkill-before']],
  ['refresh-token/POST login.microsoftonline.com/…/oauth2/v2.0/token #1', ['reset-after', 'malformed', 'hang']],
  ['refresh-token/PUT api.github.com/repos/hmcts/.github/actions/secrets/ADO_BOT_REFRESH_TOKEN #1', ['500-for-good']],
  ['refresh-token/PUT api.github.com/repos/hmcts/.github/actions/secrets/ADO_BOT_REFRESH_TOKEN #1', ['sigkill-after']],
  ['every-place/PUT api.github.com/orgs/{secret}_BASE64 #1', ['500-for-good', 'sigkill-after']],
  ['vault/PUT hmcts.vault.azure.net/secrets/artifacts-pat #2', ['500-for-good']],
  ['vault/PUT hmcts.vault.azure.net/secrets/bot-refresh-token #2', ['sigkill-after']],
  ['stale-copies/PUT api.github.com/repos/hmcts/app-b/{secret} #1', ['reset-before', '500-for-good', 'sigkill-before']],
]

function names(): readonly string[] {
  return SLICE.flatMap(([request, faults]) => {
    const written = request
      .replace('orgs/{secret}', 'orgs/hmcts/{secret}')
      .replace('{secret}', 'actions/secrets/AZURE_DEVOPS_ARTIFACT_TOKEN')
    return faults.map((fault) => `${written}/${fault}`)
  })
}

test('what may never happen does not, and the next run makes everything good', async () => {
  const wanted = new Set(names())
  const results = await withLanes(async (lanes) => {
    const cases = (await learnCases(lanes)).filter((one: Case) => wanted.has(caseName(one)))
    expect(new Set(cases.map(caseName))).toEqual(wanted)
    return playAll(cases, lanes)
  })
  expect(results).toHaveLength(wanted.size)
  expect(results.filter(({ wrong }) => wrong.length > 0).map(({ name, wrong }) => ({ name, wrong }))).toEqual([])
}, 120_000)
