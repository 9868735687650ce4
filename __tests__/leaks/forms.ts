/** How many characters of a secret in a row are a leak, give or take a step. */
const WINDOW = 16
const STEP = 6

type Texts = Readonly<Record<string, string>>

/**
 * Where a secret, or a good part of one, stands: raw, in base64 and base64url of anything that contains it (`user:value`
 * and whatever else somebody puts around it), URL-, form- and JSON-escaped.
 */
export function leaksOf(secrets: Texts, texts: Texts): readonly string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(formsOf(secret)).flatMap(([form, value]) =>
      Object.entries(texts).flatMap(([where, text]) =>
        windowsOf(value).some((part) => text.includes(part)) ? [`${name}, ${form}, in ${where}`] : [],
      ),
    ),
  )
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
