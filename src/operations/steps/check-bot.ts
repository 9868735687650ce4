import { momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import { AZURE_DEVOPS_RESOURCE } from '../../hosts.ts'
import { CLOCK_TOLERANCE } from '../../renewal/copies.ts'
import type { Claims, Run } from '../run.ts'

/**
 * What an access token got elsewhere is for by mistake, by its `aud`. Azure Resource Manager is none of them: Azure DevOps
 * itself asked for its tokens for years. https://devblogs.microsoft.com/devops/?p=71341
 */
const others: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '00000003-0000-0000-c000-000000000000': 'Microsoft Graph',
    'https://graph.microsoft.com': 'Microsoft Graph',
    '00000002-0000-0000-c000-000000000000': 'Azure AD Graph',
    'https://graph.windows.net': 'Azure AD Graph',
    'cfa8b339-82a2-471a-a3c9-0fc0be7a4093': 'Azure Key Vault',
    'https://vault.azure.net': 'Azure Key Vault',
  }),
)

/**
 * Who signed in must be a user, and the one that `bot-user` names. An audience that is missing or not known is for Azure
 * DevOps to judge.
 * @param nothingDone what did not happen for that reason, a whole sentence
 * @throws Failure `sign-in`
 */
export function checkBot(run: Run, claims: Claims | undefined, nothingDone: string): void {
  const refuse = (hint: string): never => {
    throw new Failure({ kind: 'sign-in', doing: 'take the access token as the bot', hint: `${hint} ${nothingDone}` })
  }
  const { botUser } = run.inputs
  if (claims?.application === true)
    refuse(
      "The access token is an application's, not a user's. PATs belong to users: service principals and managed identities cannot own them. Use `operation: federate` to do without a PAT, or `operation: sign-in` to sign in as the bot.",
    )
  const other = others.get((claims?.audience ?? '').toLowerCase().replace(/\/+$/, ''))
  if (other !== undefined)
    refuse(
      `The access token is for ${other}, not for Azure DevOps. Ask for the resource ${AZURE_DEVOPS_RESOURCE}, as with \`az account get-access-token --resource ${AZURE_DEVOPS_RESOURCE}\`.`,
    )
  // Within that, only the clock of Azure DevOps knows.
  if (claims?.expiresAt !== undefined && claims.expiresAt <= run.clock.now() - CLOCK_TOLERANCE) {
    refuse(
      `The bot's access token ended at ${momentInWords(claims.expiresAt)}. Get a fresh one in this job, or use bot-refresh-token.`,
    )
  }
  if (botUser !== undefined && claims?.userName?.toLowerCase() !== botUser.toLowerCase()) {
    const who = claims?.userName ?? 'a user whom its claims do not name'
    refuse(
      `The access token belongs to ${who}, and bot-user asks for ${botUser}. Sign in as ${botUser}, or change bot-user.`,
    )
  }
}
