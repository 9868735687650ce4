import type { Service, WireAnswer, WireRequest } from '../emulator/wire.ts'

/** What a request carries that must never come back: of its header, and of a form. */
export function credentialsIn({ url, headers, body }: WireRequest): readonly string[] {
  const [scheme = '', sent = ''] = (headers.authorization ?? '').split(' ')
  const carried = /^basic$/i.test(scheme)
    ? Buffer.from(sent, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : sent
  const form = new URLSearchParams(body.startsWith('{') ? '' : body)
  // The key of an incoming webhook is its address.
  const address = url.host.startsWith('hooks.') ? [url.href, url.pathname] : []
  return [...address, carried, form.get('refresh_token') ?? '', form.get('client_assertion') ?? ''].filter(
    (one) => one !== '',
  )
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A credential in every form in which somebody may quote it. */
export function everyForm(credential: string): string {
  return [
    credential,
    base64(credential),
    base64(`:${credential}`),
    base64(`pat:${credential}`),
    base64(`someone@example.org:${credential}`),
    Buffer.from(credential).toString('base64url'),
    encodeURIComponent(credential),
    JSON.stringify(credential),
    `https://example.org/${encodeURIComponent(credential)}?token=${credential}#${credential}`,
  ].join(' , ')
}

export interface Echo {
  readonly status: number
  readonly how: keyof typeof answers
}

type Answering = (words: string, status: number) => WireAnswer

/** Where services put their words. What breaks a header's line is left out of headers. */
export const answers = {
  message: (words, status) => ({ status, body: { message: words, errors: [{ field: words, code: words }, words] } }),
  'message that is cut': (words, status) => ({ status, body: { message: `${'long '.repeat(56)}${words}` } }),
  exception: (words, status) => ({ status, body: { $id: '1', typeKey: words, message: words } }),
  refusal: (words, status) => ({ status, body: { error: words, error_description: words, error_codes: [70000] } }),
  patTokenError: (words, status) => ({
    status,
    body: { patToken: null, patTokenError: words, patTokenErrorMessage: words },
  }),
  page: (words, status) => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html><title>${words}</title><body>${words}</body></html>`,
  }),
  'text with tags': (words, status) => ({ status, body: words.replace(/(.{11})/g, '$1<b></b>') }),
  headers: (words, status) => {
    // Node reads at most 16 KiB of headers.
    const short =
      words.length < 1000
        ? words
        : words
            .split(' ; ')
            .map((forms) => forms.split(' , ')[0] ?? '')
            .join(' ; ')
    const line = short.replace(/[^\x20-\x7e]/g, '')
    return { status, headers: Object.fromEntries(ECHOING_HEADERS.map((name) => [name, line])), body: {} }
  },
  sso: (words, status) => ({
    status,
    headers: { 'x-github-sso': `required; url=https://github.com/orgs/hmcts/sso/${words.split(' ')[0] ?? ''}?a=b` },
    body: { message: 'Resource protected by organization SAML enforcement.' },
  }),
} satisfies Readonly<Record<string, Answering>>

const ECHOING_HEADERS = [
  ...['x-tfs-serviceerror', 'www-authenticate', 'x-github-request-id', 'x-accepted-github-permissions'],
  ...['x-oauth-scopes', 'x-accepted-oauth-scopes', 'location', 'retry-after'],
]

/** From now on the service quotes what it was sent to whoever asks for `at`. */
export function makeEcho(service: Service, { status, how }: Echo, at = /./): void {
  const handle = service.handle.bind(service)
  Object.assign(service, {
    handle: (request: WireRequest): ReturnType<Service['handle']> =>
      at.test(`${request.method} ${request.url.href}`)
        ? answers[how](credentialsIn(request).map(everyForm).join(' ; '), status)
        : handle(request),
  })
}
