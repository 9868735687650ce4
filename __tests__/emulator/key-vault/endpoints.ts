import type { AccessToken } from '../entra/model.ts'
import { unknownPath } from '../unknown-path.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { bundle, challenge, resourceOf, vaultError } from './answers.ts'
import type { KeyVault, Permission, SecretVersion } from './key-vault.ts'

const VERSIONS = ['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01']
const NAME = /^[0-9a-zA-Z-]{1,127}$/

/** GET and PUT /secrets/{name}. Whoever bears no token hears whom the vault trusts, before anything of the request counts. */
export function handleVault(vault: KeyVault, request: WireRequest): WireAnswer {
  const [, folder, name = '', versionId = ''] = request.url.pathname.split('/')
  if (folder !== 'secrets' || !NAME.test(name)) return unknownPath()
  const caller = callerOf(vault, request.headers.authorization)
  if ('status' in caller) return caller
  const throttled = vault.takeThrottling()
  if (throttled !== undefined) return tooMany(throttled.seconds)
  const version = request.url.searchParams.get('api-version')
  if (version === null || !VERSIONS.includes(version)) return unknownVersion(version)
  if (request.method === 'GET') return permitted(vault, caller, 'get', name) ?? get(vault, name, versionId)
  if (request.method === 'PUT' && versionId === '')
    return permitted(vault, caller, 'set', name) ?? put(vault, name, request)
  return unknownPath()
}

function callerOf(vault: KeyVault, authorization: string | undefined): AccessToken | WireAnswer {
  const [scheme = '', value = ''] = authorization?.split(' ') ?? []
  if (scheme.toLowerCase() !== 'bearer') return challenge(vault, 'AKV10000: Request is missing a Bearer or PoP token.')
  const token = vault.entra.accessTokens.find((one) => one.value === value)
  if (token === undefined) return challenge(vault, 'AKV10001: Error validating token: IDX10511')
  if (token.audience !== resourceOf(vault))
    return challenge(vault, `AKV10022: Invalid audience. Expected ${resourceOf(vault)}, found: ${token.audience}.`)
  if (token.tenant !== vault.tenant)
    return challenge(
      vault,
      `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${vault.tenant}/, found https://sts.windows.net/${token.tenant}/.`,
    )
  if (vault.now() >= token.expiresAt) return challenge(vault, 'AKV10015: The token has expired.')
  return token
}

function permitted(vault: KeyVault, caller: AccessToken, permission: Permission, name: string): WireAnswer | undefined {
  if (vault.closed !== undefined)
    return vaultError(
      403,
      'Forbidden',
      'Client address is not authorized and caller is not a trusted service.',
      vault.closed,
    )
  if (vault.permissions.get(caller.oid)?.has(permission) === true) return undefined
  const action = permission === 'get' ? 'getSecret' : 'setSecret'
  const words = [
    'Caller is not authorized to perform action on resource.',
    'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
    `Caller: appid=${caller.clientId};oid=${caller.oid};iss=https://sts.windows.net/${caller.tenant}/`,
    `Action: 'Microsoft.KeyVault/vaults/secrets/${action}/action'`,
    `Resource: '/subscriptions/0/resourcegroups/bots/providers/microsoft.keyvault/vaults/hmcts/secrets/${name}'`,
    'Assignment: (not found)',
  ]
  return vaultError(403, 'Forbidden', words.join('\r\n'), 'ForbiddenByRbac')
}

function get(vault: KeyVault, name: string, versionId: string): WireAnswer {
  const secret = vault.secret(name)
  const versions = secret?.deleted === false ? secret.versions : []
  const version = versionId === '' ? versions.at(-1) : versions.find(({ id }) => id === versionId)
  if (secret === undefined || version === undefined)
    return vaultError(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`)
  if (!version.enabled)
    return vaultError(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled')
  return bundle(vault, secret, version)
}

function put(vault: KeyVault, name: string, request: WireRequest): WireAnswer {
  if (request.headers['content-type']?.startsWith('application/json') !== true)
    return vaultError(415, 'UnsupportedMediaType', 'The content type must be application/json.')
  const given = bodyOf(request.body)
  if (typeof given === 'string') return vaultError(400, 'BadParameter', given)
  if (vault.secret(name)?.deleted === true)
    return vaultError(
      409,
      'Conflict',
      `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
      'ObjectIsDeletedButRecoverable',
    )
  const version = vault.seed(name, given)
  const secret = vault.secret(name)
  if (secret === undefined) throw new Error('a secret was written and is not there')
  return bundle(vault, secret, version)
}

type Given = Pick<SecretVersion, 'value' | 'contentType' | 'tags' | 'exp' | 'enabled'>

/** What is written, or what is wrong with it. */
function bodyOf(text: string): Given | string {
  const body = parsed(text)
  if (typeof body !== 'object' || body === null) return 'Error parsing the body: it is no JSON.'
  const { value, contentType, tags, attributes = {} } = body as Record<string, unknown>
  if (typeof value !== 'string' || value === '') return 'Property value is required.'
  if (Buffer.byteLength(value) > 25_600) return 'The secret value is too long: at most 25k.'
  if (contentType !== undefined && (typeof contentType !== 'string' || contentType.length > 255))
    return 'Property contentType has an invalid value.'
  if (tags !== undefined && !areTags(tags)) return 'Property tags has an invalid value.'
  const { exp, enabled = true } = attributes as Record<string, unknown>
  if (exp !== undefined && !Number.isInteger(exp)) return 'Property exp has an invalid value.'
  return {
    value,
    contentType,
    tags: tags as Record<string, string> | undefined,
    exp: exp as number | undefined,
    enabled: enabled === true,
  }
}

function areTags(tags: unknown): boolean {
  const entries = Object.entries(tags as Record<string, unknown>)
  return (
    entries.length <= 15 &&
    entries.every(([name, text]) => name.length <= 256 && typeof text === 'string' && text.length <= 256)
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function tooMany(seconds: number | undefined): WireAnswer {
  const answer = vaultError(429, 'Throttled', 'The request was not processed because too many requests were received.')
  return {
    ...answer,
    headers: { ...answer.headers, ...(seconds === undefined ? {} : { 'retry-after': `${seconds}` }) },
  }
}

function unknownVersion(version: string | null): WireAnswer {
  return vaultError(
    400,
    'BadParameter',
    version === null
      ? 'api-version must be specified'
      : `The specified version (${version}) is not recognized. Consider using the latest supported version (2025-07-01).`,
  )
}
