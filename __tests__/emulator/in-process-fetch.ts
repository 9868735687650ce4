import type { Outcome } from './emulator.ts'
import { wireBody } from './wire-body.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

type Fetch = typeof globalThis.fetch

/** undici follows at most that many. */
const MOST_REDIRECTS = 20
const WITHOUT_BODY = [204, 205, 304]

/** A `fetch` that never leaves the process and behaves as Node's own does: redirects, aborts, resets, broken bodies. */
export function createFetch(handle: (request: WireRequest) => Promise<Outcome>): Fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const body = await request.text()
    request.signal.throwIfAborted()
    // The caller's own: nothing holds that of the request while the exchange hangs, so that it is collected and never aborts.
    const signal = init?.signal ?? request.signal
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener(
        'abort',
        () => {
          reject(signal.reason as Error)
        },
        { once: true },
      )
    })
    aborted.catch(() => undefined)
    return await Promise.race([aborted, exchange(handle, request, body)])
  }
}

async function exchange(
  handle: (request: WireRequest) => Promise<Outcome>,
  request: Request,
  sentBody: string,
): Promise<Response> {
  let url = new URL(request.url)
  let { method } = request
  let body = sentBody
  const headers = new Headers(request.headers)
  if (!headers.has('accept')) headers.set('accept', '*/*')
  if (!headers.has('user-agent')) headers.set('user-agent', 'node')
  for (let redirects = 0; ; redirects += 1) {
    url.hash = ''
    const answer = await answerOf(handle, { method, url, headers: Object.fromEntries(headers), body }, request)
    const location = new Headers(answer.headers).get('location')
    const redirected = [301, 302, 303, 307, 308].includes(answer.status) && location !== null
    if (!redirected || request.redirect === 'manual') return finished(answer, url, redirects > 0, request)
    if (request.redirect === 'error') throw failed(new Error('unexpected redirect'))
    if (redirects >= MOST_REDIRECTS) throw failed(new Error('redirect count exceeded'))
    const next = new URL(location, url)
    if (next.origin !== url.origin)
      ['authorization', 'proxy-authorization', 'cookie', 'host'].forEach((name) => {
        headers.delete(name)
      })
    const becomesGet =
      answer.status === 303 ? !['GET', 'HEAD'].includes(method) : answer.status < 303 && method === 'POST'
    if (becomesGet) {
      method = 'GET'
      body = ''
      const named = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']
      named.forEach((name) => {
        headers.delete(name)
      })
    }
    url = next
  }
}

async function answerOf(
  handle: (request: WireRequest) => Promise<Outcome>,
  wire: WireRequest,
  request: Request,
): Promise<WireAnswer & { readonly truncate?: boolean }> {
  request.signal.throwIfAborted()
  const outcome = await handle(wire)
  if (outcome.kind === 'reset')
    throw failed(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' }))
  // The race with the signal ends a hanging exchange; nothing else does.
  if (outcome.kind === 'hang') return await new Promise<never>(() => undefined)
  return { ...outcome.answer, truncate: outcome.truncate ?? false }
}

function finished(
  answer: WireAnswer & { readonly truncate?: boolean },
  url: URL,
  redirected: boolean,
  request: Request,
): Response {
  const { bytes, contentType } = wireBody(answer)
  const headers = new Headers(answer.headers)
  if (contentType !== undefined) headers.set('content-type', contentType)
  const bodiless = WITHOUT_BODY.includes(answer.status) || request.method === 'HEAD'
  if (!bodiless) headers.set('content-length', String(bytes.length))
  const body = bodiless ? null : answer.truncate && bytes.length > 0 ? broken(bytes) : bytes
  const response = new Response(body, { status: answer.status, headers })
  Object.defineProperty(response, 'url', { value: url.href })
  Object.defineProperty(response, 'redirected', { value: redirected })
  return response
}

/** A body that stops in the middle. */
function broken(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = false
  return new ReadableStream({
    pull(controller) {
      if (!sent) controller.enqueue(bytes.slice(0, Math.floor(bytes.length / 2)))
      else
        controller.error(
          new TypeError('terminated', {
            cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
          }),
        )
      sent = true
    },
  })
}

function failed(cause: Error): TypeError {
  return new TypeError('fetch failed', { cause })
}
