import type { Access, World, WorldPat } from './world.ts'
import { Breach, keyOf, sameAccess, secretInWords } from './world.ts'
import type { Operation } from '../../src/inputs.ts'
import { organizationPlaces, repositoryPlaces } from '../../src/operations/steps/places.ts'
import type { Place } from '../../src/place.ts'
import type { Actor } from './actor.ts'
import { tellsASecret } from './secrecy.ts'

const NAME_END = /^\d{4}-\d\d-\d\dT[\d:.]+Z( pending| fallback)?$/

/**
 * Looks over the runs' shoulders at every change: "What may never happen" of the contract, held after every step; 4 and 5 are
 * for judge.ts and settle.ts. 8, a credential that goes to a foreign host, cannot happen here: the services have types and
 * no addresses. The tests of the wire, of hostile input and of the bundle hold it.
 */
export class Watch {
  readonly #world: World
  /** The first breach; kept here, since the action may catch what is thrown. */
  breach: Breach | undefined
  /** PATs that died of something that the action cannot help, and may still be somewhere. */
  readonly excused = new Set<WorldPat | undefined>()

  constructor(world: World) {
    this.#world = world
  }

  fail(line: string): never {
    throw this.note(line)
  }

  note(line: string): Breach {
    this.#world.tell(`BREACH: ${line}`)
    return (this.breach ??= new Breach(line))
  }

  /** One mint a run, a second one only where the answer of the first was lost. */
  mints(actor: Actor): void {
    this.#changes(actor, 'mints', 'renew')
    actor.mintsAsked += 1
    if (actor.mintsAsked > 1 + Math.min(1, actor.mintsLost))
      this.fail(`${actor.name} mints ${actor.mintsAsked} times after ${actor.mintsLost} lost answers`)
  }

  /** 7: a PAT that this action did not name is never changed; nor is one of another slot. */
  changesPat(actor: Actor, pat: WorldPat, by: readonly Operation[] = ['renew', 'extend']): void {
    this.#changes(actor, 'changes a PAT', ...by)
    const start = `${actor.inputs.patName} [${actor.slot}] `
    if (!pat.displayName.startsWith(start) || !NAME_END.test(pat.displayName.slice(start.length)))
      this.fail(`${actor.name} of ${actor.slot} changes "${pat.displayName}", which is not its own`)
  }

  /** 1: a place never holds a PAT that this action has revoked. */
  revokes(actor: Actor, pat: WorldPat): void {
    this.changesPat(actor, pat, ['renew', 'revoke'])
    for (const secret of this.#world.secrets.values()) {
      if (secret.pat === pat) this.fail(`${actor.name} revokes "${pat.displayName}", but ${secretInWords(secret)}`)
    }
    if (this.#world.vault?.pat === pat) this.fail(`${actor.name} revokes "${pat.displayName}", which the vault holds`)
  }

  /** 1: only what is proved and delivered is copied to the vault, with a tag that says which PAT it is. */
  copies(actor: Actor, pat: WorldPat | undefined, tag: string | undefined): void {
    this.#changes(actor, 'writes the vault', 'renew')
    if (pat === undefined || pat !== actor.minted) this.fail(`${actor.name} copies what it did not mint to the vault`)
    if (pat.revokedBy === 'action' || !pat.proved)
      this.fail(`${actor.name} copies "${pat.displayName}", which is no good`)
    if (actor.acknowledged.size === 0) this.fail(`${actor.name} copies "${pat.displayName}" before it is delivered`)
    if (tag !== pat.authorizationId)
      this.fail(`${actor.name} tags the copy of "${pat.displayName}" as ${tag ?? 'nothing'}`)
  }

  /** 1 and 3: only proved PATs are written, and who can read a secret stays as it is, or was when somebody changed it. */
  writes(actor: Actor, place: Place, pat: WorldPat | undefined, access: Access | undefined): void {
    this.#changes(actor, 'writes a secret', 'renew')
    this.#isItsOwn(actor, place)
    if (pat === undefined) this.fail(`${actor.name} writes something that is no PAT to ${keyOf(place)}`)
    if (pat !== actor.minted) this.fail(`${actor.name} writes "${pat.displayName}", which it did not mint`)
    if (pat.revokedBy === 'action')
      this.fail(`${actor.name} writes "${pat.displayName}" to ${keyOf(place)}, which is revoked`)
    if (!pat.proved) this.fail(`${actor.name} writes "${pat.displayName}" to ${keyOf(place)}, which was not proved`)
    if (place.home.kind !== 'organization') return
    if (access === undefined) return this.fail(`${actor.name} writes ${keyOf(place)} without saying who can read it`)
    const before = this.#world.secret(place)
    if (before === undefined || sameAccess(before.access, access)) return
    // Somebody else created it while the run, which had found none, was about to.
    if ((this.#world.accesses.get(keyOf(place))?.[0]?.since ?? 0) >= actor.began) return
    if (!this.#since(actor.mintedAt, place).some((one) => sameAccess(one, access)))
      this.fail(
        `${actor.name} changes who can read ${keyOf(place)} from ${accessInWords(before.access)} to ${accessInWords(access)}`,
      )
  }

  removes(actor: Actor, place: Place): void {
    this.#changes(actor, 'removes a secret', 'renew')
    this.#isItsOwn(actor, place)
    if (place.home.kind === 'organization') this.fail(`${actor.name} removes ${keyOf(place)}`)
    if (actor.inputs.staleCopies !== 'remove') this.fail(`${actor.name} removes ${keyOf(place)}, and was not asked to`)
  }

  /** 2: nothing secret is told. */
  tells({ name }: Actor, where: string, text: string): void {
    if (tellsASecret(text)) this.note(`${name} tells a secret in ${where}: ${text}`)
  }

  /** 6: the newest on the first line, the one that it was traded for on the second; in a dry run too. */
  storesRefreshToken({ name, rolled }: Actor, text: string): void {
    if (rolled === undefined) return this.fail(`${name} stores a refresh token that Entra did not give it`)
    if (text !== `${rolled.newest}\n${rolled.used}`) this.fail(`${name} stores other refresh tokens than it has`)
  }

  /** 6: a rolled refresh token is stored before the first request to Azure DevOps. */
  asksAzureDevOps({ name, rolled }: Actor, doing: string): void {
    if (rolled?.stored === false) this.fail(`${name} asks to ${doing} before the rolled refresh token is stored`)
  }

  #changes({ name, inputs }: Actor, what: string, ...by: readonly Operation[]): void {
    if (inputs.dryRun) this.fail(`${name} ${what} in a dry run`)
    if (!by.includes(inputs.operation)) this.fail(`${name} ${what}, and was to ${inputs.operation}`)
  }

  /** 3: only what the inputs name is written. */
  #isItsOwn({ name, inputs }: Actor, place: Place): void {
    const own = [...organizationPlaces(inputs), ...repositoryPlaces(inputs)].map(keyOf)
    if (!own.includes(keyOf(place))) this.fail(`${name} touches ${keyOf(place)}, which its inputs do not name`)
  }

  /** Every access in force at some moment since then. */
  #since(moment: number, place: Place): readonly Access[] {
    const history = this.#world.accesses.get(keyOf(place)) ?? []
    return history.filter((_, index) => (history[index + 1]?.since ?? Infinity) >= moment).map(({ access }) => access)
  }
}

function accessInWords({ visibility, selected }: Access): string {
  return visibility === 'selected' ? `selected ${selected.join()}` : visibility
}
