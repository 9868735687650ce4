import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type BundleWorld, runBundle, startBundleWorld } from '../bundle.ts'
import { SECRET, seedLive, seedSecret } from '../world.ts'

const TWIN = `${SECRET}_BASE64`
const REGISTRY = '//pkgs.dev.azure.com/hmcts/Artifacts/_packaging/hmcts-lib/npm/registry/'
/** As a consuming repository has it; the variable comes from `secrets`. */
const NPMRC = `
registry=https:${REGISTRY}
${REGISTRY}:username=hmcts
${REGISTRY}:_password=\${${TWIN}}
${REGISTRY}:email=nobody@example.org
`

let world: BundleWorld
beforeEach(async () => {
  world = await startBundleWorld()
})
afterEach(() => world.close())

/** What a job queued now in app-a is given. */
function secretOfJob(): string {
  return world.github.visibleTo('hmcts/app-a', 'actions', TWIN) ?? ''
}

/** A job that restores its packages: nothing cached, and nothing at hand but the secret. What npm said, or what it installed. */
async function restore(password: string): Promise<string> {
  const project = await mkdtemp(join(world.folder, 'app-a-'))
  const home = join(project, 'home')
  await mkdir(home)
  await writeFile(join(project, '.npmrc'), NPMRC)
  await writeFile(join(project, 'package.json'), JSON.stringify({ dependencies: { '@hmcts/sample': '1.0.0' } }))
  const beside = join(dirname(process.execPath), 'npm')
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    [TWIN]: password,
    HTTPS_PROXY: world.proxy.proxyUrl,
    NODE_EXTRA_CA_CERTS: world.proxy.caFile,
    npm_config_cache: join(project, 'cache'),
    npm_config_globalconfig: join(home, 'npmrc'),
    npm_config_update_notifier: 'false',
  }
  const args = ['install', '--no-audit', '--no-fund']
  const said = await new Promise<string>((resolve) => {
    execFile(existsSync(beside) ? beside : 'npm', args, { cwd: project, env }, (error, stdout, stderr) => {
      resolve(error === null ? '' : stdout + stderr)
    })
  })
  return said === '' ? readFile(join(project, 'node_modules/@hmcts/sample/index.js'), 'utf8') : said
}

const RESTORED = 'module.exports = "@hmcts/sample@1.0.0"\n'

test('before the renewal, in the grace time with either value, and with the new one after it', async () => {
  const old = seedLive(world)
  seedSecret(world, 'hmcts', old, { name: TWIN, base64: true })
  const before = secretOfJob()
  expect(await restore(before)).toBe(RESTORED)

  const inputs = { 'secret-name-base64': TWIN }
  expect((await runBundle(world, inputs)).outputs.outcome).toBe('renewed')
  const after = secretOfJob()
  expect(after).not.toBe(before)
  expect(await Promise.all([restore(before), restore(after)])).toEqual([RESTORED, RESTORED])

  const tidied = await runBundle(world, { ...inputs, 'revoke-superseded-after-hours': '0' })
  expect(tidied.outputs).toMatchObject({ outcome: 'not-due', superseded: '[]' })
  expect(old.revoked).toBe(true)
  const [refused, restored] = await Promise.all([restore(before), restore(secretOfJob())])
  expect(refused).toContain('E401')
  expect(restored).toBe(RESTORED)
  expect(new Set(world.proxy.tunnels)).toContain('pkgs.dev.azure.com:443')
})
