import { unknownPath } from '../unknown-path.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { entraError } from './errors.ts'
import { random, type Entra } from './model.ts'
import { authorize } from './authorize.ts'
import { handleToken } from './token-endpoint.ts'

/** Routes a request to the tenant's endpoints. */
export function handleEntra(entra: Entra, request: WireRequest): WireAnswer {
  const { pathname, searchParams, host } = request.url
  if (pathname.toLowerCase() === '/common/discovery/instance') {
    return instanceDiscovery(entra, host, searchParams.get('authorization_endpoint') ?? '')
  }
  const [, tenant, ...rest] = pathname.split('/')
  if (tenant === undefined || rest.length === 0) return unknownPath()
  if (!isTenant(entra, tenant)) return entraError(90002, entra.now(), `Tenant '${tenant}' not found.`)
  const endpoint = `${request.method} ${rest.join('/').toLowerCase()}`
  switch (endpoint) {
    case 'GET v2.0/.well-known/openid-configuration':
      return openIdConfiguration(entra, host)
    case 'GET oauth2/v2.0/authorize':
      return authorize(entra, searchParams)
    case 'POST oauth2/v2.0/token':
      return handleToken(entra, new URLSearchParams(request.body))
    case 'POST oauth2/v2.0/devicecode':
      return deviceCode(entra, new URLSearchParams(request.body))
    default:
      return unknownPath()
  }
}

function isTenant(entra: Entra, tenant: string): boolean {
  const asked = tenant.toLowerCase()
  return asked === entra.tenant.toLowerCase() || asked === entra.tenantDomain.toLowerCase()
}

function instanceDiscovery(entra: Entra, host: string, authority: string): WireAnswer {
  if (!URL.canParse(authority) || !entra.hosts.includes(new URL(authority).host)) {
    return {
      status: 400,
      body: {
        error: 'invalid_instance',
        error_description: 'AADSTS50049: Unknown or invalid instance.',
        error_codes: [50049],
      },
    }
  }
  const preferred = entra.hosts[0] ?? host
  return {
    status: 200,
    body: {
      tenant_discovery_endpoint: `https://${host}/${entra.tenant}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: preferred, preferred_cache: preferred, aliases: entra.hosts }],
    },
  }
}

function openIdConfiguration(entra: Entra, host: string): WireAnswer {
  const base = `https://${host}/${entra.tenant}`
  return {
    status: 200,
    body: {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      cloud_instance_name: 'microsoftonline.com',
      tenant_region_scope: 'EU',
    },
  }
}

function deviceCode(entra: Entra, form: URLSearchParams): WireAnswer {
  const clientId = form.get('client_id') ?? ''
  const scope = form.get('scope') ?? ''
  if (!entra.applications.some((application) => application.clientId === clientId)) {
    return entraError(700016, entra.now(), `Application with identifier '${clientId}' was not found in the directory.`)
  }
  if (scope === '') return entraError(70011, entra.now())
  const { interval, expiresIn } = entra.deviceCode
  const userCode = random(64)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, 9)
  const code = {
    value: `G${random(120)}`,
    name: `device code ${entra.deviceCodes.length + 1}`,
    userCode,
    clientId,
    scope,
    expiresAt: entra.now() + expiresIn * 1000,
    polls: 0,
    lastPoll: -Infinity,
    interval,
    redeemed: false,
  }
  entra.deviceCodes.push(code)
  const page = 'https://login.microsoft.com/device'
  return {
    status: 200,
    body: {
      user_code: userCode,
      device_code: code.value,
      verification_uri: page,
      expires_in: expiresIn,
      interval,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
    },
  }
}
