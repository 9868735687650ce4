import type { BotCredential } from '../../bot-inputs.ts'
import { Failure } from '../../errors.ts'
import { refreshTokens } from '../../input-rules.ts'
import { placeInWords, type VaultPlace } from '../../place.ts'
import { type Run, type SignedIn, writeDespiteCancel } from '../run.ts'

type VaultBot = Extract<BotCredential, { kind: 'refresh-token-in-vault' }>

/** Redeems the newest refresh token, or the one before it; `used` is the one that Entra took. */
export type Redeem = (
  newest: string,
  previous: string | undefined,
) => Promise<{ readonly signedIn: SignedIn; readonly used: string }>

/**
 * Signs the bot in by the refresh token that the vault holds. The rolled one is in the vault before this returns.
 * @throws Failure where the vault cannot be read or written, or holds none
 */
export async function signInByVault(run: Run, { secretName }: VaultBot, redeem: Redeem): Promise<SignedIn> {
  const [newest, previous] = await tokensInVault(run, secretName)
  const { signedIn, used } = await redeem(newest, previous)
  run.log.info("The bot's refresh token was redeemed.")
  if (signedIn.refreshToken === undefined)
    run.log.warning('Entra gave no new refresh token. The stored one stays; it ends 90 days after its last roll.')
  else {
    await storeInVault(run, secretName, signedIn.refreshToken, used)
    run.log.info(`The rolled refresh token is stored: ${placeInWords(homeIn(run, secretName))}.`)
  }
  return signedIn
}

/**
 * Stores a refresh token in the vault: the newest on the first line, and the one before it, where there is one, on the second.
 * @throws Failure
 */
export async function storeInVault(
  run: Run,
  secretName: string,
  newest: string,
  previous: string | undefined,
): Promise<void> {
  const value = previous === undefined ? newest : `${newest}\n${previous}`
  const secret = { value, contentType: 'Refresh token of the Azure DevOps bot' }
  await writeDespiteCancel(run, (services) => services.keyVault().setSecret(secretName, secret))
}

async function tokensInVault(run: Run, secretName: string): Promise<readonly [newest: string, previous?: string]> {
  const secret = await run.services.keyVault().secret(secretName)
  const where = placeInWords(homeIn(run, secretName))
  if (secret?.value === undefined)
    throw noToken(
      `There is no ${where}, or it is blank. Run \`operation: sign-in\` with the same key-vault-refresh-token.`,
    )
  const tokens = refreshTokens(secret.value)
  if ('value' in tokens) return tokens.value
  throw noToken(`What the ${where} holds is no refresh token: expected ${tokens.expected}.`)
}

/** The vault secret that is the refresh token's home. */
export function homeIn({ inputs }: Run, name: string): VaultPlace {
  return { vault: inputs.vault === undefined ? 'no vault' : new URL(inputs.vault.url).host, name }
}

function noToken(hint: string): Failure {
  return new Failure({ kind: 'sign-in', doing: 'sign the bot in: the vault does not hold its refresh token', hint })
}
