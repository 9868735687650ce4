import type { World } from '../world.ts'

/** Where a secret stands that must not stand there: `PAT 2, as base64, in the summary`. */
export function leaksIn(
  world: World,
  inputs: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>>,
): readonly string[] {
  return secretsOf(world, inputs).flatMap(([name, secret]) =>
    formsOf(secret).flatMap(([form, value]) =>
      Object.entries(texts).flatMap(([where, text]) => (text.includes(value) ? [`${name}, ${form}, in ${where}`] : [])),
    ),
  )
}

const SECRET_INPUTS = [
  'github-token',
  'bot-access-token',
  'bot-refresh-token',
  'current-pat',
  'workflow-token',
  'notify-webhook-url',
]

/** Every secret that this world has given out so far, or that the step was given. */
function secretsOf(world: World, inputs: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  const { ado, entra, oidc, githubToken } = world
  const numbered = (name: string, values: readonly string[]) =>
    values.map((value, index) => [`${name} ${index + 1}`, value] as const)
  const given = SECRET_INPUTS.flatMap((name) =>
    numbered(
      `${name}, line`,
      (inputs[name] ?? '').split('\n').map((line) => line.trim()),
    ),
  )
  return [
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
    ...numbered('assertion', oidc.issued),
    ['the request token of OIDC', oidc.requestToken] as const,
    ['the GitHub token', githubToken] as const,
    ...given,
  ].filter(([, value]) => value !== '')
}

/** The value, and the base64 forms in which feeds and clients carry it; padding left off, so that either is found. */
function formsOf(value: string): readonly (readonly [string, string])[] {
  const encoded = (text: string, encoding: 'base64' | 'base64url') =>
    Buffer.from(text).toString(encoding).replace(/=+$/, '')
  return [
    ['as it is', value],
    ['as base64', encoded(value, 'base64')],
    ['as base64url', encoded(value, 'base64url')],
    ['as base64 of :value', encoded(`:${value}`, 'base64')],
    ['as base64 of pat:value', encoded(`pat:${value}`, 'base64')],
  ]
}
