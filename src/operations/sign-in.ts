import { Failure, messageOf } from '../errors.ts'
import { check } from './check.ts'
import type { Claims, Run } from './run.ts'
import { checkBot } from './steps/check-bot.ts'
import { type Conclusion, conclude } from './steps/conclude.ts'
import { noWayToSignIn, showing } from './steps/person.ts'
import { openHome, type OpenHome } from './steps/refresh-token-home.ts'

/**
 * Lets a person sign in as the bot once, and stores the refresh token where `renew` finds it, before anything is asked of
 * Azure DevOps. A first check follows, whose outcome does not fail the sign-in.
 */
export async function signIn(run: Run): Promise<Conclusion> {
  try {
    const { bot, dryRun, botUser } = run.inputs
    if (bot.kind !== 'device-code') throw noWayToSignIn('azure-tenant-id and azure-client-id')
    const home = await run.log.group('Look at where the refresh token goes', () =>
      look(run, () => openHome(run, bot.home)),
    )
    if (dryRun) return plan(run, home)
    // Not in a group: whoever watches the log must see the code without opening anything.
    const { accessToken, refreshToken } = await run.services.entra.signInForGood(bot.app, showing(run), botUser)
    const claims = run.services.entra.claimsOf(accessToken)
    checkBot(run, claims, 'No refresh token was stored.')
    if (refreshToken === undefined) throw noRefreshToken()
    await store(run, home, refreshToken)
    const reason = `${accountInWords(claims)} is signed in; the refresh token is stored: ${home.inWords}`
    run.log.notice(`${reason}.`)
    return {
      ...(await firstCheck(run, accessToken)),
      operation: 'sign-in',
      outcome: 'signed-in',
      reason,
      failure: undefined,
    }
  } catch (error) {
    if (error instanceof Failure) return conclude(run, { outcome: 'failed', failure: error })
    throw error
  }
}

async function look(run: Run, open: () => Promise<OpenHome>): Promise<OpenHome> {
  const home = await open()
  run.log.info(
    home.exists
      ? `The ${home.inWords} is there, and will be replaced.`
      : `There is no ${home.inWords} yet; it will be created.`,
  )
  return home
}

function plan(run: Run, home: OpenHome): Conclusion {
  const { bot, botUser } = run.inputs
  const as = botUser ?? 'the bot'
  const through = 'app' in bot ? ` through the app registration ${bot.app.clientId} of tenant ${bot.app.tenantId}` : ''
  run.journal.plan.push(
    `Ask a person to sign in as ${as}${through}.`,
    `${home.exists ? 'Replace' : 'Create'} the ${home.inWords} with the new refresh token.`,
    'Check how the PAT, the secret and its copies stand.',
  )
  for (const line of run.journal.plan) run.log.info(`Plan: ${line}`)
  return conclude(run, { outcome: 'planned', reason: 'nobody was asked to sign in, and nothing was stored' })
}

async function store(run: Run, home: OpenHome, refreshToken: string): Promise<void> {
  try {
    // What was there before may be another account's.
    await run.log.group('Store the refresh token', () => home.store([refreshToken]))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure({
      kind: error.kind,
      doing: 'finish the sign-in',
      hint: `The person signed in, but the refresh token could not be stored, and is given up: sign in once more when this is mended. ${error.message}`,
      cause: error,
    })
  }
}

/** What the bot finds is worth telling, whatever it is: the sign-in is done. */
async function firstCheck(run: Run, accessToken: string): Promise<Conclusion> {
  const asBot: Run = {
    ...run,
    inputs: { ...run.inputs, operation: 'check', bot: { kind: 'access-token', accessToken } },
  }
  try {
    const checked = await check(asBot)
    if (checked.failure !== undefined) run.log.warning(`The first check does not find all well. ${checked.failure}`)
    return checked
  } catch (error) {
    run.log.warning(`The first check could not be carried out. ${messageOf(error)}`)
    return conclude(run, { outcome: 'signed-in', reason: '' })
  }
}

function accountInWords(claims: Claims | undefined): string {
  const { userName = 'an account whose name Microsoft Entra ID does not tell', tenantId = 'unknown' } = claims ?? {}
  return `${userName} of tenant ${tenantId}`
}

function noRefreshToken(): Failure {
  return new Failure({
    kind: 'sign-in',
    doing: 'get a refresh token for the bot',
    hint: 'Microsoft Entra ID gave an access token alone. A policy of the tenant may forbid lasting sign-ins to this app registration (Conditional Access > Session > Persistent browser session, or token protection): ask its administrator.',
  })
}
