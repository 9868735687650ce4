import { azureDevOpsHosts } from '../../src/hosts.ts'
import { type Asked, json, NEW_PAT, showsNewPat } from './stage.ts'

export const PAT_ID = '11111111-2222-3333-4444-555555555555'
const REPOSITORY = { id: 1, full_name: 'hmcts/app', visibility: 'private' }
const NOW = '2026-11-21T08:00:00Z'
const RUN = {
  ...{ id: 1, workflow_run_id: 1, html_url: 'https://github.com/x', status: 'completed', conclusion: 'success' },
  ...{ head_branch: 'main', created_at: NOW },
}

/** Answers that let the action in everywhere, so that it goes all the way. */
export function welcome(asked: Asked): Response {
  const { url, method } = asked
  if (url.pathname.endsWith('/devicecode')) return json({ device_code: 'd', user_code: 'u', verification_uri: 'v' })
  if (url.pathname.endsWith('/v2.0/token'))
    return json({ access_token: 'a.b.c', refresh_token: 'next', expires_in: 3600, token_type: 'Bearer' })
  if (url.host.startsWith('oidc.')) return json({ value: 'of.this.job' })
  if (url.host.includes('.vault.')) return ofVault(asked)
  return url.host.endsWith('dev.azure.com') ? ofAzureDevOps(asked) : method === 'GET' ? read(url) : changed(url)
}

function ofVault({ url, headers }: Asked): Response {
  const wanted = 'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"'
  if (!headers.has('authorization')) return json({}, 401, { 'www-authenticate': wanted })
  return json({ id: `${url.origin}/secrets/x/1`, value: 'r', attributes: { created: 1, updated: 1 } })
}

function ofAzureDevOps(asked: Asked): Response {
  const { url, method } = asked
  const patToken = { authorizationId: PAT_ID, scope: 'vso.packaging_write', validFrom: NOW, targetAccounts: ['hmcts'] }
  const named = { ...patToken, displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-01T08:00:00.417Z' }
  const listed = url.search.includes('active')
    ? [{ ...named, validFrom: '2026-11-01T08:00:00Z', validTo: '2026-11-24T08:00:00Z' }]
    : []
  if (url.host === azureDevOpsHosts.pats && method === 'GET') return json({ continuationToken: '', patTokens: listed })
  if (url.host === azureDevOpsHosts.pats && method === 'DELETE') return new Response(null, { status: 204 })
  if (url.host === azureDevOpsHosts.pats)
    return json({ patToken: { ...patToken, token: NEW_PAT, validTo: '2026-12-21T08:00:00Z' } })
  if (url.host === azureDevOpsHosts.audit) return json({ decoratedAuditLogEntries: [], hasMore: false })
  if (url.host === azureDevOpsHosts.organization) return json({ authenticatedUser: { id: 'bot' } })
  if (url.pathname.endsWith('/permissions')) return json({ value: [] })
  return showsNewPat(asked) || /^Bearer|OmEuYi5j/.test(asked.headers.get('authorization') ?? '')
    ? json({ id: 'feed' })
    : json({ message: 'no' }, 401)
}

function changed(url: URL): Response {
  if (url.pathname.endsWith('/dispatches')) return json(RUN)
  return url.pathname.includes('/issues') ? json({ number: 7, labels: [] }, 201) : json({}, 201)
}

function read(url: URL): Response {
  if (url.pathname.endsWith('/issues')) return json([])
  if (url.pathname.endsWith('/runs')) return json({ workflow_runs: [] })
  if (/\/runs\/\d+$/.test(url.pathname)) return json(RUN)
  if (url.pathname.endsWith('/repos')) return json([REPOSITORY])
  if (url.pathname.endsWith('/repositories')) return json({ total_count: 1, repositories: [REPOSITORY] })
  if (url.pathname.endsWith('secrets')) return json({ total_count: 0, secrets: [] })
  if (url.pathname.endsWith('/public-key')) return json({ key_id: '1', key: Buffer.alloc(32, 9).toString('base64') })
  return json({ ...REPOSITORY, created_at: NOW, updated_at: NOW })
}
