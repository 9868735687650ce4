import type { Scene } from '../../scene.ts'
import { SECRET } from '../../world.ts'
import { ORGANIZATION_SECRET } from '../github/writes.ts'

/** Where the refusal is met. */
export const requests = {
  'the key': { method: 'GET', at: '/orgs/hmcts/actions/secrets/public-key' },
  'the metadata': { method: 'GET', at: new RegExp(`${ORGANIZATION_SECRET}$`) },
  'the write': { method: 'PUT', at: ORGANIZATION_SECRET },
} as const
export type Where = keyof typeof requests

export interface Answer {
  readonly status: number
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Row extends Answer {
  readonly name: string
  readonly reason: RegExp
  /** Where it cannot be met: a 404 of the metadata says that there is no secret, and GETs name none. */
  readonly never?: readonly Where[]
}

const sso = { 'x-github-sso': 'required; url=https://github.com/orgs/hmcts/sso?authorization_request=AZSECRET' }
const fineGrained = { 'x-accepted-github-permissions': 'organization_secrets=read' }
const classic = {
  'x-accepted-github-permissions': '',
  'x-oauth-scopes': 'repo',
  'x-accepted-oauth-scopes': 'admin:org',
}
const saml = 'Resource protected by organization SAML enforcement. You must grant your Personal Access token access.'

export const refusedForGood: readonly Row[] = [
  {
    name: '403 of an App',
    status: 403,
    message: 'Resource not accessible by integration',
    headers: fineGrained,
    reason: /lacks organization_secrets=write/,
  },
  {
    name: '403 of a fine-grained PAT',
    status: 403,
    message: 'Resource not accessible by personal access token',
    headers: fineGrained,
    reason: /fine-grained personal access token in github-token lacks organization_secrets=write/,
  },
  {
    name: '403 of a classic PAT',
    status: 403,
    message: 'Must have admin rights to Repository.',
    headers: classic,
    reason: /lacks the scope admin:org/,
  },
  {
    name: '404',
    status: 404,
    message: 'Not Found',
    reason: /organization_secrets=write there/,
    never: ['the metadata'],
  },
  { name: '403 for SSO', status: 403, message: saml, headers: sso, reason: /SAML single sign-on.*on github\.com/ },
  { name: '404 for SSO', status: 404, message: 'Not Found', headers: sso, reason: /SAML single sign-on/ },
  {
    name: '422 that names the secret',
    status: 422,
    message: `${SECRET} cannot be added: there are 1000 secrets already.`,
    reason: /Check secret-name/,
    never: ['the key'],
  },
  { name: '500 without end', status: 500, message: 'Server Error', reason: /GitHub is in trouble/ },
  { name: '502 without end', status: 502, message: 'Bad Gateway', reason: /GitHub is in trouble/ },
  { name: '503 without end', status: 503, message: 'Unavailable', reason: /GitHub is in trouble/ },
]

const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'

export const notForGood: readonly Row[] = [
  { name: '401', status: 401, message: 'Bad credentials', reason: /does not take the github-token/ },
  {
    name: '403 after too many logins',
    status: 403,
    message: 'Maximum number of login attempts exceeded. Please try again later.',
    reason: /turns all tokens of this account away/,
  },
  { name: '403 of a secondary limit', status: 403, message: secondary, reason: /max-wait-minutes/ },
  { name: '403 with Retry-After', status: 403, message: 'No', headers: { 'retry-after': '900' }, reason: /max-wait/ },
  {
    name: '403 of the hourly limit',
    status: 403,
    message: 'API rate limit exceeded for installation ID 52.',
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795250400' },
    reason: /max-wait-minutes/,
  },
  {
    name: '404 with the last request of the hour',
    status: 404,
    message: 'Not Found',
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795250400' },
    reason: /max-wait-minutes/,
  },
  { name: '429', status: 429, message: 'Too many requests', reason: /max-wait-minutes/ },
  {
    name: '422 that does not name the secret',
    status: 422,
    message: 'Bad request - validation failed: this is not a valid encrypted value',
    reason: /does not take the request/,
  },
  { name: '400', status: 400, message: 'Problems parsing JSON', reason: /does not take the request/ },
  { name: '409 twice', status: 409, message: 'Conflict', reason: /public key changed/ },
  {
    name: '301',
    status: 301,
    message: 'Moved Permanently',
    headers: { location: 'https://api.github.com/organizations/1/actions/secrets' },
    reason: /redirect, which is never followed/,
  },
  {
    name: '307 to another host',
    status: 307,
    message: 'Temporary Redirect',
    headers: { location: 'https://evil.example/orgs/hmcts' },
    reason: /redirect, which is never followed/,
  },
]

export const rows = (table: readonly Row[]) =>
  table.flatMap((row) =>
    (Object.keys(requests) as Where[])
      .filter((where) => row.never?.includes(where) !== true)
      .map((where) => [`${row.name} at ${where}`, where, row] as const),
  )

export function refuse(scene: Scene, where: Where, { status, message, headers }: Answer): void {
  scene.github.refuse({ ...requests[where], status, message, ...(headers === undefined ? {} : { headers }) })
}
