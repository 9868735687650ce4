import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Declared {
  readonly description: string
  readonly required?: boolean
  readonly default?: string
}

/** action.yml as the runner reads it. */
export const action = parse(readFileSync(new URL('../action.yml', import.meta.url), 'utf8')) as {
  readonly inputs: Readonly<Record<string, Declared>>
  readonly outputs: Readonly<Record<string, { readonly description: string }>>
  readonly runs: { readonly using: string; readonly main: string }
}

/** Every input as the runner would hand it over: the defaults, with the expressions of `repository` filled in. */
export function inputsFrom(
  given: Readonly<Record<string, string>>,
  repository = 'hmcts/.github',
): Record<string, string> {
  const context: Readonly<Record<string, string>> = {
    'github.repository': repository,
    'github.repository_owner': repository.split('/')[0] ?? '',
    'github.token': 'ghs_of_this_job',
  }
  const defaults = Object.entries(action.inputs).map(([name, input]) => {
    const text = (input.default ?? '').replace(
      /\$\{\{\s*([\w.]+)\s*\}\}/g,
      (_, expression: string) => context[expression] ?? '',
    )
    return [name, text] as const
  })
  const unknown = Object.keys(given).filter((name) => !(name in action.inputs))
  if (unknown.length > 0) throw new Error(`action.yml declares no input ${unknown.join(', ')}`)
  return { ...Object.fromEntries<string>(defaults), ...given }
}

/** The inputs of most scenes: hmcts, its feed, its bot by access token. */
export function usualInputs(world: {
  readonly githubToken: string
  readonly entra: { issueUserToken(): string }
}): Record<string, string> {
  return {
    'ado-organization': 'hmcts',
    'ado-project': 'Artifacts',
    'ado-feed': 'hmcts-lib',
    'github-token': world.githubToken,
    'bot-access-token': world.entra.issueUserToken(),
  }
}
