import { expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { Failure } from '../../src/errors.ts'
import { azureDevOpsHosts, guard } from '../../src/hosts.ts'
import { json, play } from './stage.ts'

const allowed = [...Object.values(azureDevOpsHosts), 'api.github.com', 'ghe.example:8443']

/** Whom a guarded fetch asked; undefined where it refused. */
async function askedBy(url: string): Promise<string | undefined> {
  let asked: string | undefined
  const fetch = guard((address) => {
    asked = new URL(address).host
    return Promise.resolve(new Response())
  }, allowed)
  await fetch(url, {}).catch((error: unknown) => {
    // An address that is none is no request either; the class of the error is another one inside of Jest.
    if (!(error instanceof Failure || String(error).startsWith('TypeError: Invalid URL'))) throw error
  })
  return asked
}

test.each([
  'https://vssps.dev.azure.com@evil.example/',
  'https://evil.example/vssps.dev.azure.com',
  'https://vssps.dev.azure.com.evil.example/',
  'https://evil.example#vssps.dev.azure.com',
  'https://vssps.dev.azure.com:8443/',
  'https://xvssps.dev.azure.com/',
  'https://vssps.dev.azure.com./',
  'http://vssps.dev.azure.com/',
  'https://ghe.example/',
  'https:\\\\evil.example\\vssps.dev.azure.com',
  'file:///etc/passwd',
  'data:text/plain,vssps.dev.azure.com',
])('%s is never asked', async (url) => {
  expect(await askedBy(url)).toBeUndefined()
})

test.each(['https://VSSPS.dev.azure.com/', 'https://ghe.example:8443/api/v3', 'https://api.github.com:443/'])(
  '%s is one of those named',
  async (url) => {
    expect(await askedBy(url)).toBeDefined()
  },
)

test('whatever the address, whoever is asked is on the list', async () => {
  const part = fc.oneof(
    fc.constantFrom(...allowed, 'evil.example', '@', ':', '/', '\\', '#', '?', '.', '%2f'),
    fc.string(),
  )
  const url = fc.tuple(fc.constantFrom('https://', 'https:', 'http://', '//', ''), fc.array(part, { maxLength: 5 }))
  await fc.assert(
    fc.asyncProperty(url, async ([scheme, parts]) => {
      const asked = await askedBy(scheme + parts.join(''))
      expect(asked === undefined || allowed.includes(asked)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('a redirect to another host is not followed, whatever its status', async () => {
  const statuses = fc.constantFrom(300, 301, 302, 303, 307, 308)
  const location = fc.oneof(fc.webUrl(), fc.constantFrom('//evil.example/', 'https://evil.example', '/elsewhere', '..'))
  await fc.assert(
    fc.asyncProperty(statuses, location, async (status, where) => {
      const { asked, conclusion } = await play({}, () => json({}, status, { location: where }))
      expect(conclusion.outcome).toBe('failed')
      for (const { url } of asked) expect(allowed).toContain(url.host)
    }),
    { numRuns: 40 },
  )
})

test('no other file of the source names a host that requests could go to', () => {
  const root = fileURLToPath(new URL('../../src', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const naming = files.filter((file) => {
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
    return /fetch\([^)]*['"`]https?:|url: [`'"]https:\/\/(?!\$\{azureDevOpsHosts)/.test(code)
  })
  expect(naming).toEqual([])
})
