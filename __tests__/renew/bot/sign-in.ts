import type { Scene } from '../../scene.ts'

export const HOME = 'hmcts/.github'
export const ROLLED = 'ADO_BOT_REFRESH_TOKEN'

/** Inputs of a bot that signs in by a refresh token, whose home is an Actions secret of hmcts/.github. */
export function withRefreshToken(
  scene: Scene,
  options: { readonly home?: string; readonly idleDays?: number; readonly lines?: 1 | 2 } = {},
): { readonly inputs: Record<string, string>; readonly token: string; readonly previous: string } {
  const { home = HOME, idleDays = 1, lines = 1 } = options
  const previous = scene.entra.issueRefreshToken({ idleDays: idleDays + 1 })
  const token = scene.entra.issueRefreshToken({ idleDays })
  const value = lines === 1 ? token : `${token}\n${previous}`
  scene.github.seedSecret(home, 'actions', ROLLED, { value })
  const inputs = {
    'bot-access-token': '',
    'bot-refresh-token': value,
    'azure-tenant-id': scene.entra.tenant,
    'azure-client-id': scene.entra.application.clientId,
  }
  return { inputs, token, previous }
}

/** What the home holds now: the newest refresh token first. */
export function storedTokens(scene: Scene, home: string = HOME): readonly string[] {
  return scene.github.secret(home, 'actions', ROLLED)?.value.split('\n') ?? []
}

/** The same access token, taken by Azure DevOps, in a form that shows no claims. */
export function opaqueToken(scene: Scene, accessToken: string): string {
  const value = accessToken.replaceAll('.', '_')
  const issued = scene.entra.accessTokens.find((token) => token.value === accessToken)
  if (issued === undefined) throw new Error('Entra issued no such access token')
  scene.entra.accessTokens.push({ ...issued, value })
  return value
}

/** Whether Azure DevOps was asked anything. */
export function asksAzureDevOps(requests: readonly string[]): boolean {
  return requests.some((request) => request.includes('.dev.azure.com'))
}
