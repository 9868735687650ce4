import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { COPY, REFRESH } from '../vault/vault.ts'
import { SECRET, type World } from '../world.ts'
import { isSecretWrite, type LedgerEntry, managedOf, provedAt, acceptedWrites } from './ledger.ts'
import { basicPassword } from './request-names.ts'
import { repositoriesOf, REFRESH_TOKEN_SECRET, type Scene, storedRefreshTokens } from './scenes.ts'

export interface Evidence {
  readonly scene: Scene
  readonly world: World
  /** Every run so far, the last one last. */
  readonly runs: readonly LedgerEntry[]
  /** What `othersOf` said before the first run. */
  readonly others: string
}

/** What may never happen, whatever fails and wherever the process is stopped: a sentence for each time it did. */
export function neverHappens(evidence: Evidence): readonly string[] {
  const last = evidence.runs.at(-1)
  if (last === undefined) throw new TypeError('nothing was run')
  return [
    ...badPats(evidence),
    ...badCopies(evidence),
    ...wrongReaders(evidence),
    ...wrongEnd(evidence, last),
    ...wrongRefreshToken(evidence, last),
    ...(othersOf(evidence.world) === evidence.others ? [] : ['7: a PAT of somebody else was changed']),
    ...strayedCredentials(evidence, last),
  ]
}

/** 1: no place ever held a PAT while it was revoked, nor one that was not proved before. */
function badPats({ scene, world, runs }: Evidence): readonly string[] {
  return ['hmcts', ...repositoriesOf(scene)].flatMap((home) => {
    const history = world.github.secret(home, 'actions', SECRET)?.history ?? []
    return history.flatMap(({ value, at, by }, index) => {
      const pat = world.ado.patOf(value)
      if (pat === undefined) return [`1: ${home} held what is no PAT`]
      const until = history[index + 1]?.at ?? Infinity
      const proved = by === 'seed' ? at : provedAt(runs, pat)
      return [
        ...unless(pat.revokedAt >= until, `1: ${home} held "${pat.displayName}" while it was revoked`),
        ...unless(
          proved !== undefined && proved <= at,
          `1: ${home} held "${pat.displayName}" before the feed had taken it`,
        ),
        ...unless(until < Infinity || world.ado.accepts(value), `1: the feed refuses what ${home} holds`),
      ]
    })
  })
}

/** 1: nor did the vault, whose tag says which PAT each version holds. */
function badCopies({ world, runs }: Evidence): readonly string[] {
  const versions = world.vault.secret(COPY)?.versions ?? []
  return versions.flatMap(({ value, tags, createdAt }, index) => {
    const pat = world.ado.patOf(value)
    if (pat === undefined) return ['1: the vault held what is no PAT']
    const until = versions[index + 1]?.createdAt ?? Infinity
    const proved = index === 0 ? createdAt : provedAt(runs, pat)
    return [
      ...unless(pat.revokedAt >= until, `1: the vault held "${pat.displayName}" while it was revoked`),
      ...unless(
        proved !== undefined && proved <= createdAt,
        `1: the vault held "${pat.displayName}" before the feed had taken it`,
      ),
      ...unless(
        tags?.AdoPatAuthorizationId === pat.authorizationId,
        `1: the tag of the vault names another PAT than "${pat.displayName}"`,
      ),
    ]
  })
}

/** 3: who can read the organization secret stays, and only repositories that are named get copies. */
function wrongReaders({ scene, world }: Evidence): readonly string[] {
  const secret = world.github.secret('hmcts', 'actions', SECRET)
  const readers = scene.readers.map((name) => world.github.repository(name).id)
  const shown = secret?.selectedRepositoryIds ?? []
  const same = readers.length === shown.length && readers.every((id) => shown.includes(id))
  const unnamed = repositoriesOf(scene).filter((name) => !scene.repositories.includes(name))
  const copies = unnamed.filter((name) => world.github.secret(name, 'actions', SECRET) !== undefined)
  return [
    ...unless(secret?.visibility === 'selected' && same, '3: other repositories than before can read the secret'),
    ...copies.map((name) => `3: ${name} got a copy, and nobody named it`),
  ]
}

/** Struck runs have AZURE_LOG_LEVEL=verbose, with which Azure's libraries write there. Leaks are looked for in it too. */
const AZURE_SDK_LOG = 'azure:'

/** 4: exit 0 after a renewal, exit 1 with one sentence that helps where it failed. */
function wrongEnd({ scene, world, runs }: Evidence, last: LedgerEntry): readonly string[] {
  const { run, struck, before } = last
  const stopped = struck?.kind === 'stop'
  if (stopped && struck.by === 'sigkill') return unless(run.signal === 'SIGKILL', '4: the process was not killed')
  const { outcome, reason = '' } = run.outputs
  // What main says last is why the step failed.
  const said = [...run.shown.matchAll(/^(?: {2})?Error: (.*)$/gm)].at(-1)?.[1] ?? ''
  const common = [
    ...unless(run.signal === null, `4: the run did not end by itself (${run.signal})`),
    ...unless(run.exitCode === 0 || run.exitCode === 1, `4: exit code ${run.exitCode}`),
    ...unless(
      run.stderr === '' || run.stderr.startsWith(AZURE_SDK_LOG),
      `4: standard error says: ${run.stderr.slice(0, 300)}`,
    ),
    ...unless(!run.shown.includes('The action broke'), '4: the action broke'),
  ]
  if (run.exitCode !== 0) {
    const accepted = acceptedWrites(last)
    const everywhere = [...accepted].some((path) => path.startsWith('/orgs/')) || reached(scene, accepted)
    return [
      ...common,
      ...unless(outcome === 'failed', `4: exit 1, and the outcome ${outcome}`),
      ...unless(/^Could not .+?\. .+\S{3}.*\.$/.test(said), `4: no sentence with a hint: ${said}`),
      ...unless(
        reason === said || reason.startsWith(said.slice(0, 200)),
        `4: another reason than the error: ${reason}`,
      ),
      ...unless(stopped || !everywhere, '4: exit 1, though every place got the new PAT'),
    ]
  }
  const youngest = Math.max(...before.map(({ validFrom }) => validFrom))
  const holdsNew = (home: string): boolean => (world.held(home)?.validFrom ?? 0) > youngest
  const served = scene.repositories.every((home) => isNewer(world.held(home), world.held()))
  const renewed = holdsNew('hmcts') || (served && scene.repositories.some(holdsNew))
  return [
    ...common,
    ...unless(
      outcome === 'renewed' || (outcome === 'not-due' && runs.length > 1),
      `4: exit 0, and the outcome ${outcome}`,
    ),
    ...unless(outcome !== 'renewed' || renewed, '4: "renewed", and no place has a newer PAT'),
    ...unless(said === '', `4: exit 0 with an error: ${said}`),
  ]
}

function isNewer(one: Pat | undefined, other: Pat | undefined): boolean {
  return (one?.validFrom ?? 0) > (other?.validFrom ?? 0)
}

function reached({ repositories }: Scene, accepted: ReadonlySet<string>): boolean {
  return repositories.every((name) => accepted.has(`/repos/${name}/actions/secrets/${SECRET}`))
}

/** 6: stored before anything is asked of Azure DevOps, and what is stored signs in. */
function wrongRefreshToken({ scene, world }: Evidence, { exchanges, struck, run }: LedgerEntry): readonly string[] {
  if (scene.name !== 'refresh-token' && scene.name !== 'vault') return []
  const first = exchanges.findIndex(({ request }) => request.url.host.endsWith('dev.azure.com'))
  const stored = exchanges.findIndex(
    (exchange) =>
      [REFRESH_TOKEN_SECRET, REFRESH].some((name) => exchange.request.url.pathname.endsWith(name)) &&
      exchange.request.method === 'PUT' &&
      [200, 201, 204].includes(wholeOrDone(exchange)),
  )
  const works = storedRefreshTokens(world).some((line) =>
    world.entra.refreshTokens.some(({ value, spent }) => value === line && !spent),
  )
  const [newest, previous] = storedRefreshTokens(world)
  const rolled = newest === world.entra.refreshTokens.at(-1)?.value && previous !== undefined
  return [
    ...unless(
      struck !== undefined || run.exitCode !== 0 || rolled,
      '6: the newest refresh token is not the first line',
    ),
    ...unless(
      first < 0 || (stored >= 0 && stored < first),
      '6: Azure DevOps was asked before the refresh token was kept',
    ),
    ...unless(works, '6: no refresh token that is stored signs the bot in'),
  ]
}

function wholeOrDone({ outcome }: LedgerEntry['exchanges'][number]): number {
  return outcome?.kind === 'answer' ? outcome.answer.status : 0
}

/** 7: all that the slot does not own, as text. A feed may have been shown it. */
export function othersOf(world: World): string {
  const managed = managedOf(world)
  const others = world.ado.pats.filter((pat) => !managed.includes(pat))
  return JSON.stringify(others.map((pat) => ({ ...pat, used: true })))
}

/** 8: each credential only reaches the host it was meant for. */
function strayedCredentials({ world }: Evidence, { exchanges }: LedgerEntry): readonly string[] {
  const { entra, oidc, ado } = world
  return exchanges.flatMap((exchange) => {
    const { url, headers, body } = exchange.request
    const { authorization = '' } = headers
    const all = `${url.href} ${authorization} ${basicPassword(headers) ?? ''} ${isSecretWrite(exchange) ? '' : body}`
    const carries = (values: readonly string[]): boolean => values.some((value) => all.includes(value))
    const [login, vault] = ['login.microsoftonline.com', world.vault.hosts[0] ?? '']
    const ofVault = (wanted: boolean): readonly string[] =>
      entra.accessTokens.flatMap(({ value, audience }) => (audience.includes('vault') === wanted ? [value] : []))
    const meant: readonly (readonly [string, readonly string[], boolean])[] = [
      ['a GitHub token', ['api.github.com'], /\bgh[ps]_/.test(all)],
      ['an access token', ['vssps.dev.azure.com'], carries(ofVault(false))],
      ["the vault's access token", [vault], carries(ofVault(true))],
      ['a refresh token', [login, vault], carries(entra.refreshTokens.map(({ value }) => value))],
      ['an assertion', [login], carries(oidc.issued)],
      ['the OIDC request token', [new URL(oidc.requestUrl).host], all.includes(oidc.requestToken)],
      ['a PAT', ['feeds.dev.azure.com', vault], carries(ado.pats.map(({ token }) => token))],
    ]
    return meant
      .filter(([, hosts, carried]) => carried && !hosts.includes(url.host))
      .map(([what]) => `8: ${what} was sent to ${url.host}`)
  })
}

export function unless(holds: boolean, complaint: string): readonly string[] {
  return holds ? [] : [complaint]
}
