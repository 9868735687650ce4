import type { Octokit } from '@octokit/rest'
import { SECOND } from '../clock.ts'
import { Failure } from '../errors.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, type Received, send, USER_AGENT, type Wire } from '../wire.ts'

export interface Account {
  /** `https://api.github.com`, or `https://{host}/api/v3` of GitHub Enterprise Server. */
  readonly apiUrl: string
  readonly token: string
  /** The input that the token comes from; `github-token` where it is missing. */
  readonly input?: string
  readonly secrets: Secrets
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Sent {
  /** The end of "Could not …". */
  readonly doing: string
  readonly method: Method
  /** As GitHub's documentation writes it: `/orgs/{org}/actions/secrets`. */
  readonly path: `/${string}`
  /** The path's parts; what is left is the query of a GET, and else the body. */
  readonly params: Readonly<Record<string, unknown>>
}

/** GitHub gives up on a request after 10 s; the rest is for slow networks. */
const TIME_OUT = 30 * SECOND

/**
 * Octokit with one GitHub token, without its plugins for retries and throttling: those would multiply with ours.
 * @throws Failure `input` for a token that no header can carry
 */
export async function openOctokit({ apiUrl, token, input = 'github-token', secrets }: Account): Promise<Octokit> {
  secrets.add(token)
  // fetch would quote the whole header in its complaint.
  if (!/^[\x21-\x7e]+$/.test(token)) throw notCarried(input)
  const { Octokit } = await import('@octokit/rest')
  return new Octokit({
    auth: token,
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent: USER_AGENT,
    // Its own log would go to the console.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  })
}

/**
 * Sends one request, once. Octokit fills in the path and signs; what comes back is not shown to it, because it looks at
 * the body before the status and throws errors that carry the whole request.
 * @throws Failure `unreachable` where no answer came, `cancelled`
 */
export async function exchange(octokit: Octokit, wire: Wire, sent: Sent): Promise<Answer> {
  const { doing, method, path, params } = sent
  const patient: Wire = { ...wire, fetch: async (url, init) => whatCame(await wire.fetch(url, init)) }
  let answer: Answer | undefined
  const fetch = async (url: string, { headers, body }: Signed): Promise<object> => {
    const whole = body === undefined ? {} : { body }
    answer = await send(patient, { doing, service: 'GitHub', url, method, headers, timeout: TIME_OUT, ...whole })
    // All that Octokit looks at, of an answer that has no body. Where a proxy is set, Node's own Response would load undici twice.
    return { status: 204, url, headers: [] }
  }
  try {
    await octokit.request(`${method} ${path}`, { ...params, request: { fetch } })
  } catch (error) {
    // Octokit wraps what fetch throws into an error that carries the whole request.
    if (error instanceof Error && error.cause instanceof Error) throw error.cause
    throw error
  }
  if (answer === undefined) throw new TypeError('Octokit sent nothing')
  return answer
}

interface Signed {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A body that breaks off is an empty one: the status may say enough by itself. */
function whatCame(response: Received): Received {
  return { status: response.status, headers: response.headers, text: () => response.text().catch(() => '') }
}

function ignore(): void {
  // nothing
}

function notCarried(input: string): Failure {
  return new Failure({
    kind: 'input',
    doing: 'speak to GitHub',
    hint: `${input} contains spaces, line breaks or other characters that no token has. Check how it is filled.`,
  })
}
