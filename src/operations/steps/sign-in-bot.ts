import { DAY } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import type { BotCredential } from '../../bot-inputs.ts'
import type { Bot, Run, SignedIn } from '../run.ts'
import { checkBot } from './check-bot.ts'
import { noWayToSignIn, showing } from './person.ts'
import { openHome, type OpenHome } from './refresh-token-home.ts'
import { signInByVault } from './vault-refresh-token.ts'

/**
 * Signs the bot in to Azure DevOps. A rolled refresh token is stored before this returns, so before the first
 * request to Azure DevOps.
 * @throws Failure `sign-in` with who must do what; an application's token and another user's are refused
 */
export async function signInBot(run: Run): Promise<Bot> {
  const { accessToken } = await signIn(run, run.inputs.bot)
  const claims = run.services.entra.claimsOf(accessToken)
  checkBot(run, claims, 'Nothing was minted.')
  const bot: Bot = {
    azureDevOps: run.services.azureDevOps(accessToken),
    lastAzureDevOps: () => run.lastServices().azureDevOps(accessToken),
    organization: run.services.organization.as(accessToken),
    tenantId: claims?.tenantId,
  }
  run.journal.bot = bot
  return bot
}

async function signIn(run: Run, bot: BotCredential): Promise<SignedIn> {
  const { entra } = run.services
  switch (bot.kind) {
    case 'access-token':
      return { accessToken: bot.accessToken, refreshToken: undefined }
    case 'refresh-token':
      return redeemAndStore(run, bot)
    case 'refresh-token-in-vault':
      return signInByVault(run, bot, (newest, previous) => redeem(run, { app: bot.app, newest, previous }))
    case 'device-code':
      return entra.signInWithDeviceCode(bot.app, showing(run))
    case 'cli':
      return entra.signInWithTools()
    case 'missing':
      throw noWayToSignIn(bot.wanted)
  }
}

type RefreshTokenBot = Extract<BotCredential, { kind: 'refresh-token' }>

async function redeemAndStore(run: Run, bot: RefreshTokenBot): Promise<SignedIn> {
  const home = await openHome(run, bot.home)
  if (!home.exists) throw noHome(home)
  const { signedIn, used } = await redeem(run, bot)
  run.log.info("The bot's refresh token was redeemed.")
  if (signedIn.refreshToken === undefined) {
    run.log.warning('Entra gave no new refresh token. The stored one stays; it ends 90 days after its last roll.')
  } else {
    await home.store([signedIn.refreshToken, used])
    run.log.info(`The rolled refresh token is stored: ${home.inWords}.`)
  }
  return signedIn
}

/**
 * How long a refresh token may go without use, less some days for a step that runs only when somebody builds.
 * https://learn.microsoft.com/entra/identity-platform/refresh-tokens#token-lifetime
 */
const LONGEST_IDLE = 80 * DAY

/** A run that ends with an accepted `current-pat` does not sign in, so nothing rolls the refresh token while the PAT lives. */
export function warnOfIdleRefreshToken({ inputs, log }: Run): void {
  if (inputs.bot.kind !== 'refresh-token' || inputs.patLifetime < LONGEST_IDLE) return
  log.warning(
    `While the feed takes current-pat the bot does not sign in, so its refresh token may idle for all the ${inputs.patLifetime / DAY} days of pat-lifetime-days, and Microsoft Entra ID ends one that nobody used for 90 days. ` +
      `Set pat-lifetime-days to less than ${LONGEST_IDLE / DAY}, run once a week without current-pat, or keep the refresh token in a vault from which another renewal uses it too (key-vault-refresh-token).`,
  )
}

function noHome({ inWords }: OpenHome): Failure {
  return new Failure({
    kind: 'sign-in',
    doing: "sign the bot in: the refresh token's home does not exist",
    hint:
      `There is no ${inWords}, and a repository that merely uses an organization-wide refresh token must not become a second home for it. ` +
      'Run `operation: sign-in` in the one repository that is to keep it, or name the secret in bot-refresh-token-secret; elsewhere use current-pat, or keep the refresh token in a vault.',
  })
}

/** The newest refresh token; the one before it when Entra refuses the newest as such. */
async function redeem(
  run: Run,
  { app, newest, previous }: Pick<RefreshTokenBot, 'app' | 'newest' | 'previous'>,
): Promise<{ signedIn: SignedIn; used: string }> {
  const { redeemRefreshToken, refusesThisRefreshToken } = run.services.entra
  try {
    return { signedIn: await redeemRefreshToken(app, newest), used: newest }
  } catch (error) {
    if (previous === undefined || !refusesThisRefreshToken(error)) throw error
    run.log.info('Entra refuses the newest refresh token; the one before it is tried.')
    try {
      return { signedIn: await redeemRefreshToken(app, previous), used: previous }
    } catch (again) {
      // Both are refused for what they are: the newest one's reason is the one that helps.
      throw refusesThisRefreshToken(again) ? error : again
    }
  }
}
