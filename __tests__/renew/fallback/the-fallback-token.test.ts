import { expect, test } from '@jest/globals'
import type { TokenOptions } from '../../emulator/github/github.ts'
import { createScene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { newest, writes } from '../github/writes.ts'

const tokens: readonly (readonly [string, TokenOptions, RegExp])[] = [
  [
    'an App that was never given organization secrets',
    { kind: 'app', permissions: { secrets: 'write' } },
    /organization_secrets=write/,
  ],
  [
    'an App that may only read organization secrets',
    { kind: 'app', permissions: { secrets: 'write', organization_secrets: 'read' } },
    /organization_secrets=write/,
  ],
  [
    'a fine-grained PAT without the organization permission',
    { kind: 'fine-grained', permissions: { secrets: 'write' } },
    /fine-grained .* lacks organization_secrets=write/,
  ],
  ['a classic PAT without admin:org', { kind: 'classic', scopes: ['repo'] }, /lacks the scope admin:org/],
  [
    'a classic PAT of a mere member',
    { kind: 'classic', scopes: ['repo', 'admin:org'], role: 'member' },
    /may not manage the secrets of organization hmcts/,
  ],
]

test.each(tokens)('%s can still write the repositories', async (_, options, reason) => {
  const scene = await createScene()
  const old = seedLive(scene)
  const { conclusion, warnings } = await scene.run({
    'github-token': scene.github.token(options),
    repositories: 'app-a',
  })
  expect(conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'repositories' })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(reason)
  expect(warnings[0]).not.toMatch(/secrets=read/)
  expect(scene.held()).toBe(old)
  expect(scene.held('hmcts/app-a')).toBe(newest(scene))
})

for (const ssoHides of [false, true]) {
  test(`a PAT not authorised for SSO${ssoHides ? ', which GitHub hides,' : ''} can write nothing: the run fails and says so`, async () => {
    const scene = await createScene()
    const old = seedLive(scene)
    scene.github.modes.ssoHides = ssoHides
    const token = scene.github.token({ kind: 'classic', scopes: ['repo', 'admin:org'], sso: 'required' })
    const told = await scene.run({ 'github-token': token, repositories: 'app-a, app-b' })
    expect(told.conclusion).toMatchObject({
      outcome: 'failed',
      deliveredTo: 'nowhere',
      repositoriesFailed: ['hmcts/app-a', 'hmcts/app-b'],
    })
    expect(told.conclusion.failure).toMatch(ssoHides ? /may not see it/ : /SAML single sign-on/)
    expect(told.log.join('\n')).not.toMatch(/authorization_request/)
    expect(writes(told)).toEqual([])
    expect(newest(scene).revoked).toBe(true)
    expect(scene.ado.accepts(old.token)).toBe(true)
  })
}
