import type { WireAnswer } from './wire.ts'

export interface WireBody {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly contentType: string | undefined
}

/** The bytes and the content type that an answer has on the wire. */
export function wireBody(answer: WireAnswer): WireBody {
  const { body } = answer
  const given = answer.headers?.['content-type']
  if (body === undefined) return { bytes: new Uint8Array(), contentType: given }
  if (typeof body === 'string')
    return { bytes: new TextEncoder().encode(body), contentType: given ?? 'text/plain; charset=utf-8' }
  if (ArrayBuffer.isView(body)) {
    return { bytes: Uint8Array.from(body as Uint8Array), contentType: given ?? 'application/octet-stream' }
  }
  return {
    bytes: new TextEncoder().encode(JSON.stringify(body)),
    contentType: given ?? 'application/json; charset=utf-8',
  }
}
