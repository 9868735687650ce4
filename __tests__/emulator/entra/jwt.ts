import { createHmac, randomBytes } from 'node:crypto'

export type Claims = Readonly<Record<string, unknown>>

/** Made anew in every process: nobody else can sign. Stands in for the key pairs of Entra and of GitHub. */
const KEY = randomBytes(32)

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT that says RS256, as the real ones do. */
export function signJwt(claims: Claims): string {
  const signed = `${encode({ typ: 'JWT', alg: 'RS256', kid: 'emulator' })}.${encode(claims)}`
  return `${signed}.${signature(signed)}`
}

/** Its claims, whoever signed it; `undefined` when it is no JWT. */
export function readJwt(jwt: string): Claims | undefined {
  const payload = jwt.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : undefined
  } catch {
    return undefined
  }
}

export function isSignedHere(jwt: string): boolean {
  const dot = jwt.lastIndexOf('.')
  return dot > 0 && jwt.slice(dot + 1) === signature(jwt.slice(0, dot))
}

/** As long as a real one: 256 bytes of RS256. */
function signature(signed: string): string {
  return Buffer.alloc(256, createHmac('sha256', KEY).update(signed).digest()).toString('base64url')
}
