import { randomUUID } from 'node:crypto'
import { signJwt } from './jwt.ts'
import type { AccessToken, Application, Entra, EntraUser } from './model.ts'

/** The resource id of Azure DevOps in every tenant. */
export const AZURE_DEVOPS = '499b84ac-1321-427f-aa17-267ca6975798'

export interface UserTokenOptions {
  readonly user?: EntraUser
  readonly clientId?: string
  readonly audience?: string
  readonly scopes?: readonly string[]
  readonly tenant?: string
  /** Seconds; negative for one that has expired. */
  readonly lifetime?: number
}

export interface AppTokenOptions {
  readonly application?: Application
  readonly audience?: string
  readonly tenant?: string
  readonly lifetime?: number
}

/** A user's access token, as Azure DevOps takes it: version 1.0, issued by sts.windows.net. */
export function issueUser(entra: Entra, options: UserTokenOptions): string {
  const user = options.user ?? entra.user
  const scopes = options.scopes ?? ['user_impersonation']
  const clientId = options.clientId ?? entra.application.clientId
  const token = issue(entra, options, {
    appid: clientId,
    appidacr: entra.applications.find((application) => application.clientId === clientId)?.publicClient ? '0' : '2',
    amr: ['pwd', 'mfa'],
    idtyp: 'user',
    name: user.displayName,
    oid: user.oid,
    scp: scopes.join(' '),
    unique_name: user.upn,
    upn: user.upn,
  })
  return keep(entra, { ...token, kind: 'user', oid: user.oid, upn: user.upn, clientId, scopes })
}

/** The access token of a service principal: no `scp`, no `upn`. */
export function issueApplication(entra: Entra, options: AppTokenOptions): string {
  const application = options.application ?? entra.application
  const { clientId, objectId } = application
  const token = issue(entra, options, { appid: clientId, appidacr: '2', idtyp: 'app', oid: objectId, sub: objectId })
  return keep(entra, { ...token, kind: 'application', oid: objectId, upn: undefined, clientId, scopes: [] })
}

function issue(entra: Entra, options: UserTokenOptions | AppTokenOptions, claims: Readonly<Record<string, unknown>>) {
  const now = entra.now()
  const tenant = options.tenant ?? entra.tenant
  const audience = options.audience ?? AZURE_DEVOPS
  const lifetime = options.lifetime ?? entra.lifetime ?? 3600 + Math.floor(Math.random() * 1800)
  const issued = Math.floor(Math.min(now, now + lifetime * 1000 - 3_600_000) / 1000)
  const expires = Math.floor(now / 1000) + lifetime
  const value = signJwt({
    aud: audience,
    iss: `https://sts.windows.net/${tenant}/`,
    iat: issued,
    nbf: issued,
    exp: expires,
    ...claims,
    tid: tenant,
    uti: randomUUID(),
    ver: '1.0',
  })
  return { value, audience, tenant, expiresAt: expires * 1000 }
}

function keep(entra: Entra, token: AccessToken): string {
  entra.accessTokens.push(token)
  return token.value
}
