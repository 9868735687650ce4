import type { DeviceCodeCredentialOptions } from '@azure/identity'
import { Failure, messageOf } from '../errors.ts'
import { DEFAULT_AUTHORITY } from '../hosts.ts'
import { isObject, parseJson } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import { signInFailure } from './sign-in-failure.ts'

type Policy = NonNullable<DeviceCodeCredentialOptions['additionalPolicies']>[number]['policy']
type Send = Policy['sendRequest']

export interface Watched {
  readonly doing: string
  readonly authority: string
  readonly signal: AbortSignal
  readonly secrets: Secrets
}

/** Sits in the HTTP pipeline of @azure/identity: keeps requests at home, ends them when told to, and remembers what went wrong. */
export class EntraWatch implements Policy {
  readonly name = 'entra-watch'
  readonly #watched: Watched
  #failure: Failure | undefined

  constructor(watched: Watched) {
    this.#watched = watched
  }

  /** How the last request failed; undefined where it did not. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  async sendRequest(...[request, next]: Parameters<Send>): ReturnType<Send> {
    this.#failure = undefined
    const { authority, doing, signal, secrets } = this.#watched
    signal.throwIfAborted()
    const { host } = new URL(request.url)
    if (host !== new URL(authority).host && host !== new URL(DEFAULT_AUTHORITY).host)
      throw this.#failed(astray(doing, host))
    request.abortSignal = signal
    const response = await next(request).catch((error: unknown) => {
      throw this.#failed(this.#brokenBy(error, host))
    })
    const text = response.bodyAsText ?? ''
    const body = parseJson(text) ?? text
    const waiting = isObject(body) && body.error === 'authorization_pending'
    if (response.status < 300 || waiting) return response
    throw this.#failed(signInFailure({ doing, status: response.status, body, secrets }))
  }

  /** The library throws answers that are no JSON, and quotes them: one of a success may hold the tokens. */
  #brokenBy(error: unknown, host: string): Failure {
    const { doing, secrets } = this.#watched
    const response = isObject(error) && isObject(error.response) ? error.response : undefined
    if (response === undefined || typeof response.status !== 'number')
      return unreachable(
        doing,
        host,
        messageOf(error, (text) => secrets.redact(text)),
        error,
      )
    if (response.status < 300) return unreadable(doing, response.status)
    return signInFailure({ doing, status: response.status, body: response.bodyAsText, secrets })
  }

  #failed(failure: Failure): Failure {
    this.#failure = failure
    return failure
  }
}

function astray(doing: string, host: string): Failure {
  return new Failure({
    kind: 'input',
    doing,
    hint: `The authority refers to ${host}, which is another server; nothing was sent there. Check AZURE_AUTHORITY_HOST.`,
  })
}

function unreachable(doing: string, host: string, said: string, cause: unknown): Failure {
  return new Failure({
    kind: 'unreachable',
    doing,
    said,
    hint: `Microsoft Entra ID (${host}) could not be reached. Look at the runner's network and proxy, then run again.`,
    cause,
  })
}

function unreadable(doing: string, status: number): Failure {
  return new Failure({
    kind: 'unreadable',
    doing,
    status,
    hint: 'Microsoft Entra ID, or a proxy on the way, answered with something that is no JSON. Check AZURE_AUTHORITY_HOST and the proxy, then run again.',
  })
}
