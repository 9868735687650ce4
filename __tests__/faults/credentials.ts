import { findingOf } from '../leaks/forms.ts'
import type { World } from '../world.ts'
import type { Evidence } from './evidence.ts'
import type { LedgerEntry } from './ledger.ts'

/** What a credential is called, its values, and the hosts that it is meant for. */
type Meant = readonly [what: string, values: readonly string[], hosts: readonly string[]]

/** 8: each credential, in whatever form and wherever in the request, only reaches the hosts that it was meant for. */
export function strayedCredentials({ world }: Evidence, { exchanges, given }: LedgerEntry): readonly string[] {
  const meant = meantFor(world, given)
  const secrets = meant.flatMap(([what, values]) => values.map((value, index) => [`${what} ${index}`, value] as const))
  const find = findingOf(Object.fromEntries(secrets))
  return exchanges.flatMap(({ request: { url, headers, body } }) => {
    const found = find([url.href, ...Object.entries(headers).flat(), body].join('\n'))
    return meant
      .filter(([what, , hosts]) => !hosts.includes(url.host) && found.some((one) => one.startsWith(`${what} `)))
      .map(([what]) => `8: ${what} was sent to ${url.host}`)
  })
}

function meantFor(
  { ado, entra, oidc, vault, webhook, githubToken }: World,
  given: LedgerEntry['given'],
): readonly Meant[] {
  const accessTokens = (forVault: boolean): readonly string[] =>
    entra.accessTokens.flatMap(({ value, audience }) =>
      audience.includes('vault') === forVault ? [signatureOf(value)] : [],
    )
  const [login, ofVault] = ['login.microsoftonline.com', new URL(vault.url).host]
  const refreshTokens = entra.refreshTokens.map(({ value }) => value)
  return [
    ['a GitHub token', [githubToken, given['github-token'] ?? githubToken], ['api.github.com']],
    ['an access token', accessTokens(false), ['vssps.dev.azure.com']],
    ["the vault's access token", accessTokens(true), [ofVault]],
    ['a refresh token', refreshTokens, [login, ofVault]],
    ['an assertion', oidc.issued.map(signatureOf), [login]],
    ['the OIDC request token', [signatureOf(oidc.requestToken)], [new URL(oidc.requestUrl).host]],
    ['a PAT', ado.pats.map(({ token }) => token), ['feeds.dev.azure.com', ofVault]],
    ['the key of the webhook', [new URL(webhook.url).pathname], [new URL(webhook.url).host]],
  ]
}

/** Head and claims are much the same in all signed tokens. */
function signatureOf(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1)
}
