import type { ClientAssertionCredentialOptions } from '@azure/identity'
import { SECOND } from '../clock.ts'
import { Failure } from '../errors.ts'
import { isObject, parseJson } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { isSuccess, retryAfterOf, send, type Wire } from '../wire.ts'
import { signInFailure } from './sign-in-failure.ts'
import { unreadable } from './token-endpoint.ts'

type HttpClient = NonNullable<ClientAssertionCredentialOptions['httpClient']>
type Request = Parameters<HttpClient['sendRequest']>[0]
type Response = Awaited<ReturnType<HttpClient['sendRequest']>>

const TIMEOUT = 30 * SECOND
const CARRIED = ['accept', 'content-type'] as const

/**
 * The HTTP client that @azure/identity is given: its requests go over the one wire, with its guard of hosts and its proxy.
 * Remembers what went wrong, which the library keeps to itself: it drops the AADSTS codes, and quotes answers.
 */
export class IdentityOverWire implements HttpClient {
  readonly #wire: Wire
  readonly #doing: string
  readonly #secrets: Secrets
  #failure: Failure | undefined

  constructor(wire: Wire, doing: string, secrets: Secrets) {
    this.#wire = wire
    this.#doing = doing
    this.#secrets = secrets
  }

  /** Why the last request failed; undefined where it did not. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  async sendRequest(request: Request): Promise<Response> {
    this.#failure = undefined
    return this.noting(() => this.#send(request))
  }

  /** Keeps the failure of the work, which is on its way through the library, for whoever asks afterwards. */
  async noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Failure) this.#failure = error
      throw error
    }
  }

  async #send(request: Request): Promise<Response> {
    const { createHttpHeaders } = await import('@azure/core-rest-pipeline')
    const [wire, doing, secrets] = [this.#wire, this.#doing, this.#secrets]
    const { status, headers, text } = await send(wire, {
      doing,
      service: 'Microsoft Entra ID',
      url: request.url,
      method: request.method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(CARRIED.map((name) => [name, request.headers.get(name) ?? 'application/json'])),
      timeout: TIMEOUT,
      ...(typeof request.body === 'string' ? { body: request.body } : {}),
    })
    const body = parseJson(text)
    if (!isSuccess(status))
      throw signInFailure({ doing, status, body: body ?? text, secrets, retryAfter: retryAfterOf(headers, wire.clock) })
    if (!isObject(body)) throw unreadable(doing, 'any JSON')
    return { request, status, headers: createHttpHeaders(Object.fromEntries(headers)), bodyAsText: text }
  }
}
