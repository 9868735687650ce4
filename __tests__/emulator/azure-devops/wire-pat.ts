import type { AzureDevOps, Pat } from './azure-devops.ts'
import { dotNet } from './timestamps.ts'

/** A PAT as the API shows it; its value only in the answer to the POST. */
export function wirePat(ado: AzureDevOps, pat: Pat, token: string | null = null): unknown {
  const scopes = pat.scope.split(' ')
  return {
    displayName: pat.displayName,
    validTo: dotNet(pat.validTo),
    scope: (ado.behaviour.reordersScopes ? scopes.reverse() : scopes).join(' '),
    targetAccounts: pat.targetAccounts,
    validFrom: dotNet(pat.validFrom),
    authorizationId: pat.authorizationId,
    token,
  }
}
