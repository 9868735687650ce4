import type { WireRequest } from '../emulator/wire.ts'
import type { World } from '../world.ts'

const CHANGES_FROM_RUN_TO_RUN = /[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}/gi
const SAYS_NOTHING = ['api-version', '$top', 'per_page', 'audience']

/** What a request is called in every run of a scene: method, address, and which PAT it is about. */
export function nameOf({ ado }: World, { method, url, headers, body }: WireRequest): string {
  const query = new URLSearchParams(url.search)
  for (const name of SAYS_NOTHING) query.delete(name)
  const id = query.get('authorizationId') ?? /"authorizationId":"([^"]+)"/.exec(body)?.[1]
  query.delete('authorizationId')
  const about = [patNumbered(ado.pats.findIndex((pat) => pat.authorizationId === id)), shownPat(ado, headers)]
  const asked = [...query].map(([name, value]) => ` ${name}=${value}`).join('')
  return `${method} ${url.host}${url.pathname}${asked}${about.join('')}`.replace(CHANGES_FROM_RUN_TO_RUN, '…')
}

/** A feed is asked by the PAT itself, and once more by one that is made up. */
function shownPat(ado: World['ado'], headers: WireRequest['headers']): string {
  const password = basicPassword(headers)
  if (password === undefined) return ''
  return patNumbered(ado.pats.findIndex(({ token }) => token === password)) || ' made-up PAT'
}

function patNumbered(index: number): string {
  return index < 0 ? '' : ` PAT ${index + 1}`
}

export function basicPassword(headers: WireRequest['headers']): string | undefined {
  const [, encoded] = /^basic (.+)$/i.exec(headers.authorization ?? '') ?? []
  return encoded === undefined
    ? undefined
    : Buffer.from(encoded, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
}
