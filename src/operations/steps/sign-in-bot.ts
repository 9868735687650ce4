import { momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import type { BotCredential } from '../../bot-inputs.ts'
import { homeInWords, type Place } from '../../place.ts'
import type { Bot, Claims, Run, SignedIn } from '../run.ts'
import { signInByVault } from './vault-refresh-token.ts'

/**
 * Signs the bot in to Azure DevOps. A rolled refresh token is stored before this returns, so before the first
 * request to Azure DevOps.
 * @throws Failure `sign-in` with who must do what; an application's token and another user's are refused
 */
export async function signInBot(run: Run): Promise<Bot> {
  const { accessToken } = await signIn(run, run.inputs.bot)
  const claims = run.services.entra.claimsOf(accessToken)
  checkBot(run, claims)
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
      return entra.signInWithDeviceCode(bot.app, ({ address, code }) => {
        run.log.notice(`Sign in as the bot: open ${address} and enter the code ${code}.`)
        run.log.info(`Waiting for the bot to sign in at ${address} with the code ${code} …`)
      })
    case 'cli':
      return entra.signInWithTools()
    case 'missing':
      throw new Failure({
        kind: 'sign-in',
        doing: 'sign the bot in',
        hint: `The bot is needed and no way to sign it in is given. Set ${bot.wanted}.`,
      })
  }
}

type RefreshTokenBot = Extract<BotCredential, { kind: 'refresh-token' }>

async function redeemAndStore(run: Run, bot: RefreshTokenBot): Promise<SignedIn> {
  const place = homeOf(run, bot)
  const github = await run.services.github()
  const [metadata, key] = await Promise.all([github.secret(place), github.publicKey(place.home, place.store)])
  if (metadata === undefined) throw noHome(place)
  const { signedIn, used } = await redeem(run, bot)
  run.log.info("The bot's refresh token was redeemed.")
  if (signedIn.refreshToken === undefined) {
    run.log.warning('Entra gave no new refresh token. The stored one stays; it ends 90 days after its last roll.')
  } else {
    await run.services.writeSealed(place, `${signedIn.refreshToken}\n${used}`, { key })
    run.log.info(`The rolled refresh token is stored in ${place.name} of ${homeInWords(place.home)}.`)
  }
  return signedIn
}

function homeOf(run: Run, { home }: RefreshTokenBot): Place {
  const repository = run.inputs.thisRepository
  return {
    home:
      home.environment === undefined
        ? { kind: 'repository', repository }
        : { kind: 'environment', repository, environment: home.environment },
    store: 'actions',
    name: home.secretName,
    form: 'plain',
  }
}

function noHome(place: Place): Failure {
  return new Failure({
    kind: 'sign-in',
    doing: "sign the bot in: the refresh token's home does not exist",
    hint:
      `There is no secret ${place.name} in ${homeInWords(place.home)}, and a repository that merely uses an organization-wide refresh token must not become a second home for it. ` +
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

function checkBot(run: Run, claims: Claims | undefined): void {
  const { botUser } = run.inputs
  if (claims?.application === true)
    throw refused(
      "The access token is an application's, not a user's. PATs belong to users: service principals and managed identities cannot own them. Use `operation: federate` to do without a PAT, or `operation: sign-in` to sign in as the bot.",
    )
  if (claims?.expiresAt !== undefined && claims.expiresAt <= run.clock.now()) {
    throw refused(
      `The bot's access token ended at ${momentInWords(claims.expiresAt)}. Get a fresh one in this job, or use bot-refresh-token.`,
    )
  }
  if (botUser !== undefined && claims?.userName?.toLowerCase() !== botUser.toLowerCase()) {
    const who = claims?.userName ?? 'a user whom its claims do not name'
    throw refused(
      `The access token belongs to ${who}, and bot-user asks for ${botUser}. Sign in as ${botUser}, or change bot-user.`,
    )
  }
}

function refused(hint: string): Failure {
  return new Failure({
    kind: 'sign-in',
    doing: 'take the access token as the bot',
    hint: `${hint} Nothing was minted.`,
  })
}
