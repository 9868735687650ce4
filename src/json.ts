/** Answers from outside are `unknown` until one of these has looked at them. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The shape expected was not there. Whoever asked the service turns it into a Failure. */
export class UnexpectedShape extends Error {
  constructor(what: string, expected: string) {
    super(`${what} is not ${expected}`)
    this.name = 'UnexpectedShape'
  }
}

export function objectIn(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new UnexpectedShape(what, 'an object')
  return value
}

export function arrayIn(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnexpectedShape(what, 'a list')
  return value as readonly unknown[]
}

/** A string with something in it. */
export function stringIn(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new UnexpectedShape(what, 'a non-empty string')
  return value
}

export function integerIn(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new UnexpectedShape(what, 'a whole number')
  return value
}

export function optionalString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** .NET's first and last moment. JavaScript knows more, but nothing could be added to those any more. */
const FIRST = Date.parse('0001-01-01T00:00:00Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

/** Whether a moment, in milliseconds since 1970, is one that services can mean. */
export function isMoment(time: number): boolean {
  return time >= FIRST && time <= LAST
}

/** ISO 8601 to milliseconds. Azure DevOps sends two to seven digits of a second: never compare such times for equality. */
export function timeIn(value: unknown, what: string): number {
  const time = Date.parse(stringIn(value, what))
  if (!isMoment(time)) throw new UnexpectedShape(what, 'a date')
  return time
}

/** Parses JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
