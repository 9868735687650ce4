import type { World } from '../world.ts'

/** Every secret that this world has given out, and those that the step was given, by name. */
export function secretsOf(
  { ado, entra, oidc, githubToken }: World,
  inputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const numbered = (name: string, values: readonly string[]) =>
    values.map((value, index) => [`${name} ${index + 1}`, value] as const)
  const given = SECRET_INPUTS.flatMap((name) => numbered(`${name}, line`, (inputs[name] ?? '').split('\n')))
  const all = [
    ...numbered(
      'PAT',
      ado.pats.map(({ token }) => token),
    ),
    ...numbered(
      'access token',
      entra.accessTokens.map(({ value }) => value),
    ),
    ...numbered(
      'refresh token',
      entra.refreshTokens.map(({ value }) => value),
    ),
    ...numbered(
      'device code',
      entra.deviceCodes.map(({ value }) => value),
    ),
    ...numbered('client assertion', oidc.issued),
    ['OIDC request token', oidc.requestToken] as const,
    ['GitHub token', githubToken] as const,
    ...given,
  ]
  const parts = all.map(([name, value]) => [name, tellingPart(value.trim())] as const)
  return Object.fromEntries(parts.filter(([, value]) => value !== ''))
}

const SECRET_INPUTS = [
  ...['github-token', 'workflow-token', 'current-pat'],
  ...['bot-access-token', 'bot-refresh-token', 'notify-webhook-url'],
]

/** The head of a signed token is the same for all of them, and public; so is the host of a webhook. */
function tellingPart(value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return new URL(value).pathname
  return value.startsWith('eyJ') ? value.slice(value.indexOf('.') + 1) : value
}
