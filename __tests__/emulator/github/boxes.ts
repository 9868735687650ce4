import sodium from 'libsodium-wrappers'

interface KeyPair {
  readonly keyId: string
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

export interface Opened {
  readonly value: string
  /** Which key opened it, where that was not the place's present one. */
  readonly by?: string
}

/** What GitHub's schema allows for `encrypted_value`: standard base64, padded. */
const strictBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/

export const isStrictBase64 = (value: string): boolean => strictBase64.test(value)

function openWith(pair: KeyPair, encrypted: string): string | undefined {
  try {
    const box = Buffer.from(encrypted, 'base64')
    return sodium.to_string(sodium.crypto_box_seal_open(box, pair.publicKey, pair.privateKey))
  } catch {
    return undefined
  }
}

/** The key pairs of all places; each level, owner and store has its own. Needs `sodium.ready` to have been awaited. */
export class Boxes {
  readonly #pairs = new Map<string, KeyPair[]>()
  readonly #staleStatus = new Map<string, 409 | 422>()

  /** `place` is the home's key and the store, as in `organization:1 actions`. */
  publicKey(place: string): { key_id: string; key: string } {
    const { keyId, publicKey } = this.#current(place)
    return { key_id: keyId, key: sodium.to_base64(publicKey, sodium.base64_variants.ORIGINAL) }
  }

  rotate(place: string, staleStatus: 409 | 422): void {
    this.#current(place)
    this.#pairs.get(place)?.unshift(newPair())
    this.#staleStatus.set(place, staleStatus)
  }

  isCurrent(place: string, keyId: string): boolean {
    return this.#current(place).keyId === keyId
  }

  staleStatus(place: string): 409 | 422 {
    return this.#staleStatus.get(place) ?? 422
  }

  open(place: string, encrypted: string): string | undefined {
    return openWith(this.#current(place), encrypted)
  }

  /** Opens with whatever key of whatever place fits, and says which it was. */
  openAnyhow(place: string, encrypted: string): Opened | undefined {
    const value = this.open(place, encrypted)
    if (value !== undefined) return { value }
    for (const [other, pairs] of this.#pairs) {
      for (const pair of pairs) {
        const found = openWith(pair, encrypted)
        if (found !== undefined) return { value: found, by: other === place ? 'an older key of this place' : other }
      }
    }
    return undefined
  }

  #current(place: string): KeyPair {
    const pairs = this.#pairs.get(place) ?? [newPair()]
    this.#pairs.set(place, pairs)
    const [current] = pairs
    if (current === undefined) throw new Error(`${place} has no key pair.`)
    return current
  }
}

function newPair(): KeyPair {
  const { publicKey, privateKey } = sodium.crypto_box_keypair()
  // A number beyond what a double holds, so that a client that makes one of it loses digits.
  const keyId = `5680${Array.from(sodium.randombytes_buf(16), (byte) => byte % 10).join('')}`
  return { keyId, publicKey, privateKey }
}
