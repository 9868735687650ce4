import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { signInWithTools } from '../../src/entra/signed-in-tools.ts'
import { failureOf, secretsMaskedInto } from './tenant.ts'

const before = process.env.PATH
let bin = ''

beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'tools-'))
  process.env.PATH = bin
})

afterEach(async () => {
  process.env.PATH = before
  await rm(bin, { recursive: true })
})

async function tool(name: string, script: string): Promise<void> {
  const path = join(bin, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}

test('az is asked for Azure DevOps, and its token is masked', async () => {
  const masked: string[] = []
  await tool(
    'az',
    `case "$*" in *"--resource 499b84ac-1321-427f-aa17-267ca6975798"*) echo '{"accessToken":"token-of-az","expires_on":1795320041}';; esac`,
  )
  expect(await signInWithTools(secretsMaskedInto(masked))).toEqual({
    accessToken: 'token-of-az',
    refreshToken: undefined,
    expiresAt: 1_795_320_041_000,
  })
  expect(masked).toContain('token-of-az')
})

test('azd is asked where az is not signed in', async () => {
  await tool('az', `echo "Please run 'az login' to setup account." >&2; exit 1`)
  await tool('azd', `echo '{"token":"token-of-azd","expiresOn":"2026-11-22T09:00:00Z"}'`)
  expect((await signInWithTools(secretsMaskedInto([]))).accessToken).toBe('token-of-azd')
})

test('where nobody is signed in, the ways to do so are named', async () => {
  await tool('az', `echo "Please run 'az login' to setup account." >&2; exit 1`)
  expect(await failureOf(signInWithTools(secretsMaskedInto([])))).toMatchObject({
    kind: 'sign-in',
    said: expect.stringContaining('az login'),
    hint: expect.stringContaining('azd auth login'),
  })
})
