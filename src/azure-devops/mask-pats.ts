import type { Secrets } from '../secrets.ts'
import type { Answer } from '../wire.ts'

const QUOTE = String.raw`(?:\\*["']|&quot;|&#34;)`
const FIELD = String.raw`token${QUOTE}\s*:\s*${QUOTE}`

/**
 * What may be a PAT's value: what a field `token` holds, in whatever quotes and wherever the text breaks off, and any word
 * as long as one (84 characters, once 52). A mask of fewer than 12 characters could hide words of the log.
 */
const VALUES = new RegExp(String.raw`${FIELD}([^"'\\&<>\s]{12,})|([A-Za-z0-9]{52,})`, 'gi')

/** Masks whatever in an answer may be a PAT's value: one that is no success, or no JSON, may carry it all the same. */
export function maskPatsIn({ text, headers }: Answer, secrets: Secrets): void {
  const words = `${text} ${headers.get('x-tfs-serviceerror') ?? ''}`
  for (const [, named, long] of words.matchAll(VALUES)) secrets.add(named ?? long ?? '')
}

/** Whether a text quotes a PAT's value, or as much of it as was left. */
export function quotesPat(text: string): boolean {
  return new RegExp(FIELD, 'i').test(text)
}
