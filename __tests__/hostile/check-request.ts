import { expect } from '@jest/globals'
import { azureDevOpsHosts } from '../../src/hosts.ts'
import { inputsFrom } from '../action.ts'
import { type Asked, usual } from './stage.ts'

/** What one run may put into its requests, and nothing else. */
export interface Own {
  readonly inputs: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** What answers named: repositories, and what asks for the next page or for one PAT. */
  readonly named?: readonly string[]
}

/** Host, then each part of the path as it was before it was encoded. */
type Address = readonly string[]

const STORES = ['actions', 'dependabot', 'codespaces', 'agents']

/** Fails for a request to any other address, with any other query or header than those inputs lead to. */
export function checkRequests(all: readonly Asked[], own: Own): void {
  const addresses = addressesOf(own)
  for (const asked of all) checkRequest(asked, own, addresses)
}

function checkRequest({ url, headers }: Asked, own: Own, addresses: ReadonlySet<string>): void {
  expect([url.protocol, url.username, url.password, url.hash]).toEqual(['https:', '', '', ''])
  const address = JSON.stringify(addressOf(url))
  expect([address, addresses.has(address)]).toEqual([address, true])
  if (url.href !== webhookOf(own)?.href) for (const [name, value] of url.searchParams) checkQuery(name, value, own)
  for (const [name, value] of headers) {
    // eslint-disable-next-line no-control-regex
    expect([name, /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)]).toEqual([name, false])
    expect([...HEADERS]).toContain(name)
  }
}

const HEADERS = new Set([
  ...['accept', 'authorization', 'content-type', 'user-agent', 'x-github-api-version', 'x-tfs-fedauthredirect'],
  ...['accept-encoding', 'content-length', 'x-ms-client-request-id', 'x-ms-return-client-request-id'],
  ...['client-request-id', 'return-client-request-id'],
])

const MOMENT = /^2026-\d\d-\d\dT[\d:.]+Z$/
const QUERY: Readonly<Record<string, RegExp>> = {
  'api-version': /^(7\.1(-preview\.1)?|2025-07-01|2\.0)$/,
  displayFilterOption: /^(active|expired|revoked)$/,
  ...{ $top: /^100$/, batchSize: /^200$/, startTime: MOMENT, endTime: MOMENT, includeIds: /^true$/ },
  ...{ per_page: /^100$/, page: /^\d{1,4}$/, type: /^all$/, sort: /^(full_name|created)$/, direction: /^asc$/ },
  ...{ state: /^open$/, labels: /^ado-artifacts-token-renewal$/, event: /^workflow_dispatch$/ },
  // Microsoft's own library for sign-ins adds it.
  'client-request-id': /^[0-9a-f-]{36}$/,
  audience: /^api:\/\/AzureADTokenExchange$/,
}

function checkQuery(name: string, value: string, { named = [] }: Own): void {
  const fits =
    name === 'continuationToken' || name === 'authorizationId' ? named.includes(value) : QUERY[name]?.test(value)
  expect([name, value, fits]).toEqual([name, value, true])
}

function addressOf(url: URL): Address {
  const parts = url.pathname.split('/').slice(1).map(decoded)
  const numbered = (index: number): boolean => ['issues', 'runs'].includes(parts[index - 1] ?? '')
  return [url.host, ...parts.map((part, index) => (numbered(index) && /^-?\d+$/.test(part) ? 'N' : part))]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function webhookOf({ inputs }: Own): URL | undefined {
  return URL.parse(inputs['notify-webhook-url']?.trim() ?? '') ?? undefined
}

function addressesOf(own: Own): ReadonlySet<string> {
  const [defaults, inputs] = [inputsFrom({}), inputsFrom({ ...usual, ...own.inputs })]
  const given = (name: string): string => or(inputs[name], defaults[name] ?? '')
  const { GITHUB_API_URL: api = '', AZURE_AUTHORITY_HOST: authority = '' } = own.env ?? {}
  const atGitHub = baseOf(or(api, 'https://api.github.com'))
  const atEntra = baseOf(or(authority, 'https://login.microsoftonline.com'))
  // Microsoft's own library for sign-ins asks in small letters.
  const tenants = [given('azure-tenant-id'), given('azure-tenant-id').toLowerCase()]
  const oidc = process.env.ACTIONS_ID_TOKEN_REQUEST_URL
  const vault = baseOf(given('key-vault-url'))
  const webhook = webhookOf(own)
  const all: readonly Address[] = [
    ...azureDevOps(given),
    ...gitHub(given, own).map((path) => [...atGitHub, ...path]),
    ...tenants.flatMap((tenant) => ['token', 'devicecode'].map((end) => [...atEntra, tenant, 'oauth2', 'v2.0', end])),
    ...['key-vault-pat', 'key-vault-refresh-token'].map((name) => [...vault, 'secrets', given(name)]),
    ...['key-vault-pat', 'key-vault-refresh-token'].map((name) => [...vault, 'secrets', given(name), '']),
    ...(webhook === undefined ? [] : [addressOf(webhook)]),
    ...(oidc === undefined ? [] : [addressOf(new URL(oidc))]),
  ]
  return new Set(all.map((address) => JSON.stringify(address)))
}

function or(text = '', otherwise: string): string {
  return text.trim() === '' ? otherwise : text.trim()
}

function baseOf(address: string): Address {
  const url = URL.parse(/^https?:/i.test(address) ? address : `https://${address}`)
  if (url === null) return []
  const path = url.pathname.replace(/\/+$/, '')
  return [url.host, ...(path === '' ? [] : path.split('/').slice(1).map(decoded))]
}

function azureDevOps(given: (name: string) => string): readonly Address[] {
  const { pats, feeds, audit, organization: home } = azureDevOpsHosts
  const [organization, project, feed] = [given('ado-organization'), given('ado-project'), given('ado-feed')]
  const packaging = [feeds, organization, ...(project === '' ? [] : [project]), '_apis', 'packaging']
  return [
    [pats, organization, '_apis', 'tokens', 'pats'],
    [audit, organization, '_apis', 'audit', 'auditlog'],
    [home, organization, '_apis', 'connectionData'],
    feed === '' ? [...packaging, 'feeds'] : [...packaging, 'feeds', feed],
    [...packaging, 'Feeds', feed, 'permissions'],
  ]
}

function gitHub(given: (name: string) => string, { named = [], env = {} }: Own): readonly Address[] {
  const organization = given('github-organization')
  const home = ['repos', ...(env.GITHUB_REPOSITORY ?? 'hmcts/.github').trim().split('/')]
  const [, workflowHome = '', file = ''] = /^([^/]*\/[^/]*)\/(?:.*\/)?([^@]*)@/.exec(given('verify-workflow')) ?? []
  const copies = given('repositories')
    .split(/[,\r\n]+/)
    .map((item) => item.trim())
  const repositories = [...copies.map((name) => (name.includes('/') ? name : `${organization}/${name}`)), ...named]
    .filter((name) => name.includes('/'))
    .map((name) => ['repos', name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)])
  const builds = ['repos', ...workflowHome.split('/'), 'actions']
  const names = ['secret-name', 'secret-name-base64', 'bot-refresh-token-secret'].map(given)
  const stores = [home, ['orgs', organization], ...repositories].flatMap((at) => STORES.map((store) => [...at, store]))
  const secrets = [...stores, [...home, 'environments', given('bot-refresh-token-environment')]].flatMap((at) => [
    [...at, 'secrets'],
    ...['public-key', ...names].map((name) => [...at, 'secrets', name]),
    ...names.map((name) => [...at, 'secrets', name, 'repositories']),
    [...at, 'organization-secrets'],
  ])
  return [
    ...[...secrets, ...repositories, ['orgs', organization, 'repos'], ['installation', 'repositories']],
    ...[
      [...home, 'issues'],
      [...home, 'issues', 'N'],
      [...home, 'issues', 'N', 'comments'],
    ],
    ...['dispatches', 'runs'].map((end) => [...builds, 'workflows', file, end]),
    [...builds, 'runs', 'N'],
  ]
}
