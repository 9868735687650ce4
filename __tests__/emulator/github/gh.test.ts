import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import type { GitHub } from './github.ts'
import { emulate } from './harness.ts'

/** GitHub's own command line seals with another library (golang.org/x/crypto), so it checks both sides of the box. */
const isInstalled = (() => {
  try {
    execFileSync('gh', ['--version'])
    return true
  } catch {
    return false
  }
})()

if (!isInstalled) console.warn('gh is not installed: the emulator is not checked against an independent client.')

/** gh speaks plain HTTP to `github.localhost`; as its proxy we are sent whole URLs. */
async function serve(github: GitHub) {
  const server = createServer((request, response) => {
    void (async () => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      const url = new URL(request.url ?? '', 'http://api.github.localhost')
      const answer = await github.handle({ method: request.method ?? 'GET', url, headers, body })
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { proxy: `http://127.0.0.1:${port}`, stop: () => server.close() }
}

const testWithGh = isInstalled ? test : test.skip

testWithGh(
  'gh sets and lists secrets of the organization, a repository and an environment',
  async () => {
    const { github } = await emulate()
    github.addRepository('hmcts/app', { environments: ['production'] })
    const scopes = ['admin:org', 'repo']
    const token = github.token({ kind: 'classic', scopes })
    const { proxy, stop } = await serve(github)
    const home = await mkdtemp(join(tmpdir(), 'gh-'))
    const environment = {
      PATH: process.env.PATH,
      HOME: home,
      GH_CONFIG_DIR: home,
      GH_HOST: 'github.localhost',
      GH_TOKEN: token,
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      NO_COLOR: '1',
    }
    const gh = async (...words: string[]): Promise<string> =>
      (await promisify(execFile)('gh', words, { env: environment, cwd: home })).stdout
    const inApp = ['-R', 'github.localhost/hmcts/app']
    try {
      await gh('secret', 'set', 'FEED', '--org', 'hmcts', '--body', 'ünïcode\n', '--visibility', 'all')
      await gh('secret', 'set', 'FEED', '--org', 'hmcts', '--app', 'dependabot', '--body', 'two')
      await gh('secret', 'set', 'FEED', ...inApp, '--body', 'three')
      await gh('secret', 'set', 'FEED', ...inApp, '--env', 'production', '--body', 'four')
      expect(github.secret('hmcts', 'actions', 'FEED')).toMatchObject({ value: 'ünïcode\n', visibility: 'all' })
      expect(github.secret('hmcts', 'dependabot', 'FEED')).toMatchObject({ value: 'two', visibility: 'private' })
      expect(github.secret('hmcts/app', 'actions', 'FEED')?.value).toBe('three')
      expect(github.visibleTo('hmcts/app', 'actions', 'FEED', 'production')).toBe('four')
      expect(await gh('secret', 'list', '--org', 'hmcts')).toMatch(/^FEED\t.*\n$/)
      expect(await gh('secret', 'list', ...inApp)).toMatch(/^FEED\t.*\n$/)
      await gh('secret', 'delete', 'FEED', ...inApp)
      expect(github.secret('hmcts/app', 'actions', 'FEED')).toBeUndefined()
      github.revokeToken(token)
      await expect(gh('secret', 'list', '--org', 'hmcts')).rejects.toThrow('HTTP 401')
    } finally {
      stop()
      await rm(home, { recursive: true })
    }
  },
  30_000,
)
