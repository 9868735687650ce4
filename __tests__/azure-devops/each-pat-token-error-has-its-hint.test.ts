import { expect, test } from '@jest/globals'
import { bot, failureOf, onMint, wanted } from './service.ts'

/** All of `SessionTokenError` in the specification of 7.2, but `none`. */
const fragments = [
  ['displayNameRequired', 'Set pat-name'],
  ['invalidDisplayName', 'shorter, plainer pat-name'],
  ['invalidValidTo', 'within a year. Lower pat-lifetime-days'],
  ['invalidScope', 'Check pat-scope against'],
  ['userIdRequired', 'does not know the signed-in user'],
  ['invalidUserId', 'give the bot an access level'],
  ['invalidUserType', 'operation: federate'],
  ['accessDenied', 'Check bot-user'],
  ['failedToIssueAccessToken', 'https://status.dev.azure.com'],
  ['invalidClient', 'Check azure-client-id'],
  ['invalidClientType', 'does not accept the app registration'],
  ['invalidClientId', 'vso.pats_manage or user_impersonation'],
  ['invalidTargetAccounts', 'Check ado-organization'],
  ['hostAuthorizationNotFound', 'The organization does not know the bot'],
  ['authorizationNotFound', 'somebody revoked it'],
  ['failedToUpdateAccessToken', 'Azure DevOps failed inside'],
  ['sourceNotSupported', 'app registration of your own'],
  ['invalidSourceIP', 'network address of this runner'],
  ['invalidSource', 'where this request came from'],
  ['duplicateHash', 'already in use. Run again'],
  ['sshPolicyDisabled', 'SSH authentication'],
  ['invalidToken', 'can no longer be changed'],
  ['tokenNotFound', 'no longer exists'],
  ['invalidAuthorizationId', 'Check revoke-pats'],
  ['failedToReadTenantPolicy', 'could not read the policy'],
  ['globalPatPolicyViolation', 'Restrict global personal access token creation'],
  ['fullScopePatPolicyViolation', 'Restrict full-scoped personal access token creation'],
  ['patLifespanPolicyViolation', 'an Azure DevOps Administrator of the tenant'],
  ['invalidTokenType', "does not accept the bot's access token"],
  ['invalidAudience', '499b84ac-1321-427f-aa17-267ca6975798'],
  ['invalidSubject', 'Sign in again (operation: sign-in)'],
  ['deploymentHostNotSupported', 'organizations only'],
  ['disablePatCreationPolicyViolation', 'Project Collection Administrator'],
  ['failedToReadOrgPolicy', 'Run again later'],
  ['globalPATCreationBlocked', 'valid in every organization'],
  ['expiredPatCannotBeExtended', 'Mint a new one (operation: renew)'],
] as const

/** The service failed inside, or drew a value that is in use: as after a 5xx, whether anything was minted is looked up. */
const passing: readonly string[] = [
  ...['failedToIssueAccessToken', 'failedToUpdateAccessToken', 'failedToReadTenantPolicy', 'failedToReadOrgPolicy'],
  'duplicateHash',
]

test.each(fragments)('%s', async (patTokenError, fragment) => {
  const { azureDevOps, sent } = bot()
  onMint(200, { patToken: null, patTokenError, patTokenErrorMessage: 'No.\nNever.' })
  const failure = await failureOf(azureDevOps.mintPat(wanted))
  const mayPass = passing.includes(patTokenError)
  expect(failure).toMatchObject({ kind: mayPass ? 'unavailable' : 'refused', fateUnknown: mayPass })
  expect(failure.said).toBe(`${patTokenError}: No. Never.`)
  expect(sent).toHaveLength(1)
  expect(failure.hint).toContain(fragment)
})

test('the policy for packaging alone names the one scope it lets through', async () => {
  onMint(200, { patToken: null, patTokenError: 'DisablePatCreationPolicyViolation' })
  const { hint, said } = await failureOf(bot().azureDevOps.mintPat(wanted))
  expect(hint).toContain('exactly one packaging scope, vso.packaging_write')
  expect(said).toBe('DisablePatCreationPolicyViolation')
})

test('an error nobody has heard of that tells of a failure inside may pass', async () => {
  onMint(200, { patToken: null, patTokenError: 'FailedToReadSomethingNew' })
  expect(await failureOf(bot().azureDevOps.mintPat(wanted))).toMatchObject({ kind: 'unavailable', fateUnknown: true })
})

test('an error nobody has heard of is a failure, too', async () => {
  onMint(200, { patToken: null, patTokenError: 'somethingNew' })
  const failure = await failureOf(bot().azureDevOps.mintPat(wanted))
  expect(failure).toMatchObject({
    kind: 'refused',
    said: 'somethingNew',
    hint: expect.stringContaining('does not know'),
  })
})
