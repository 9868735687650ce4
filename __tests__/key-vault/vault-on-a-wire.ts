import { connectKeyVault, type KeyVault, type TokenWanted } from '../../src/key-vault/connect.ts'
import { Secrets } from '../../src/secrets.ts'
import { createEmulator, type Emulator } from '../emulator/emulator.ts'
import { createEntra, type Entra } from '../emulator/entra/entra.ts'
import { createKeyVault, type KeyVault as EmulatedVault } from '../emulator/key-vault/key-vault.ts'
import { type TestWire, testWire, VirtualClock } from '../wire.ts'

export const HOST = 'hmcts.vault.azure.net'

export interface OnAWire {
  readonly client: KeyVault
  readonly vault: EmulatedVault
  readonly entra: Entra
  readonly emulator: Emulator
  readonly wire: TestWire
  readonly cancel: AbortController
  readonly masked: Set<string>
  /** What access tokens were asked for. */
  readonly wanted: TokenWanted[]
}

/** The vault's client over a wire to the emulated vault, with the app registration's access tokens. */
export function vaultOnAWire(): OnAWire {
  const clock = new VirtualClock()
  const entra = createEntra({ clock })
  const vault = createKeyVault({ clock, entra })
  const emulator = createEmulator({ services: [entra, vault], clock: { now: () => clock.now() } })
  const cancel = new AbortController()
  const wire = testWire({ clock, cancel: cancel.signal, fetch: (url, init) => emulator.fetch(url, init) })
  const [masked, wanted] = [new Set<string>(), [] as TokenWanted[]]
  const secrets = new Secrets((value) => masked.add(value))
  const token = (asked: TokenWanted): Promise<{ token: string; expiresAt: number }> => {
    wanted.push(asked)
    const value = entra.issueAppToken({ audience: 'https://vault.azure.net' })
    secrets.add(value)
    return Promise.resolve({ token: value, expiresAt: clock.now() + 3_600_000 })
  }
  const client = connectKeyVault({ wire, url: vault.url, token, secrets })
  return { client, vault, entra, emulator, wire, cancel, masked, wanted }
}
