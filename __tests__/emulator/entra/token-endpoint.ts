import type { WireAnswer } from '../wire.ts'
import { redeemable } from './authorize.ts'
import { checkClientAssertion } from './client-assertion.ts'
import { entraError } from './errors.ts'
import { AZURE_DEVOPS } from './issue.ts'
import { signJwt } from './jwt.ts'
import type { Application, DeviceCode, Entra, EntraUser, RefreshToken } from './model.ts'

/** A refresh token nobody used for so long is dead. */
const IDLE = 90 * 24 * 60 * 60 * 1000
const OPENID = ['openid', 'profile', 'email', 'offline_access']
/** Resources with a service principal in the tenant; the first is what a request without any gets. */
const RESOURCE = '00000003-0000-0000-c000-000000000000'
const RESOURCES: readonly string[] = [RESOURCE, AZURE_DEVOPS, 'https://vault.azure.net', 'https://graph.microsoft.com']

interface Scope {
  readonly audience: string
  readonly scopes: readonly string[]
  readonly asked: string
  readonly openId: readonly string[]
}

/** POST /{tenant}/oauth2/v2.0/token */
export function handleToken(entra: Entra, form: URLSearchParams): WireAnswer {
  const now = entra.now()
  const failure = entra.takeFailure()
  if (failure !== undefined) return entraError(failure, now)
  const clientId = form.get('client_id') ?? ''
  const application = entra.applications.find((candidate) => candidate.clientId === clientId)
  if (application === undefined) {
    return entraError(
      700016,
      now,
      `Application with identifier '${clientId}' was not found in the directory '${entra.tenantDomain}'.`,
    )
  }
  const grant = form.get('grant_type')
  const refused = checkClient(entra, application, form, grant)
  if (refused !== undefined) return refused
  switch (grant) {
    case 'refresh_token':
      return refresh(entra, application, form)
    case 'device_code':
    case 'urn:ietf:params:oauth:grant-type:device_code':
      return pollDeviceCode(entra, application, form)
    case 'authorization_code':
      return redeemCode(entra, application, form)
    case 'client_credentials':
      return clientCredentials(entra, application, form)
    case null:
    default:
      return entraError(70003, now, `The app requested an unsupported grant type '${grant ?? ''}'.`)
  }
}

function checkClient(
  entra: Entra,
  application: Application,
  form: URLSearchParams,
  grant: string | null,
): WireAnswer | undefined {
  const now = entra.now()
  if (form.has('client_secret')) return entraError(application.publicClient ? 700025 : 7000215, now)
  if (form.has('client_assertion')) {
    if (application.federated.length === 0) return entraError(application.publicClient ? 700025 : 700213, now)
    return checkClientAssertion(entra, application, form)
  }
  if (grant === 'client_credentials') return entraError(7000218, now)
  return application.publicClient ? undefined : entraError(7000218, now)
}

function refresh(entra: Entra, application: Application, form: URLSearchParams): WireAnswer {
  const now = entra.now()
  const token = entra.refreshTokens.find((candidate) => candidate.value === form.get('refresh_token'))
  const refusal = (token && entra.refusals.get(token.value)) ?? entra.refusals.get('all')
  if (refusal !== undefined) return entraError(refusal.code, now, undefined, refusal.suberror)
  if (token === undefined) return entraError(9002313, now, 'Invalid request. Request is malformed or invalid.')
  if (token.clientId !== application.clientId || token.spent) return entraError(70000, now)
  if (token.byDeviceCode && entra.blocksDeviceCode) return entraError(530036, now)
  if (now - token.lastUsed > IDLE) return entraError(700082, now)
  const scope = readScope(form.get('scope') ?? `${RESOURCE}/.default`)
  if (typeof scope === 'number') return entraError(scope, now)
  token.lastUsed = now
  return tokens(entra, application, token.user, scope, form, token)
}

function pollDeviceCode(entra: Entra, application: Application, form: URLSearchParams): WireAnswer {
  const now = entra.now()
  const { pendingPolls, slowDowns, outcome } = entra.deviceCode
  const code = entra.deviceCodes.find((candidate) => candidate.value === form.get('device_code'))
  if (code?.clientId !== application.clientId || code.redeemed) return entraError(70018, now)
  if (now >= code.expiresAt) return entraError(70020, now)
  const tooFast = now - code.lastPoll < code.interval * 1000 - 1000
  code.lastPoll = now
  if (tooFast) return slowDown(code, now)
  code.polls += 1
  if (code.polls <= pendingPolls) return entraError(70016, now)
  if (code.polls <= pendingPolls + slowDowns) return slowDown(code, now)
  const refusal = entra.refusals.get('all')
  if (refusal !== undefined) return entraError(refusal.code, now, undefined, refusal.suberror)
  return outcome === 'success' ? redeemDeviceCode(entra, application, code, form) : entraError(outcome, now)
}

function redeemDeviceCode(entra: Entra, application: Application, code: DeviceCode, form: URLSearchParams): WireAnswer {
  const scope = readScope(code.scope)
  if (typeof scope === 'number') return entraError(scope, entra.now())
  if (entra.blocksDeviceCode) return entraError(530036, entra.now())
  code.redeemed = true
  return tokens(entra, application, entra.user, scope, form, { byDeviceCode: true })
}

function redeemCode(entra: Entra, application: Application, form: URLSearchParams): WireAnswer {
  const code = redeemable(entra, application, form)
  if (typeof code === 'number') return entraError(code, entra.now())
  const scope = readScope(form.get('scope') ?? code.scope)
  if (typeof scope === 'number') return entraError(scope, entra.now())
  code.redeemed = true
  return tokens(entra, application, code.user, scope, form, { byDeviceCode: false })
}

/** https://www.rfc-editor.org/rfc/rfc8628#section-3.5 */
function slowDown(code: DeviceCode, now: number): WireAnswer {
  code.interval += 5
  const answer = entraError(70016, now)
  return { ...answer, body: { ...(answer.body as object), error: 'slow_down' } }
}

/** A client's own token: an application's, never a user's. */
function clientCredentials(entra: Entra, application: Application, form: URLSearchParams): WireAnswer {
  const scope = readScope(form.get('scope') ?? '')
  if (typeof scope === 'number') return entraError(scope, entra.now())
  if (scope.scopes.join() !== '.default') return entraError(70011, entra.now(), 'The scope must end in /.default.')
  const accessToken = entra.issueAppToken({ application, audience: scope.audience })
  const seconds = lifetimeOf(entra, accessToken)
  return {
    status: 200,
    body: { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: accessToken },
  }
}

function tokens(
  entra: Entra,
  application: Application,
  user: EntraUser,
  scope: Scope,
  form: URLSearchParams,
  redeemed: RefreshToken | { readonly byDeviceCode: boolean },
): WireAnswer {
  const { clientId } = application
  const scopes = scope.scopes.map((name) => (name === '.default' ? 'user_impersonation' : name))
  const accessToken = entra.issueUserToken({ user, clientId, audience: scope.audience, scopes })
  const seconds = lifetimeOf(entra, accessToken)
  const rolled = scope.openId.includes('offline_access')
    ? entra.issueRefreshToken({ user, clientId, byDeviceCode: redeemed.byDeviceCode })
    : undefined
  if (rolled !== undefined && 'spent' in redeemed && !entra.keepsOld) redeemed.spent = true
  const clientInfo = Buffer.from(JSON.stringify({ uid: user.oid, utid: entra.tenant })).toString('base64url')
  return {
    status: 200,
    headers: { 'cache-control': 'no-store, no-cache' },
    body: {
      token_type: 'Bearer',
      scope: scope.asked,
      expires_in: seconds,
      ext_expires_in: seconds,
      access_token: accessToken,
      ...(rolled === undefined ? {} : { refresh_token: rolled }),
      ...(scope.openId.includes('openid') ? { id_token: idToken(entra, user, clientId) } : {}),
      ...(form.get('client_info') === '1' ? { client_info: clientInfo } : {}),
    },
  }
}

function lifetimeOf(entra: Entra, accessToken: string): number {
  const expiresAt = entra.accessTokens.find((token) => token.value === accessToken)?.expiresAt ?? 0
  return Math.floor((expiresAt - entra.now()) / 1000)
}

function idToken(entra: Entra, user: EntraUser, clientId: string): string {
  const issued = Math.floor(entra.now() / 1000)
  return signJwt({
    aud: clientId,
    iss: `https://${entra.hosts[0] ?? ''}/${entra.tenant}/v2.0`,
    iat: issued,
    nbf: issued,
    exp: issued + 3600,
    name: user.displayName,
    oid: user.oid,
    preferred_username: user.upn,
    sub: user.oid,
    tid: entra.tenant,
    ver: '2.0',
  })
}

/** The one resource that the scopes name, or the AADSTS code of what is wrong with them. */
function readScope(text: string): Scope | number {
  const asked = text.split(' ').filter(Boolean)
  const openId = asked.filter((scope) => OPENID.includes(scope))
  const rest = asked.filter((scope) => !OPENID.includes(scope))
  const audiences = new Set(
    rest.map((scope) => (scope.includes('/') ? scope.slice(0, scope.lastIndexOf('/')) : RESOURCE)),
  )
  if (asked.length === 0) return 70011
  if (audiences.size > 1) return 28000
  const [audience = RESOURCE] = audiences
  if (!RESOURCES.includes(audience)) return 500011
  return { audience, scopes: rest.map((scope) => scope.slice(scope.lastIndexOf('/') + 1)), asked: text, openId }
}
