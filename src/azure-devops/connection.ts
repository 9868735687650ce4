import { SECOND } from '../clock.ts'
import { Failure } from '../errors.ts'
import { azureDevOpsHosts } from '../hosts.ts'
import type { JsonObject } from '../json.ts'
import { sleepUnlessCancelled } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { type Answer, retryAfterOf, send, type Wire } from '../wire.ts'
import type { Question } from './answers.ts'
import { maskPatsIn } from './mask-pats.ts'

/** The bot in one organization. */
export interface Account {
  readonly organization: string
  /** A Microsoft Entra access token of the bot user. */
  readonly accessToken: string
  readonly secrets: Secrets
}

export interface Asking {
  /** The end of "Could not …". */
  readonly doing: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly query?: Readonly<Record<string, string>>
  readonly body?: JsonObject
  /** Another resource than the PATs. */
  readonly resource?: Resource
}

/** One resource of the organization's REST API. */
export interface Resource {
  readonly host: string
  /** What follows the organization: `/_apis/…`, each part encoded. */
  readonly path: string
  readonly version: string
}

/** Azure DevOps holds requests of a busy user back for up to 30 s before it answers. */
export const TIMEOUT = 45 * SECOND

/** The resource is still a preview: without the suffix it answers 400. */
const pats: Resource = { host: azureDevOpsHosts.pats, path: '/_apis/tokens/pats', version: '7.1-preview.1' }

/** Answers of Azure DevOps should be JSON, and 401 instead of a redirect to the sign-in page. */
export const SPEAK_JSON = { accept: 'application/json', 'x-tfs-fedauthredirect': 'Suppress' } as const

/** One organization, asked as the bot. Keeps the pauses the service asks for. */
export class Connection {
  readonly wire: Wire
  readonly secrets: Secrets
  readonly #organization: string
  readonly #authorization: string
  #pausedUntil = -Infinity

  /** @throws Failure `input` for an access token that no header can carry */
  constructor(wire: Wire, { organization, accessToken, secrets }: Account) {
    secrets.add(accessToken)
    // fetch would quote the whole header in its complaint.
    if (!/^[\x21-\x7e]+$/.test(accessToken)) throw notCarried()
    this.wire = wire
    this.secrets = secrets
    this.#organization = organization
    this.#authorization = `Bearer ${accessToken}`
  }

  /** One request, once. The answer may be any; `answers.ts` reads it. A PAT's value in it is masked, whatever became of it. */
  async ask({ doing, method, query = {}, body, resource = pats }: Asking): Promise<Answer> {
    await this.#keepPause(doing)
    const answer = await send(this.wire, {
      doing,
      service: 'Azure DevOps',
      url: addressOf(this.#organization, resource, query),
      method,
      headers: {
        ...SPEAK_JSON,
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      timeout: TIMEOUT,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (method !== 'GET' && resource === pats) maskPatsIn(answer, this.secrets)
    this.#notePause(answer)
    return answer
  }

  /** How an answer to such a request is to be read. */
  question({ doing, method }: Pick<Asking, 'doing' | 'method'>): Question {
    return { doing, change: method !== 'GET', secrets: this.secrets, clock: this.wire.clock }
  }

  /**
   * A success with Retry-After is done, but the next request should wait. Failures with Retry-After are for retry.ts.
   * https://learn.microsoft.com/azure/devops/integrate/concepts/rate-limits#api-client-experience
   */
  #notePause({ status, headers }: Answer): void {
    if (status !== 200 && status !== 204) return
    const pause = retryAfterOf(headers, this.wire.clock) ?? 0
    if (pause > 0) this.#pausedUntil = Math.max(this.#pausedUntil, this.wire.clock.now() + pause)
  }

  /** Where the budget leaves no room for the pause the request goes out at once: Azure DevOps then slows it down itself. */
  async #keepPause(doing: string): Promise<void> {
    const { clock, waits, onWait } = this.wire
    const pause = this.#pausedUntil - clock.now()
    if (pause <= 0 || !waits.take(pause)) return
    onWait(slowedDown(doing), pause)
    await sleepUnlessCancelled(this.wire, pause, { doing })
  }
}

/** The address of a resource, with its version in the query. */
export function addressOf(
  organization: string,
  { host, path, version }: Resource,
  query: Readonly<Record<string, string>> = {},
): string {
  const asked = new URLSearchParams({ ...query, 'api-version': version }).toString()
  return `https://${host}/${encodeURIComponent(organization)}${path}?${asked}`
}

function slowedDown(doing: string): Failure {
  return new Failure({
    kind: 'rate-limited',
    doing,
    hint: 'Azure DevOps asks for a pause between requests.',
  })
}

function notCarried(): Failure {
  return new Failure({
    kind: 'input',
    doing: 'sign in to Azure DevOps',
    hint: "The bot's access token contains spaces, line breaks or other characters that no access token has. Check how bot-access-token is filled.",
  })
}
