import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundleWorld } from '../bundle.ts'

/** Somebody is signed in with az on this machine, and may ask for tokens for vaults. @returns the token, and the PATH with az on it */
export async function signedInWithAz(world: BundleWorld): Promise<{ readonly value: string; readonly path: string }> {
  const value = world.entra.issueAppToken({ audience: 'https://vault.azure.net' })
  const bin = join(world.folder, 'bin')
  await mkdir(bin)
  const answer = JSON.stringify({ accessToken: value, expires_on: Math.floor(Date.now() / 1000) + 3600 })
  await writeFile(
    join(bin, 'az'),
    `#!/bin/sh\ncase "$*" in *"--resource https://vault.azure.net"*) echo '${answer}';; esac\n`,
  )
  await chmod(join(bin, 'az'), 0o755)
  return { value, path: `${bin}:/bin:/usr/bin` }
}
