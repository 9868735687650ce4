import type { Pat } from '../../emulator/azure-devops/azure-devops.ts'
import type { Told } from '../../scene.ts'
import type { World } from '../../world.ts'

/** Method and path of every change that GitHub was asked for, in order, without bodies. */
export function writes({ requests }: Pick<Told, 'requests'>): readonly string[] {
  return requests
    .filter((line) => /^(?:PUT|DELETE|POST|PATCH) api\.github\.com/.test(line))
    .map((line) => line.split(' ').slice(0, 2).join(' ').replace('api.github.com', ''))
}

/** The PAT minted last. */
export function newest({ ado }: World): Pat {
  const pat = ado.pats.at(-1)
  if (pat === undefined) throw new Error('There is no PAT.')
  return pat
}

export function alive({ ado, clock }: World): readonly Pat[] {
  return ado.pats.filter((pat) => !pat.revoked && pat.validTo > clock.now())
}

/** The state in a PAT's name. */
export function stateOf({ displayName }: Pat): string {
  return / (pending|fallback)$/.exec(displayName)?.[1] ?? 'delivered'
}

export function daysLeft({ clock }: World, { validTo }: Pat): number {
  return (validTo - clock.now()) / 86_400_000
}

export const ORGANIZATION_SECRET = '/orgs/hmcts/actions/secrets/AZURE_DEVOPS_ARTIFACT_TOKEN'
