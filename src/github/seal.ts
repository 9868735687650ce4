import { Failure, messageOf } from '../errors.ts'
import type { PublicKey } from './get-public-key.ts'
import { GitHubFailure } from './refusals.ts'

/** A secret that only the place whose key sealed it can open. */
export interface Sealed {
  readonly keyId: string
  readonly encryptedValue: string
}

/**
 * Seals a text for the place the key is of: a libsodium sealed box in standard base64, different each time.
 * https://docs.github.com/rest/guides/encrypting-secrets-for-the-rest-api
 * @throws Failure `input` for a text that is empty or has white space around it, which whoever reads the secret would
 * send along; GitHubFailure `unreadable` for a key that is none
 */
export async function seal(key: PublicKey, text: string): Promise<Sealed> {
  if (text === '' || text !== text.trim()) throw notSealable()
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  // GitHub takes and sends standard base64, padded; libsodium's own default is neither.
  const { ORIGINAL } = sodium.base64_variants
  const keyBytes = unlessNoKey(() => sodium.from_base64(key.key, ORIGINAL))
  const box = unlessNoKey(() => sodium.crypto_box_seal(text, keyBytes))
  return { keyId: key.keyId, encryptedValue: sodium.to_base64(box, ORIGINAL) }
}

/** libsodium itself checks the base64 and that the key has 32 bytes, and its complaint does not quote the text. */
function unlessNoKey<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw noKey(error)
  }
}

function notSealable(): Failure {
  return new Failure({
    kind: 'input',
    doing: 'seal the secret',
    hint: 'It is empty, or has spaces or line breaks around it. Nothing was written.',
  })
}

function noKey(cause: unknown): GitHubFailure {
  return new GitHubFailure({
    refusal: 'unreadable',
    kind: 'unreadable',
    fallsBack: false,
    doing: 'seal the secret',
    hint: `The public key GitHub sent is none (${messageOf(cause)}). Run again.`,
    cause,
  })
}
