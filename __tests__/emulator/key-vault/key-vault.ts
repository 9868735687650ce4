import type { Entra } from '../entra/model.ts'
import type { Service, WireRequest, WorldClock } from '../wire.ts'
import { handleVault } from './endpoints.ts'

export type Permission = 'get' | 'set'

export interface SecretVersion {
  /** 32 hexadecimal digits. */
  readonly id: string
  readonly value: string
  readonly contentType: string | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
  /** Seconds since 1970, as they are sent. The vault gives a secret out after its end, too. */
  readonly exp: number | undefined
  enabled: boolean
  /** Milliseconds. */
  readonly createdAt: number
  updatedAt: number
}

export interface KeptSecret {
  /** As it was first written; letter case does not count. */
  readonly name: string
  /** Oldest first. */
  readonly versions: SecretVersion[]
  /** Soft-deleted: unreadable, and its name is not free. */
  deleted: boolean
}

/** One vault of the tenant. */
export interface KeyVault extends Service {
  readonly url: string
  readonly entra: Entra
  /** The tenant whose access tokens it takes. */
  tenant: string
  /** What each identity may do, by its object id; with nothing, nothing. */
  readonly permissions: Map<string, Set<Permission>>
  /** Why everything is refused, by `innererror.code`: `ForbiddenByFirewall` … */
  closed: string | undefined
  readonly secrets: KeptSecret[]
  /** The next so many requests with a token are throttled; the answer asks to wait so many seconds, or says nothing. */
  throttle(count: number, seconds: number | undefined): void
  takeThrottling(): { readonly seconds: number | undefined } | undefined
  secret(name: string): KeptSecret | undefined
  /** The newest version of a secret that is not deleted. */
  current(name: string): SecretVersion | undefined
  /** Writes a version without a request. */
  seed(name: string, version: Partial<SecretVersion> & Pick<SecretVersion, 'value'>): SecretVersion
  now(): number
}

export interface KeyVaultOptions {
  readonly clock: WorldClock
  readonly entra: Entra
  readonly host?: string
}

/** A vault of the bot's tenant, whose secrets the app registration may read and write. */
export function createKeyVault({ clock, entra, host = 'hmcts.vault.azure.net' }: KeyVaultOptions): KeyVault {
  const throttled: { seconds: number | undefined }[] = []
  const vault: KeyVault = {
    name: 'key-vault',
    url: `https://${host}`,
    hosts: [host],
    entra,
    tenant: entra.tenant,
    permissions: new Map([[entra.application.objectId, new Set<Permission>(['get', 'set'])]]),
    closed: undefined,
    secrets: [],
    throttle: (count, seconds) => void throttled.push(...Array.from({ length: count }, () => ({ seconds }))),
    takeThrottling: () => throttled.shift(),
    secret: (name) => vault.secrets.find((one) => one.name.toLowerCase() === name.toLowerCase()),
    current: (name) => {
      const secret = vault.secret(name)
      return secret?.deleted === false ? secret.versions.at(-1) : undefined
    },
    seed: (name, given) => {
      const now = vault.now()
      const version: SecretVersion = {
        id: Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(16))).toString('hex'),
        contentType: undefined,
        tags: undefined,
        exp: undefined,
        enabled: true,
        createdAt: now,
        updatedAt: now,
        ...given,
      }
      const secret = vault.secret(name)
      if (secret === undefined) vault.secrets.push({ name, versions: [version], deleted: false })
      else secret.versions.push(version)
      return version
    },
    now: () => clock.now(),
    handle: (request) => handleVault(vault, request),
    describe: (request) => describe(vault, request),
  }
  return vault
}

/** A refresh token is named by Entra; PATs are named by the transcript. */
function describe({ entra }: KeyVault, request: WireRequest): unknown {
  const body = JSON.parse(request.body) as Readonly<Record<string, unknown>>
  if (typeof body.value !== 'string') return body
  const lines = body.value.split('\n').map((line) => {
    const name = entra.refreshTokens.find(({ value }) => value === line)?.name
    return name === undefined ? line : `<${name}>`
  })
  return { ...body, value: lines.join('\n') }
}
