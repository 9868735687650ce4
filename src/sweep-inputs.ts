import type { InputReader } from './input-reader.ts'
import * as rules from './input-rules.ts'
import { type RepositoryName, sameRepository } from './place.ts'

/** How fast GitHub is asked: all that its limits allow, or besides one write at a time and one a second, as its guide recommends. */
export const writePaces = ['budget', 'gentle'] as const
export type WritePace = (typeof writePaces)[number]

/** Where copies are kept: exactly these, or all that the organization secret reaches. */
export type Repositories = 'all' | readonly RepositoryName[]

/** `repositories`: `all` by itself, or names; a bare name belongs to the organization. */
export function repositoriesIn(
  reader: InputReader,
  organization: string,
  thisRepository: RepositoryName,
): Repositories {
  const items = rules.itemsIn(reader.text('repositories'))
  if (!items.includes('all')) {
    const names = rules.listOf(rules.repository(organization), sameRepository)
    return reader.fallingBackTo('repositories', [thisRepository], names)
  }
  if (items.some((item) => item !== 'all')) {
    reader.problem(
      'repositories',
      `expected either all by itself or names (a repository that is called "all" is named ${organization}/all), got both`,
    )
  }
  return 'all'
}
