import { type Inputs, readInputs } from '../../src/inputs.ts'
import { Failure } from '../../src/errors.ts'
import { Secrets } from '../../src/secrets.ts'

export const ENVIRONMENT = { GITHUB_REPOSITORY: 'hmcts/.github' } as const

/** What no run can do without. */
export const needed = { 'ado-organization': 'hmcts', 'github-token': 'ghs_token-of-the-app' } as const

const WAYS = ['bot-credential', 'bot-access-token', 'bot-refresh-token', 'key-vault-refresh-token']

/** The least that every run but one that may do without the bot can begin with. */
export const usable = { ...needed, 'bot-access-token': 'eyJ.of.the-bot' } as const

/** A bot, where these inputs say nothing of one. */
export function withBot(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return WAYS.some((name) => name in given) ? given : { 'bot-access-token': usable['bot-access-token'], ...given }
}

export interface Reading {
  /** Every name that was asked for. */
  readonly asked: ReadonlySet<string>
  readonly masked: ReadonlySet<string>
  readonly inputs: Inputs | undefined
  /** As it would be printed. */
  readonly failure: string | undefined
}

/** Reads inputs as main does. Blank is what is not given. */
export function reading(
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = ENVIRONMENT,
): Reading {
  const [asked, masked] = [new Set<string>(), new Set<string>()]
  const secrets = new Secrets((value) => masked.add(value))
  const read = (name: string): string => {
    asked.add(name)
    return (Object.hasOwn(given, name) ? (given[name] ?? '') : '').trim()
  }
  try {
    return { asked, masked, inputs: readInputs({ read, env, secrets }), failure: undefined }
  } catch (error) {
    if (!(error instanceof Failure && error.kind === 'input')) throw error
    return { asked, masked, inputs: undefined, failure: secrets.redact(error.message) }
  }
}

/** The inputs, with those that no run can do without. */
export function inputsOf(given: Readonly<Record<string, string>> = {}): Inputs {
  const { inputs, failure } = reading({ ...needed, ...withBot(given) })
  if (inputs === undefined) throw new Error(failure)
  return inputs
}

/** Why these inputs cannot be used. */
export function refusalOf(given: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>): string {
  const { failure } = reading({ ...needed, ...withBot(given) }, env)
  if (failure === undefined) throw new Error('the inputs were taken')
  return failure
}
