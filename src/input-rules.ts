import { isLogin, type RepositoryName, repositoryNamed } from './place.ts'

/** What one input says, converted; or what was expected instead. */
export type Parsed<T> = { readonly value: T } | { readonly expected: string }

export type Rule<T> = (text: string) => Parsed<T>

/** Longer values are not shown whole: every token is longer. */
const MOST_SHOWN = 32

/** A bad value as it may stand in a log: one line, and not the whole of a secret pasted into the wrong input. */
export function shown(text: string): string {
  // eslint-disable-next-line no-control-regex
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return line.length > MOST_SHOWN ? `${line.slice(0, 12)}… (${line.length} characters)` : line
}

/** GitHub's own reading of booleans (YAML 1.2 core schema). */
export const flag: Rule<boolean> = (text) => {
  if (/^(true|True|TRUE)$/.test(text)) return { value: true }
  if (/^(false|False|FALSE)$/.test(text)) return { value: false }
  return { expected: 'true or false' }
}

export function wholeNumber(least: number, most: number): Rule<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
    return value >= least && value <= most ? { value } : { expected: `a whole number from ${least} to ${most}` }
  }
}

export function oneOf<const T extends string>(values: readonly T[]): Rule<T> {
  return (text) => {
    const value = values.find((one) => one === text)
    return value === undefined ? { expected: `one of ${values.join(', ')}` } : { value }
  }
}

/** Values of a list separated by commas or new lines, each once, in the order given. */
export function listOf<T>(rule: Rule<T>, same: (one: T, other: T) => boolean = Object.is): Rule<readonly T[]> {
  return (text) => {
    const values: T[] = []
    for (const item of itemsIn(text)) {
      const parsed = rule(item)
      if ('expected' in parsed)
        return { expected: `${parsed.expected} (not "${shown(item)}"), separated by commas or new lines` }
      if (!values.some((value) => same(value, parsed.value))) values.push(parsed.value)
    }
    return values.length === 0 ? { expected: 'at least one value' } : { value: values }
  }
}

export function itemsIn(text: string): readonly string[] {
  return text
    .split(/[,\r\n]+/)
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

export function matching(pattern: RegExp, expected: string): Rule<string> {
  return (text) => (pattern.test(text) ? { value: text } : { expected })
}

/** https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions#organization-names */
export const adoOrganization = matching(
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?$/,
  'the name of an Azure DevOps organization (letters, digits and hyphens; the part after https://dev.azure.com/)',
)

/** Names that Azure DevOps allows for projects and feeds hold none of these; "." and ".." would change the path. */
export const adoName = matching(
  // eslint-disable-next-line no-control-regex
  /^(?!\.{1,2}$)[^\u0000-\u001f\u007f-\u009f/\\:*?"<>|;#${},+=[\]]{1,64}$/u,
  'a name as Azure DevOps shows it: at most 64 characters, without / \\ : * ? " < > | ; # $ { } , + = [ ]',
)

/** https://docs.github.com/actions/reference/security/secrets#naming-your-secrets */
export const secretName = matching(
  /^(?!github_)[a-z_][a-z0-9_]{0,254}$/i,
  'a secret name: letters, digits and underscores, no leading digit, not beginning with GITHUB_',
)

export const login: Rule<string> = (text) =>
  isLogin(text) ? { value: text } : { expected: 'the login of a GitHub organization, e.g. hmcts' }

/** `name` or `owner/name`; a bare name belongs to `owner`. Exact names only: no pattern may ever pick a repository. */
export function repository(owner: string): Rule<RepositoryName> {
  return (text) => {
    const value = repositoryNamed(text, owner)
    return value === undefined ? { expected: 'repositories as name or owner/name' } : { value }
  }
}

/** `owner/name`, as the runner names the repository that runs the step. */
export const fullRepository: Rule<RepositoryName> = (text) =>
  text.includes('/') ? repository('')(text) : { expected: 'owner/name' }

/** Full access is refused: the PAT is for packages. */
export const scopes: Rule<readonly string[]> = (text) => {
  const values = [...new Set(text.split(/\s+/).filter((scope) => scope !== ''))]
  if (values.some((scope) => scope.toLowerCase() === 'app_token')) {
    return { expected: 'scopes of packages, e.g. vso.packaging_write; full access (app_token) is refused' }
  }
  return values.length > 0 && values.every((scope) => /^vso\.[a-z_.]{1,60}$/.test(scope))
    ? { value: values }
    : { expected: 'scopes separated by spaces, e.g. vso.packaging_write' }
}

export const guid = matching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'a GUID')

/** `superseded`, `all`, or authorization ids; these in lower case, each once. */
export const revokePats: Rule<'superseded' | 'all' | readonly string[]> = (text) => {
  if (text === 'superseded' || text === 'all') return { value: text }
  const ids = listOf(guid)(text.toLowerCase())
  return 'value' in ids ? ids : { expected: `superseded, all, or authorization ids: ${ids.expected}` }
}

export const tenant = matching(
  /^(?!(?:common|organizations|consumers)$)[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i,
  "the tenant's GUID or domain (not common or organizations: the bot lives in one tenant)",
)

export const userPrincipalName = matching(/^[^\s@]+@[^\s@]+$/, 'a user principal name, e.g. bot@example.org')

/** An https address without user, query or fragment; at its end slashes are taken off, and a bare "?" or "#". */
export const httpsAddress: Rule<string> = (text) => {
  const url = URL.parse(text)
  const plain =
    url?.protocol === 'https:' && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  return plain ? { value: `${url.origin}${url.pathname}`.replace(/\/+$/, '') } : { expected: 'an https:// address' }
}

/** One line of at most `most` characters, none of them a control character. */
export function line(most: number): Rule<string> {
  return matching(
    new RegExp(`^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]{1,${most}}$`, 'u'),
    `one line of at most ${most} characters`,
  )
}

/** A deployment environment: a name that is a part of a path, in which "." and ".." would lead elsewhere. */
export const environmentName: Rule<string> = (text) =>
  /^\.{1,2}$/.test(text) ? { expected: 'the name of an environment' } : line(255)(text)

/** A secret value as it is: what it looks like is its service's business. Never shown in a problem. */
export const secretValue: Rule<string> = (text) =>
  /[\r\n]/.test(text) ? { expected: 'a single line (is a line break stored at its end?)' } : { value: text }

/** The stored refresh tokens: the newest on the first line, the one before it on the second. */
export const refreshTokens: Rule<readonly [newest: string, previous?: string]> = (text) => {
  const [newest, previous, ...more] = text
    .split(/[\r\n]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (newest === undefined || more.length > 0)
    return { expected: 'one refresh token, or the newest and the one before it on two lines' }
  return { value: previous === undefined ? [newest] : [newest, previous] }
}

/** `AZURE_AUTHORITY_HOST`: an address, or a bare host as Azure's own tools take it too. */
export const authority: Rule<string> = (text) => httpsAddress(/^https?:/i.test(text) ? text : `https://${text}`)

/** Vaults of the public cloud, of China, of the US government and of Germany. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name */
const VAULT =
  /^https:\/\/[a-z](?:[a-z0-9-]{1,22})[a-z0-9]\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net|microsoftazure\.de)$/

/** The address of a vault, and nothing but its host: what is sent there carries the refresh token and the PAT. */
export const vaultAddress: Rule<string> = (text) => {
  const address = httpsAddress(text)
  return 'value' in address && VAULT.test(address.value)
    ? address
    : { expected: 'the address of a vault, e.g. https://hmcts.vault.azure.net' }
}

export const vaultSecretName = matching(
  /^[0-9a-z-]{1,127}$/i,
  'the name of a vault secret: letters, digits and hyphens, at most 127',
)
