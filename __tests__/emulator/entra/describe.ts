import { readJwt } from './jwt.ts'
import type { Entra } from './model.ts'

/** A form body in words: what is secret in it is named by what the service knows of it. */
export function describeForm(entra: Entra, body: string): Readonly<Record<string, string>> {
  const described: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(body)) described[name] = describe(entra, name, value)
  return described
}

function describe(entra: Entra, name: string, value: string): string {
  switch (name) {
    case 'refresh_token':
      return `<${entra.refreshTokens.find((token) => token.value === value)?.name ?? 'unknown refresh token'}>`
    case 'device_code':
      return `<${entra.deviceCodes.find((code) => code.value === value)?.name ?? 'unknown device code'}>`
    case 'client_assertion':
      return `<assertion of ${JSON.stringify(readJwt(value)?.sub ?? 'nobody').replaceAll('"', '')}>`
    case 'client_secret':
    case 'password':
    case 'code':
    case 'code_verifier':
    case 'assertion':
      return `<${name}>`
    default:
      return value
  }
}
