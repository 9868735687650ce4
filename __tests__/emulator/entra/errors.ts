import { randomUUID } from 'node:crypto'
import type { WireAnswer } from '../wire.ts'

interface Known {
  readonly error: string
  readonly status?: number
  readonly suberror?: string
  readonly message: string
}

const grant = (message: string, suberror?: string): Known =>
  suberror === undefined ? { error: 'invalid_grant', message } : { error: 'invalid_grant', message, suberror }
const interaction = (message: string, suberror?: string): Known =>
  suberror === undefined
    ? { error: 'interaction_required', message }
    : { error: 'interaction_required', message, suberror }
const client = (message: string): Known => ({ error: 'invalid_client', status: 401, message })
const transient = (message: string, status = 503): Known => ({ error: 'temporarily_unavailable', status, message })

/** https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes */
const CODES: Readonly<Record<number, Known>> = {
  50034: grant('The user account does not exist in the directory.'),
  50053: grant('The account is locked.'),
  50055: grant('The password is expired.'),
  50057: grant('The user account is disabled.'),
  50058: interaction('Session information is not sufficient for single-sign-on.'),
  50072: interaction(
    'Due to a configuration change made by your administrator, you must enroll in multi-factor authentication.',
    'basic_action',
  ),
  50074: interaction('Strong Authentication is required.', 'basic_action'),
  50076: interaction(
    'Due to a configuration change made by your administrator, you must use multi-factor authentication.',
    'basic_action',
  ),
  50078: interaction(
    'Presented multi-factor authentication has expired due to policies configured by your administrator.',
    'basic_action',
  ),
  50079: interaction('The user is required to use multi-factor authentication.', 'basic_action'),
  50126: grant('Error validating credentials due to invalid username or password.'),
  50158: interaction('External security challenge not satisfied.', 'basic_action'),
  50173: grant('The provided grant has expired due to it being revoked, a fresh auth token is needed.', 'bad_token'),
  50196: {
    error: 'invalid_request',
    message: 'The server terminated an operation because it encountered a client request loop.',
  },
  53000: interaction('Device is not in required device state: compliant.', 'message_only'),
  53003: grant('Access has been blocked by Conditional Access policies.', 'message_only'),
  65001: grant('The user or administrator has not consented to use the application.', 'consent_required'),
  65002: {
    error: 'invalid_request',
    message:
      'Consent between first party application and first party resource must be configured via preauthorization.',
  },
  70000: grant('Provided grant is invalid or malformed.', 'bad_token'),
  70008: grant('The provided authorization code or refresh token has expired due to inactivity.', 'bad_token'),
  70011: { error: 'invalid_scope', message: "The provided value for the input parameter 'scope' is not valid." },
  70016: {
    error: 'authorization_pending',
    message: 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  },
  70018: {
    error: 'bad_verification_code',
    message: 'Invalid verification code due to user typing in wrong user code for device code flow.',
  },
  70020: {
    error: 'expired_token',
    message: "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  },
  70043: grant(
    'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.',
    'bad_token',
  ),
  70044: { error: 'authorization_declined', message: 'The user declined the authorization request.' },
  50011: {
    error: 'invalid_request',
    message:
      'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
  },
  50148: grant('The code_verifier does not match the code_challenge supplied in the authorization request.'),
  54005: grant('OAuth2 Authorization code was already redeemed, please retry with a new valid code.'),
  65004: { error: 'access_denied', message: 'The resource owner or authorization server denied the request.' },
  90002: {
    error: 'invalid_tenant',
    message:
      'Tenant was not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.',
  },
  90006: transient('An external service error occurred.', 500),
  90024: transient('A transient error has occurred. Please try again.', 429),
  90033: transient('A transient error has occurred. Please try again.'),
  500011: { error: 'invalid_resource', message: 'The resource principal was not found in the tenant.' },
  530036: grant('Access has been blocked by Conditional Access policies: authentication flow.', 'message_only'),
  700016: { error: 'unauthorized_client', message: 'Application was not found in the directory.' },
  700024: client('Client assertion is not within its valid time range.'),
  700025: client("Client is public so neither 'client_assertion' nor 'client_secret' should be presented."),
  700027: client('Client assertion failed signature validation.'),
  700082: grant('The refresh token has expired due to inactivity.', 'bad_token'),
  700084: grant(
    'The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00.',
    'bad_token',
  ),
  700212: client('No matching federated identity record found for presented assertion audience.'),
  700213: client('No matching federated identity record found for presented assertion subject.'),
  7000215: client('Invalid client secret provided.'),
  7000218: client("The request body must contain the following parameter: 'client_assertion' or 'client_secret'."),
  7000222: client('The provided client secret keys for app are expired.'),
}

/** The whole answer of the token endpoint to code `code`; `message` replaces the text known for it. */
export function entraError(code: number, now: number, message?: string, suberror?: string): WireAnswer {
  const known = CODES[code] ?? grant('The request was refused.')
  const sub = suberror ?? known.suberror
  const traceId = randomUUID()
  const correlationId = randomUUID()
  const timestamp = new Date(now)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
  const description = `AADSTS${code}: ${message ?? known.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`
  return {
    status: known.status ?? 400,
    headers: { 'cache-control': 'no-store, no-cache', 'x-ms-request-id': traceId },
    body: {
      error: known.error,
      error_description: description,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
      ...(sub === undefined ? {} : { suberror: sub }),
    },
  }
}
