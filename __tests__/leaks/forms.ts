/** How many characters of a secret in a row are a leak, give or take a step. */
const WINDOW = 16
const STEP = 6
/** So few characters of an encoded form stand anywhere. */
const SHORTEST = 8

type Texts = Readonly<Record<string, string>>

/**
 * Where a secret, or a good part of one, stands: raw, in base64 and base64url of anything that contains it (`user:value`
 * and whatever else somebody puts around it), URL-, form- and JSON-escaped.
 */
export function leaksOf(secrets: Texts, texts: Texts): readonly string[] {
  const find = findingOf(secrets)
  return Object.entries(texts).flatMap(([where, text]) => find(text).map((what) => `${what}, in ${where}`))
}

/** @returns what looks for all of them in one pass over a text, and says which stand there in what form: `PAT 2, raw` */
export function findingOf(secrets: Texts): (text: string) => readonly string[] {
  const windows = new Map<string, string>()
  // Most of a text begins as no window does, which is seen faster than it is looked up.
  const beginnings = new Uint8Array(BEGINNINGS)
  const short = new Map<string, string>()
  for (const [name, secret] of Object.entries(secrets)) {
    for (const [form, parts] of partsOf(secret)) {
      const what = `${name}, ${form}`
      for (const part of parts) {
        const known = part.length < WINDOW ? short : windows
        if (!known.has(part)) known.set(part, what)
        beginnings[beginningAt(part, 0)] = 1
      }
    }
  }
  return (text) => {
    const found = new Set([...short].flatMap(([part, what]) => (text.includes(part) ? [what] : [])))
    for (let start = 0; start + WINDOW <= text.length; start += 1) {
      if (beginnings[beginningAt(text, start)] === 0) continue
      const what = windows.get(text.slice(start, start + WINDOW))
      if (what !== undefined) found.add(what)
    }
    return [...found]
  }
}

const BEGINNINGS = 1 << 16

/** A number for the next three characters. */
function beginningAt(text: string, start: number): number {
  return (text.charCodeAt(start) * 961 + text.charCodeAt(start + 1) * 31 + text.charCodeAt(start + 2)) % BEGINNINGS
}

type Parts = readonly (readonly [form: string, parts: readonly string[]])[]

/** Most secrets of a test are looked for after each of its runs. */
const partsKnown = new Map<string, Parts>()
const MOST_KNOWN = 500

function partsOf(secret: string): Parts {
  const known = partsKnown.get(secret)
  if (known !== undefined) return known
  const parts = Object.entries(formsOf(secret))
    .filter(([form, value]) => value.length >= (form === 'raw' ? 1 : SHORTEST))
    .filter(([, value], index, all) => all.findIndex(([, other]) => other === value) === index)
    .map(([form, value]) => [form, windowsOf(value)] as const)
  if (partsKnown.size >= MOST_KNOWN) partsKnown.clear()
  partsKnown.set(secret, parts)
  return parts
}

function formsOf(secret: string): Texts {
  const escapes = {
    raw: secret,
    'URL-escaped': encodeURIComponent(secret),
    'form-escaped': new URLSearchParams([['', secret]]).toString().slice(1),
    'JSON-escaped': JSON.stringify(secret).slice(1, -1),
  }
  const inBase64 = [0, 1, 2].flatMap((shift) =>
    (['base64', 'base64url'] as const).map((encoding) => [
      `${encoding} ${shift}`,
      withinBase64(secret, shift, encoding),
    ]),
  )
  return { ...escapes, ...(Object.fromEntries(inBase64) as Texts) }
}

/** The characters of base64 that depend on the secret alone, with so many bytes (mod 3) before it. */
function withinBase64(secret: string, shift: number, encoding: 'base64' | 'base64url'): string {
  const bytes = Buffer.from('\0'.repeat(shift) + secret)
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString(encoding)
  return whole.slice([0, 2, 3][shift])
}

function windowsOf(value: string): readonly string[] {
  if (value.length <= WINDOW) return [value]
  const starts = Array.from({ length: Math.ceil((value.length - WINDOW) / STEP) }, (_, index) => index * STEP)
  return [...starts, value.length - WINDOW].map((start) => value.slice(start, start + WINDOW))
}
