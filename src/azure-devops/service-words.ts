import { plainWords } from '../errors.ts'
import { isObject, optionalString, parseJson } from '../json.ts'
import type { Secrets } from '../secrets.ts'
import type { Answer } from '../wire.ts'
import { quotesPat } from './mask-pats.ts'

export function isJson({ headers }: Answer): boolean {
  return /\bjson\b/i.test(headers.get('content-type') ?? '')
}

export function isHtml({ headers, text }: Answer): boolean {
  return /\bhtml\b/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype\s+)?html\b/i.test(text)
}

/** What Azure DevOps itself said about a request it did not fulfil, fit for a log; empty where it said nothing. */
export function serviceWords(answer: Answer, secrets: Secrets): string {
  const words = messageIn(answer) ?? serviceError(answer, secrets) ?? titleIn(answer) ?? looseText(answer)
  if (quotesPat(words)) return ''
  // Once before the text is cut, which could leave half a secret, and once after what stood between two halves is gone.
  return secrets.redact(plainWords(secrets.redact(words)))
}

/** The class of the exception: `typeKey` in JSON. It tells answers apart whose message depends on the language. */
export function exceptionIn({ text }: Answer): string | undefined {
  const body = parseJson(text)
  return isObject(body) ? optionalString(body.typeKey) : undefined
}

function messageIn({ text }: Answer): string | undefined {
  const body = parseJson(text)
  return isObject(body) ? (optionalString(body.message) ?? optionalString(body.Message)) : undefined
}

function serviceError({ headers }: Answer, secrets: Secrets): string | undefined {
  const header = optionalString(headers.get('x-tfs-serviceerror'))
  if (header === undefined) return undefined
  const encoded = secrets.redact(header)
  // Unlike decodeURIComponent this reads `+` as a space, and takes badly encoded text as it is.
  return new URLSearchParams(`text=${encoded.replaceAll('&', '%26')}`).get('text') ?? undefined
}

function titleIn(answer: Answer): string | undefined {
  return isHtml(answer) ? /<title[^>]*>([^<]+)/i.exec(answer.text)?.[1] : undefined
}

/** The body of a success is never quoted: it may be the one answer that carries a PAT's value. */
function looseText({ status, text }: Answer): string {
  return status >= 400 ? text : ''
}
