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
 * Maven's and NuGet's Basic credentials are base64 of the PAT and of `user:PAT`.
 * https://github.com/actions/runner/blob/main/docs/adrs/0297-base64-masking-trailing-characters.md
 */
function formsOf(value: string): readonly string[] {
  const carried = [value, `:${value}`, `pat:${value}`]
  const encoded = carried.flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8')
    const padded = bytes.toString('base64')
    return [padded, padded.replace(/=+$/, ''), bytes.toString('base64url')]
  })
  const escaped = [encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]
  return [...new Set([value, ...encoded, ...escaped])]
}
