import type { Pat } from '../emulator/azure-devops/azure-devops.ts'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import type { World } from '../world.ts'

export const COPY = 'artifacts-pat'
export const REFRESH = 'bot-refresh-token'

/** The job may have OIDC tokens, and the app registration trusts them. */
export function trustWorkflow(world: World): Readonly<Record<string, string>> {
  world.entra.application.federated.push(gitHubFederation(world.oidc.subject))
  return {
    'key-vault-url': world.vault.url,
    'azure-tenant-id': world.entra.tenant,
    'azure-client-id': world.entra.application.clientId,
  }
}

/** The vault holds a copy of that PAT, written with it. */
export function seedCopy(
  { vault }: World,
  pat: Pat,
  tags: Readonly<Record<string, string>> | undefined = tagsOf(pat),
): void {
  const at = pat.validFrom + 10_000
  vault.seed(COPY, { value: pat.token, tags, createdAt: at, updatedAt: at })
}

export function tagsOf({ authorizationId }: Pat): Readonly<Record<string, string>> {
  return { AdoPatAuthorizationId: authorizationId }
}

/** The PAT that the vault holds now. */
export function copied({ vault, ado }: World): Pat | undefined {
  return ado.patOf(vault.current(COPY)?.value ?? '')
}

/** Refresh tokens in the vault, the newest first, and the inputs of a bot that signs in by them. */
export function withTokensInVault(world: World): {
  readonly inputs: Record<string, string>
  readonly token: string
  readonly previous: string
} {
  const previous = world.entra.issueRefreshToken({ idleDays: 2 })
  const token = world.entra.issueRefreshToken({ idleDays: 1 })
  world.vault.seed(REFRESH, { value: `${token}\n${previous}` })
  return {
    inputs: { ...trustWorkflow(world), 'bot-access-token': '', 'key-vault-refresh-token': REFRESH },
    token,
    previous,
  }
}

export function tokensInVault({ vault }: World): readonly string[] {
  return vault.current(REFRESH)?.value.split('\n') ?? []
}

export function firstOf(requests: readonly string[], pattern: RegExp): number {
  return requests.findIndex((request) => pattern.test(request))
}
