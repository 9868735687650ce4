import type { Inputs } from '../../inputs.ts'
import type { OrganizationHome, Place, RepositoryHome, RepositoryName, VaultPlace } from '../../place.ts'
import type { Slot } from '../../renewal/names.ts'

/** The slot that this run renews. */
export function slotOf({ target, organization, thisRepository, patName }: Inputs): Slot {
  return { patName, owner: target === 'organization' ? organization : thisRepository }
}

/** The places of the organization: each name in each store. None with `target: repositories`. */
export function organizationPlaces(inputs: Inputs): readonly Place<OrganizationHome>[] {
  if (inputs.target === 'repositories') return []
  return placesIn(inputs, { kind: 'organization', organization: inputs.organization })
}

/** The places of named `repositories`: copies, fallback, or those of `target: repositories`. None with `all`: those are looked up. */
export function repositoryPlaces(inputs: Inputs): readonly Place<RepositoryHome>[] {
  const names = inputs.repositories === 'all' ? [] : inputs.repositories
  return names.flatMap((repository) => placesIn(inputs, { kind: 'repository', repository }))
}

/** Each name in each store of one home. */
export function placesIn<H extends OrganizationHome | RepositoryHome>(inputs: Inputs, home: H): readonly Place<H>[] {
  const { stores, secretName, secretNameBase64 } = inputs
  return stores.flatMap((store) => [
    { home, store, name: secretName, form: 'plain' as const },
    ...(secretNameBase64 === undefined ? [] : [{ home, store, name: secretNameBase64, form: 'base64' as const }]),
  ])
}

/** The vault's place: the secret of `key-vault-pat`. */
export function vaultPlace({ vault }: Inputs): VaultPlace | undefined {
  return vault?.pat === undefined ? undefined : { vault: new URL(vault.url).host, name: vault.pat }
}

/** What is written to a place: the PAT, or base64 of it. */
export function textFor({ form }: Place, pat: string): string {
  return form === 'base64' ? Buffer.from(pat, 'utf8').toString('base64') : pat
}

/** Some of the names, and how many there are. */
export function inShort(names: readonly RepositoryName[]): string {
  const few = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${few}, … (${names.length})` : few
}

export function repositoriesOf(places: readonly (Place | VaultPlace)[]): readonly RepositoryName[] {
  const homes = places.flatMap((place) => ('home' in place ? [place.home] : []))
  return [...new Set(homes.flatMap((home) => (home.kind === 'repository' ? [home.repository] : [])))]
}
