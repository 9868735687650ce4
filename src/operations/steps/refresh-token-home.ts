import type { ActionsHome, RefreshTokenHome } from '../../bot-inputs.ts'
import { homeInWords, type Place, placeInWords } from '../../place.ts'
import { type Run, writeDespiteCancel } from '../run.ts'
import { homeIn, storeInVault } from './vault-refresh-token.ts'

/** The refresh token's home, found and ready to be written. */
export interface OpenHome {
  /** `secret ADO_BOT_REFRESH_TOKEN in repository hmcts/.github` */
  readonly inWords: string
  /** Whether there is something in it already. */
  readonly exists: boolean
  /**
   * Stores refresh tokens, the newest first, a line each: nothing else is left there. Even once the run is cancelled: the
   * one before may be spent by now.
   * @throws Failure
   */
  readonly store: (tokens: readonly [newest: string, ...before: string[]]) => Promise<void>
}

/**
 * Looks at the home before anybody is asked to sign in, so that whatever keeps it from being written is told first.
 * Writes nothing yet.
 * @throws Failure where GitHub, or the vault, does not show it, with the permission that is missing
 */
export async function openHome(run: Run, home: RefreshTokenHome): Promise<OpenHome> {
  if (home.kind === 'vault') return openVaultHome(run, home.secretName)
  const place = placeOf(run, home)
  const github = await run.services.github()
  const [metadata, key] = await Promise.all([
    github.secret(place),
    github.publicKey(place.home, place.store, place.form),
  ])
  return {
    inWords: `secret ${place.name} in ${homeInWords(place.home)}`,
    exists: metadata !== undefined,
    store: (tokens) => writeDespiteCancel(run, (services) => services.writeSealed(place, tokens.join('\n'), { key })),
  }
}

function placeOf(run: Run, { secretName, environment }: ActionsHome): Place {
  const repository = run.inputs.thisRepository
  return {
    home:
      environment === undefined ? { kind: 'repository', repository } : { kind: 'environment', repository, environment },
    store: 'actions',
    name: secretName,
    form: 'refresh-token',
  }
}

async function openVaultHome(run: Run, secretName: string): Promise<OpenHome> {
  const secret = await run.services.keyVault().secret(secretName)
  return {
    inWords: placeInWords(homeIn(run, secretName)),
    exists: secret !== undefined,
    store: ([newest, previous]) => storeInVault(run, secretName, newest, previous),
  }
}
