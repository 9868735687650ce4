import { type JsonObject, integerIn, objectIn, stringIn, UnexpectedShape } from '../json.ts'
import { type RepositoryName, repositoryNamed } from '../place.ts'
import type { Client } from './client.ts'
import { repositoryParts } from './secrets-path.ts'

const repositoryVisibilities = ['public', 'private', 'internal'] as const

export interface RepositoryFacts {
  readonly id: number
  /** As GitHub spells it. */
  readonly name: RepositoryName
  /** Takes no changes any more. */
  readonly archived: boolean
  readonly disabled: boolean
  /** `private` secrets of an organization reach private and internal repositories, not public ones. */
  readonly visibility: (typeof repositoryVisibilities)[number]
}

/**
 * What one repository is.
 * https://docs.github.com/rest/repos/repos#get-a-repository
 * @throws GitHubFailure; `moved` for one that was renamed
 */
export async function getRepository(client: Client, name: RepositoryName): Promise<RepositoryFacts> {
  return client.call({
    doing: `look at repository ${name}`,
    about: { home: { kind: 'repository', repository: name } },
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    params: repositoryParts(name),
    decode: (_, data) => factsIn(objectIn(data, 'the repository')),
  })
}

/** @throws UnexpectedShape */
export function factsIn(repository: JsonObject): RepositoryFacts {
  return {
    id: integerIn(repository.id, 'id'),
    name: fullNameIn(repository.full_name),
    archived: repository.archived === true,
    disabled: repository.disabled === true,
    visibility: visibilityIn(repository),
  }
}

/** It becomes a part of paths, so nothing else may stand there. */
function fullNameIn(value: unknown): RepositoryName {
  const name = repositoryNamed(stringIn(value, 'full_name'))
  if (name === undefined) throw new UnexpectedShape('full_name', 'owner/name')
  return name
}

/** Older GitHub Enterprise Servers only tell whether it is private. */
function visibilityIn({ visibility, private: isPrivate }: JsonObject): RepositoryFacts['visibility'] {
  const told = repositoryVisibilities.find((known) => known === visibility)
  return told ?? (isPrivate === false ? 'public' : 'private')
}
