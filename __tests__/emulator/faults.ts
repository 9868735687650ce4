import type { Fault, FaultKind, WireAnswer, WireRequest } from './wire.ts'

/** The faults a test laid out. */
export interface Faults {
  add(fault: Fault): void
  clear(): void
}

/** What strikes one request: those that let it go on, in their order, and at most one that does not. */
export interface Strike {
  readonly passing: readonly Fault[]
  readonly final: Fault | undefined
}

interface Laid {
  readonly fault: Fault
  seen: number
  struck: number
}

/** Faults of these kinds let the request go on, so that another one may strike it too. */
const PASSING: readonly FaultKind[] = ['slow', 'act']

const SIGN_IN_PAGE = [
  '<!DOCTYPE html >',
  '<html><head><title>Azure DevOps Services | Sign In</title></head>',
  '<body><form action="https://login.microsoftonline.com/common/oauth2/authorize" method="post"></form></body></html>',
].join('\r\n')

/** Keeps count of every matching request, so that what strikes does not depend on the other faults. */
export function createFaults(): Faults & { strike(request: WireRequest): Strike } {
  let laid: Laid[] = []
  return {
    add(fault) {
      laid.push({ fault, seen: 0, struck: 0 })
    },
    clear() {
      laid = []
    },
    strike(request) {
      const passing: Fault[] = []
      let final: Fault | undefined
      for (const entry of laid) {
        const { fault } = entry
        if (!matches(fault, request)) continue
        entry.seen += 1
        if (entry.seen <= (fault.after ?? 0) || entry.struck >= (fault.times ?? 1)) continue
        const passes = PASSING.includes(fault.kind)
        if (!passes && final !== undefined) continue
        entry.struck += 1
        if (passes) passing.push(fault)
        else final = fault
      }
      return { passing, final }
    },
  }
}

function matches(fault: Fault, request: WireRequest): boolean {
  if (fault.method !== undefined && fault.method !== '*' && fault.method !== request.method) return false
  if (fault.at === undefined) return true
  const target = `${request.url.host}${request.url.pathname}${request.url.search}`
  return typeof fault.at === 'string' ? target.includes(fault.at) : target.search(fault.at) >= 0
}

/** The answer of a fault that answers without asking the service; `undefined` for the other kinds. */
export function answerInstead(fault: Fault, request: WireRequest): WireAnswer | undefined {
  switch (fault.kind) {
    case 'status':
      return {
        status: fault.status ?? 500,
        headers: fault.headers ?? {},
        body: 'body' in fault ? fault.body : { message: 'Something went wrong' },
      }
    case 'sign-in-page':
      return signInPage()
    case 'sign-in-redirect':
      return signInRedirect(request.url)
    case 'reset-before':
    case 'reset-after':
    case 'hang':
    case 'hang-after':
    case 'truncated':
    case 'malformed':
    case 'slow':
    case 'act':
      return undefined
  }
}

/** What Azure DevOps answers to a bearer it does not take: 203, which `response.ok` calls fine. */
export function signInPage(): WireAnswer {
  return { status: 203, headers: { 'content-type': 'text/html; charset=utf-8' }, body: SIGN_IN_PAGE }
}

/** What Azure DevOps answers where it would have a browser sign in. */
export function signInRedirect(url: URL): WireAnswer {
  const query = new URLSearchParams({ realm: url.host, reply_to: url.href, redirect: '1', context: 'eyJodCI6Mn0' })
  const location = `https://spsprodweu1.vssps.visualstudio.com/_signin?${query.toString()}`
  return {
    status: 302,
    headers: { location, 'content-type': 'text/html; charset=utf-8' },
    body: `<html><head><title>Object moved</title></head><body>\r\n<h2>Object moved to <a href="${location.replaceAll('&', '&amp;')}">here</a>.</h2>\r\n</body></html>\r\n`,
  }
}

/** The same answer with a body that is no JSON though it says so; an answer without a body stays as it is. */
export function malformed(answer: WireAnswer): WireAnswer {
  if (answer.body === undefined) return answer
  const headers = { ...answer.headers, 'content-type': 'application/json; charset=utf-8' }
  return { status: answer.status, headers, body: '<html><body>upstream connect error</body></html>' }
}
