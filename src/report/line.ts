import type { Secrets } from '../secrets.ts'

/** The runner cuts an annotation at 4096 characters, without a word about it. */
const MOST_CHARACTERS = 4000

/**
 * The text on one line, without control characters and without those that cannot be seen. The runner looks for its
 * commands by the rules of a culture, and those skip invisible characters: `#<soft hyphen>#[` may be a command to it.
 */
export function flattened(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** At most so many characters, the last one `…` where something was cut off; never half of a surrogate pair. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…` : text
}

/**
 * The text as one line that may be printed: redacted, at most 4000 characters, and never a workflow command. The runner
 * takes `::` for one at the start of a line, `##[` anywhere in it.
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function safeLine(text: string, secrets: Secrets): string {
  const line = flattened(secrets.redact(text)).replaceAll('##[', '## [').replace(/^::/, ': :')
  return cut(line, MOST_CHARACTERS)
}
