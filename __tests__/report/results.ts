import { DAY, HOUR } from '../../src/clock.ts'
import type { Pat } from '../../src/pat.ts'
import type { Place, RepositoryName } from '../../src/place.ts'
import type { PatRow, Receipt, RunResult } from '../../src/report/result.ts'
import { Secrets } from '../../src/secrets.ts'

/** 2026-11-21 08:00 UTC: every result here ends at that moment. */
export const now = Date.UTC(2026, 10, 21, 8)

export function pat(changes: Partial<Pat> = {}): Pat {
  return {
    authorizationId: '0f3a1c52-0000-4000-8000-000000000001',
    displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-11-21T08:00:00.417Z',
    scopes: ['vso.packaging_write'],
    mintedAt: now,
    expiresAt: now + 30 * DAY,
    global: false,
    revoked: false,
    ...changes,
  }
}

export function row(changes: Partial<PatRow> = {}): PatRow {
  return { pat: pat(), standing: 'live', minted: false, ...changes }
}

export const organizationPlace: Place = {
  home: { kind: 'organization', organization: 'hmcts' },
  store: 'actions',
  name: 'AZURE_DEVOPS_ARTIFACT_TOKEN',
  form: 'plain',
}

export function repositoryReceipt(repository: RepositoryName): Receipt {
  return { place: { ...organizationPlace, home: { kind: 'repository', repository } }, did: 'updated', at: now }
}

/** A renewal of the organization secret, as it should go. */
export function result(changes: Partial<RunResult> = {}): RunResult {
  return {
    operation: 'renew',
    outcome: 'renewed',
    reason: 'the live PAT ends in 9 days',
    live: pat(),
    dueAt: now + 20 * DAY,
    deliveredTo: 'organization',
    repositoriesWritten: [],
    repositoriesFailed: [],
    staleCopies: [],
    superseded: ['0f3a1c52-0000-4000-8000-000000000000'],
    pats: [row({ minted: true }), supersededRow],
    receipts: [{ place: organizationPlace, did: 'updated', at: now - 5000 }],
    warnings: [],
    plan: [],
    finishedAt: now,
    ...changes,
  }
}

export const oldPat = pat({
  authorizationId: '0f3a1c52-0000-4000-8000-000000000000',
  displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] 2026-10-31T08:00:00.112Z',
  mintedAt: now - 21 * DAY,
  expiresAt: now + 9 * DAY,
})

export const supersededRow = row({ pat: oldPat, standing: 'superseded', retiresAt: now + 24 * HOUR })

/** GitHub refused the organization secret; two of three repositories were written. */
export function fallbackResult(changes: Partial<RunResult> = {}): RunResult {
  return result({
    live: oldPat,
    dueAt: now - DAY,
    deliveredTo: 'repositories',
    repositoriesWritten: ['hmcts/cnp-module', 'hmcts/div-app'],
    staleCopies: ['hmcts/probate-frontend'],
    superseded: [],
    pats: [row({ standing: 'fallback', minted: true }), row({ pat: oldPat })],
    receipts: [repositoryReceipt('hmcts/cnp-module'), repositoryReceipt('hmcts/div-app')],
    warnings: [
      'GitHub refused to write AZURE_DEVOPS_ARTIFACT_TOKEN of organization hmcts (status 403: "Resource not accessible by integration"). Give the GitHub App the organization permission "Secrets: write".',
      'The copy in hmcts/probate-frontend stops working on 2026-11-30 08:00 UTC.',
    ],
    ...changes,
  })
}

export const failure =
  'Could not mint the PAT. Status: 403. The answer: "The user hmcts-bot@example.org is not authorized to create personal access tokens | policy RestrictPats". An administrator of Azure DevOps must allow the bot to create PATs with the scope vso.packaging_write; see https://learn.microsoft.com/azure/devops/organizations/accounts/manage-pats-with-policies-for-administrators.'

/** Nothing was minted, and the live PAT has ended. */
export function failedResult(changes: Partial<RunResult> = {}): RunResult {
  const ended = { ...oldPat, expiresAt: now - 6 * HOUR }
  return result({
    outcome: 'failed',
    reason: failure,
    failure,
    live: ended,
    dueAt: now - 9 * DAY,
    deliveredTo: 'nowhere',
    superseded: [],
    pats: [row({ pat: ended, standing: 'expired' })],
    receipts: [],
    ...changes,
  })
}

/** Secrets of a run that knows none but these. */
export function secretsOf(...values: readonly string[]): Secrets {
  const secrets = new Secrets(() => undefined)
  for (const value of values) secrets.add(value)
  return secrets
}
