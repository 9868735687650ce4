import { Failure } from './errors.ts'
import { type Rule, secretValue, shown } from './input-rules.ts'
import type { Secrets } from './secrets.ts'

export interface InputSource {
  /** The input's text, trimmed; `''` where it is blank or missing. As `core.getInput`. */
  readonly read: (name: string) => string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly secrets: Secrets
}

/** Inputs that cannot be used. Its sentence holds every problem; a log that has to cut it still has them one by one. */
export class BadInputs extends Failure {
  /** `name: what was expected.` */
  readonly problems: readonly string[]
  /** What was asked for; `renew` where even that cannot be used. */
  readonly operation: string

  constructor(problems: readonly string[], operation: string) {
    const count = problems.length === 1 ? 'one input' : `${problems.length} inputs`
    super({
      kind: 'input',
      doing: `start: ${count} cannot be used`,
      hint: `${problems.join(' ')} Nothing was asked of any service. Mend the workflow and run again.`,
    })
    this.name = 'BadInputs'
    this.problems = problems
    this.operation = operation
  }
}

/** Reads single inputs and gathers what is wrong with them. */
export class InputReader {
  readonly #source: InputSource
  readonly #problems: string[] = []
  readonly #bad = new Set<string>()

  constructor(source: InputSource) {
    this.#source = source
  }

  readonly text = (name: string): string => this.#source.read(name).trim()

  problem(name: string, what: string): void {
    this.#bad.add(name)
    this.#problems.push(`${name}: ${what}.`)
  }

  /** Whether something is wrong with that input: what hangs on it is then not told as a second problem. */
  isBad(name: string): boolean {
    return this.#bad.has(name)
  }

  readonly optional = <T>(name: string, rule: Rule<T>): T | undefined =>
    this.#convert(name, this.text(name), rule, true)

  readonly fallingBackTo = <T>(name: string, value: T, rule: Rule<T>): T => this.optional(name, rule) ?? value

  readonly required = (name: string, rule: Rule<string>, example: string): string =>
    this.text(name) === '' ? this.missing(name, `a value, e.g. ${example}`) : (this.optional(name, rule) ?? '')

  missing(name: string, expected: string): string {
    this.problem(
      name,
      `is required and was blank; expected ${expected}. If it comes from a secret or variable, make sure that this workflow can see it`,
    )
    return ''
  }

  secret(name: string): string | undefined
  secret<T>(name: string, rule: Rule<T>): T | undefined
  secret(name: string, rule: Rule<unknown> = secretValue): unknown {
    const text = this.text(name)
    this.#source.secrets.add(text)
    return this.#convert(name, text, rule, false)
  }

  environment<T>(name: string, rule: Rule<T>): T | undefined {
    return this.#convert(variable(name), this.#source.env[name]?.trim() ?? '', rule, true)
  }

  throwProblems(operation: string): void {
    if (this.#problems.length > 0) throw new BadInputs(this.#problems, operation)
  }

  #convert<T>(name: string, text: string, rule: Rule<T>, show: boolean): T | undefined {
    if (text === '') return undefined
    const parsed = rule(text)
    if ('value' in parsed) return parsed.value
    this.problem(name, `expected ${parsed.expected}${show ? `, got "${shown(text)}"` : ''}`)
    return undefined
  }
}

/** An environment variable, as problems name it. */
export function variable(name: string): string {
  return `the environment variable ${name}`
}
