import type { WireAnswer } from '../wire.ts'

export type Json = Readonly<Record<string, unknown>>

/** Thrown anywhere below the router, and answered as it stands. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly extra: Json

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}, extra: Json = {}) {
    super(message)
    this.status = status
    this.headers = headers
    this.extra = extra
  }

  toAnswer(): WireAnswer {
    const body = {
      message: this.message,
      ...this.extra,
      documentation_url: 'https://docs.github.com/rest',
      status: String(this.status),
    }
    return { status: this.status, headers: this.headers, body }
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found')

/** Every 422 of a body that breaks the schema starts so. */
export const invalidRequest = (what: string): Refusal => new Refusal(422, `Invalid request.\n\n${what}`)

/** Times are of whole seconds. */
export const stamp = (milliseconds: number): string =>
  new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().replace('.000Z', 'Z')

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The body of a request that takes one: an object, or `{}` where none was sent. */
export function bodyOf(text: string): Json {
  if (text === '') return {}
  const body = parsed(text)
  if (body === undefined) throw new Refusal(400, 'Problems parsing JSON')
  if (!isRecord(body)) throw new Refusal(400, 'Body should be a JSON object')
  return body
}

export function requireAll(body: Json, names: readonly string[]): void {
  const missing = names.filter((name) => body[name] === undefined || body[name] === null).map((name) => `"${name}"`)
  if (missing.length > 0)
    throw invalidRequest(`${missing.join(', ')} ${missing.length > 1 ? "weren't" : "wasn't"} supplied.`)
}

export function text(body: Json, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalidRequest(`For 'properties/${name}', ${JSON.stringify(value)} is not a string.`)
}

const wholeNumber = (value: string | null, otherwise: number): number =>
  value !== null && /^[1-9]\d*$/.test(value) ? Number(value) : otherwise

/**
 * One page of a list: 30 items unless asked, never more than 100, and a `Link` header that speaks of organizations and
 * repositories by number (`listUrl`), as GitHub's own does.
 */
export function page<T>(
  all: readonly T[],
  query: URLSearchParams,
  listUrl: string,
): { items: readonly T[]; headers: Record<string, string> } {
  const perPage = Math.min(wholeNumber(query.get('per_page'), 30), 100)
  const number = wholeNumber(query.get('page'), 1)
  const last = Math.max(1, Math.ceil(all.length / perPage))
  const link = (target: number, rel: string): string => {
    const asked = new URLSearchParams(query)
    asked.set('page', String(target))
    return `<${listUrl}?${asked.toString()}>; rel="${rel}"`
  }
  const links = [
    ...(number > 1 ? [link(Math.min(number - 1, last), 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ]
  const items = all.slice((number - 1) * perPage, number * perPage)
  return { items, headers: links.length > 0 ? { link: links.join(', ') } : {} }
}
