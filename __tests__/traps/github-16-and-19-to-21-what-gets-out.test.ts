import { expect, test } from '@jest/globals'
import { action } from '../action.ts'
import type { WireRequest } from '../emulator/wire.ts'
import { newest, ORGANIZATION_SECRET } from '../renew/github/writes.ts'
import { writeSummary } from '../../src/report/write-summary.ts'
import { createScene } from '../scene.ts'
import { seedLive } from '../world.ts'

test('trap 16: the action runs on node24, the only one that runners of today take', () => {
  expect(action.runs.using).toBe('node24')
})

test('trap 19: the PAT and every base64 form of it are masked', async () => {
  const scene = await createScene()
  const { masked } = await scene.run()
  const { token } = newest(scene)
  for (const text of [token, `:${token}`]) {
    const bytes = Buffer.from(text)
    expect(masked).toContain(bytes.toString('base64'))
    expect(masked).toContain(bytes.toString('base64').replace(/=+$/, ''))
    expect(masked).toContain(bytes.toString('base64url'))
  }
  expect(masked).toContain(token)
})

test('trap 19: the outputs hold the PAT only when expose-token asks for it', async () => {
  const scene = await createScene()
  const silent = await scene.run()
  expect(JSON.stringify(silent.conclusion)).not.toContain(newest(scene).token)
  const exposed = await scene.run({ force: 'true', 'expose-token': 'true' })
  const { token, ...others } = exposed.conclusion
  expect(token).toBe(newest(scene).token)
  expect(JSON.stringify(others)).not.toContain(newest(scene).token)
})

test('trap 19: a service that echoes the PAT in its refusal does not bring it into the log or the failure', async () => {
  const scene = await createScene()
  seedLive(scene)
  const act = () => {
    const { token } = newest(scene)
    const message = `invalid value ${token} (${Buffer.from(token).toString('base64')})`
    scene.github.refuse({ home: 'hmcts', method: 'PUT', status: 422, message })
  }
  scene.fault({ kind: 'act', method: 'PUT', at: ORGANIZATION_SECRET, act })
  const { conclusion } = await scene.run()
  expect(conclusion.outcome).toBe('failed')
  expect(conclusion.failure).toContain('invalid value ***')
  expect(JSON.stringify(conclusion)).not.toContain(newest(scene).token)
})

test('trap 20: neither the sealed body nor the SSO address is ever printed', async () => {
  const scene = await createScene()
  seedLive(scene)
  const sent: string[] = []
  const act = ({ body }: WireRequest) => void sent.push(body)
  scene.fault({ kind: 'act', method: 'PUT', at: 'api.github.com', times: Infinity, act })
  const url = 'https://github.com/orgs/hmcts/sso?authorization_request=AZSECRET'
  const message = `Grant your token access at ${url}`
  scene.github.refuse({
    at: 'api.github.com',
    method: 'PUT',
    status: 403,
    message,
    headers: { 'x-github-sso': `required; url=${url}` },
  })
  const { conclusion, log } = await scene.run()
  const shown = [JSON.stringify(conclusion), ...log].join('\n')
  expect(sent).not.toEqual([])
  for (const body of sent) {
    const { encrypted_value: sealed } = JSON.parse(body) as Record<string, string>
    expect(shown).not.toContain(sealed)
  }
  expect(shown).not.toMatch(/AZSECRET|authorization_request|encrypted_value/)
  expect(conclusion.failure).toContain('github.com')
})

test('trap 21: a runner without a summary file does not turn a renewal into a failure', async () => {
  await expect(writeSummary({}, 'The PAT is renewed')).resolves.toBeUndefined()
  await expect(writeSummary({ GITHUB_STEP_SUMMARY: '' }, 'The PAT is renewed')).resolves.toBeUndefined()
})
