import { momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import { CLOCK_TOLERANCE } from '../../renewal/copies.ts'
import type { Claims, Run } from '../run.ts'

/**
 * Who signed in must be a user, and the one that `bot-user` names.
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
