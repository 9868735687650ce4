/**
 * Every secret value of this run. What is added is masked by the runner at once, and `redact` takes it out of whatever
 * this action itself is about to print: the runner's mask only acts on lines that come after it, and covers no files.
 */
export class Secrets {
  readonly #known = new Set<string>()
  readonly #mask: (value: string) => void

  /** @param mask writes the runner's `::add-mask::` command */
  constructor(mask: (value: string) => void) {
    this.#mask = mask
  }

  /** Masks a value, each of its lines, and the encoded forms in which feeds and clients carry it. */
  add(secret: string): void {
    for (const line of secret.split(/[\r\n]+/)) this.#addLine(line.trim())
  }

  #addLine(value: string): void {
    if (value === '') return
    for (const form of formsOf(value)) {
      if (this.#known.has(form)) continue
      this.#known.add(form)
      this.#mask(form)
    }
  }

  /** The text with every known secret replaced by `***`. Values of fewer than 6 characters are left to the runner. */
  redact(text: string): string {
    let clean = text
    for (const secret of this.#known) {
      if (secret.length >= MOST_LIKELY_A_WORD) clean = clean.replaceAll(secret, '***')
    }
    return clean
  }
}

const MOST_LIKELY_A_WORD = 6

/**
 * The runner adds base64 forms of a mask by itself, but neither base64url nor unpadded ones, and npm's `_password`,
 * Maven's and NuGet's Basic credentials are base64 of the PAT and of `user:PAT`, with any user.
 * https://github.com/actions/runner/blob/main/docs/adrs/0297-base64-masking-trailing-characters.md
 */
function formsOf(value: string): readonly string[] {
  const carried = [value, `:${value}`, `pat:${value}`]
  const encoded = carried.flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8')
    const padded = bytes.toString('base64')
    return [padded, padded.replace(/=+$/, ''), bytes.toString('base64url')]
  })
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  const inJson = escapedForJson(value)
  // JSON within JSON: an answer whose message quotes a body.
  const escaped = [encodeURIComponent(value.toWellFormed()), form, inJson, escapedForJson(inJson)]
  return [...new Set([value, ...encoded, ...insideBase64(value), ...escaped])]
}

function escapedForJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

const TOO_SHORT_TO_TELL = 12

/** What base64 of any text with the value in it contains, wherever in that text the value begins. */
function insideBase64(value: string): readonly string[] {
  const inside = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value, 'utf8')])
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3))
    return (['base64', 'base64url'] as const).map((encoding) => whole.toString(encoding).slice([0, 2, 3][before]))
  })
  return inside.filter(({ length }) => length >= TOO_SHORT_TO_TELL)
}
