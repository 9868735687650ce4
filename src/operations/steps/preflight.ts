import { messageOf } from '../../errors.ts'
import type { PublicKey, SecretMetadata } from '../../github/connect.ts'
import { GitHubFailure } from '../../github/refusals.ts'
import { homeInWords, type OrganizationHome, type Place, type PlaceReading, type Store } from '../../place.ts'
import type { Inputs } from '../../inputs.ts'
import type { CurrentPat } from '../../renewal/due.ts'
import { managedPats } from '../../renewal/names.ts'
import type { SlotReading } from '../../renewal/slot-standing.ts'
import type { VaultReading } from '../../renewal/vault.ts'
import type { Bot, Run } from '../run.ts'
import { allRepositories, type Untold, withoutUnreached } from './all-repositories.ts'
import { type Copies, lookAtCopies } from './copies.ts'
import { listPats } from './list-pats.ts'
import { organizationPlaces, repositoryPlaces, slotOf } from './places.ts'
import { proveCurrentPat } from './prove.ts'
import { signInBot } from './sign-in-bot.ts'
import { readVault } from './vault-pat.ts'

/** One store of the organization: readable, or refused as a write would be. */
export type OrganizationStore =
  | {
      readonly kind: 'readable'
      readonly store: Store
      readonly key: PublicKey
      readonly secrets: readonly OrganizationSecret[]
    }
  | {
      readonly kind: 'refused'
      readonly store: Store
      readonly places: readonly Place<OrganizationHome>[]
      readonly failure: GitHubFailure
    }

export interface OrganizationSecret {
  readonly place: Place<OrganizationHome>
  /** Undefined where there is no such secret yet. */
  readonly metadata: SecretMetadata | undefined
}

export interface GitHubReading extends Copies {
  readonly organization: readonly OrganizationStore[]
  /** Places of `all` of which it cannot be told whether the organization secret reaches their repository. */
  readonly untold: readonly Untold[]
  /** Whether every one of `repositories` could be looked at; with `all`, those that the token does not reach are left out. */
  readonly complete: boolean
}

/** Every place as it was found. */
export interface PlacesReading extends GitHubReading {
  /** Undefined without `key-vault-pat`. */
  readonly vault: VaultReading | undefined
}

export interface Preflight extends PlacesReading {
  /** When the run began to look, milliseconds since 1970. */
  readonly began: number
  readonly bot: Bot
  readonly currentPat: CurrentPat
}

/**
 * Reads everything that a decision needs, GitHub, the vault and Azure side by side; writes nothing but the rolled refresh token.
 * The slot's PATs go into the journal.
 * @param proved what the feed already said of `current-pat` in this run
 * @throws Failure where something that is needed cannot be read
 */
export async function preflight(run: Run, proved?: CurrentPat): Promise<Preflight> {
  const began = run.clock.now()
  if (takesNoAppToken(run.inputs)) run.log.warning(NO_APP_TOKEN)
  // The way to the PATs is the longest, so it begins first: of an untried GitHub token only some requests go out at once.
  const [azure, gitHub, vault] = await Promise.allSettled([readAzure(run, proved), readGitHub(run), readVault(run)])
  if (azure.status === 'rejected') {
    if (gitHub.status === 'rejected') run.log.error(`GitHub fails too. ${messageOf(gitHub.reason)}`)
    if (vault.status === 'rejected') run.log.error(`The vault fails too. ${messageOf(vault.reason)}`)
    throw azure.reason
  }
  if (gitHub.status === 'rejected') throw new PreflightFailure(gitHub.reason, azure.value.bot)
  if (vault.status === 'rejected') throw new PreflightFailure(vault.reason, azure.value.bot)
  return { ...gitHub.value, vault: vault.value, ...azure.value, began }
}

/** Where GitHub must refuse, it is said before it does, and before anything is minted. */
const NO_APP_TOKEN =
  "Codespaces secrets of an organization take no App token, and github-token is one: use an organization owner's classic personal access token with the scopes admin:org and repo, or take codespaces out of secret-stores."

/** An App's installation token, and no other kind, begins with `ghs_`. https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
function takesNoAppToken({ target, stores, githubToken }: Inputs): boolean {
  return target === 'organization' && stores.includes('codespaces') && githubToken?.startsWith('ghs_') === true
}

/** GitHub or the vault cannot be read, but the bot is signed in: what it has may still be kept alive. */
export class PreflightFailure extends Error {
  readonly bot: Bot

  constructor(cause: unknown, bot: Bot) {
    super('a place could not be read', { cause })
    this.bot = bot
  }
}

async function readAzure(run: Run, proved: CurrentPat | undefined): Promise<{ bot: Bot; currentPat: CurrentPat }> {
  const bot = await signInBot(run)
  const [pats, currentPat] = await Promise.all([listPats(run, bot.azureDevOps), proved ?? proveCurrentPat(run)])
  run.journal.listed = pats
  run.journal.pats = managedPats(pats, slotOf(run.inputs))
  run.log.info(`PATs of the bot: ${pats.length}; managed ones of this slot: ${run.journal.pats.length}.`)
  return { bot, currentPat }
}

/** A fresh look at every place, before retiring. */
export async function readPlaces(run: Run): Promise<PlacesReading> {
  const [gitHub, vault] = await Promise.all([readGitHub(run), readVault(run)])
  return { ...gitHub, vault }
}

/** The metadata of each of GitHub's places, and the public key of each organization store. */
async function readGitHub(run: Run): Promise<GitHubReading> {
  const { repositories, target } = run.inputs
  if (repositories !== 'all') {
    const [organization, copies] = await Promise.all([
      readStores(run, organizationPlaces(run.inputs)),
      lookAtCopies(run, repositoryPlaces(run.inputs)),
    ])
    return { organization, ...copies, untold: [], complete: copies.unreadable.length === 0 }
  }
  // Whom the organization secret reaches says which repositories are meant, even where it is not to be written.
  const organization = await readStores(run, organizationPlaces({ ...run.inputs, target: 'organization' }))
  const all = await allRepositories(run, organization)
  const copies = await lookAtCopies(run, all.places)
  return {
    organization: target === 'organization' ? organization : [],
    ...withoutUnreached(run, copies),
    untold: all.untold,
    complete: all.complete && copies.unreadable.length === 0,
  }
}

async function readStores(run: Run, places: readonly Place<OrganizationHome>[]): Promise<readonly OrganizationStore[]> {
  return Promise.all([...new Set(places.map(({ store }) => store))].map((store) => readStore(run, store, places)))
}

async function readStore(run: Run, store: Store, all: readonly Place<OrganizationHome>[]): Promise<OrganizationStore> {
  const places = all.filter((place) => place.store === store)
  const [home] = places.map((place) => place.home)
  if (home === undefined) throw new TypeError(`no place in ${store}`)
  try {
    const github = await run.services.github()
    const [key, ...secrets] = await Promise.all([
      github.publicKey(home, store),
      ...places.map(async (place) => ({ place, metadata: await github.secret(place) })),
    ])
    return { kind: 'readable', store, key, secrets }
  } catch (error) {
    if (!(error instanceof GitHubFailure && error.fallsBack)) throw error
    run.log.info(
      `GitHub refuses to show the ${store} secrets of ${homeInWords(home)}, which counts as a refused write. ${error.message}`,
    )
    return { kind: 'refused', store, places, failure: error }
  }
}

/** The slot as the rules look at it: what was read, with what this run wrote to those places since. */
export function slotReading(run: Run, { organization, copies, vault }: PlacesReading): SlotReading {
  const written = <R extends PlaceReading>(reading: R): R => {
    const receipt = run.journal.receipts.findLast(({ place }) => place === reading.place)
    return receipt === undefined
      ? reading
      : { ...reading, writtenAt: receipt.did === 'removed' ? undefined : receipt.at }
  }
  const readable = organization.flatMap((store) => (store.kind === 'readable' ? store.secrets : []))
  const places = readable.map(({ place, metadata }) => written({ place, writtenAt: metadata?.writtenAt }))
  return {
    managed: run.journal.pats,
    organizationPlaces: places.length === 0 ? undefined : places,
    organizationIncomplete: places.length === 0 || organization.some(({ kind }) => kind === 'refused'),
    repositoryPlaces: copies.map(written),
    vault: vault && vaultNow(run, vault),
  }
}

function vaultNow({ journal }: Run, vault: VaultReading): VaultReading {
  const receipt = journal.receipts.findLast(({ place }) => place === vault.place)
  return receipt === undefined ? vault : { ...vault, writtenAt: receipt.at, holds: journal.minted }
}

/** The slot where no place could be looked at. */
export function withoutPlaces(run: Run): SlotReading {
  return { managed: run.journal.pats, organizationPlaces: undefined, repositoryPlaces: [] }
}

/** Whether every place could be read: while one cannot, nothing is retired. */
export function allReadable({ organization, complete }: GitHubReading): boolean {
  return complete && organization.every(({ kind }) => kind === 'readable')
}
