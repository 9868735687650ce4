import { expect, test } from '@jest/globals'
import { alive, endsWell } from '../../requests.ts'
import { createScene } from '../../scene.ts'
import { seedLive } from '../../world.ts'
import { asksAzureDevOps, HOME, ROLLED, storedTokens, withRefreshToken } from './sign-in.ts'

const PLACE = `api.github.com/repos/${HOME}/actions/secrets/${ROLLED}`

test.each([{}, { 'dry-run': 'true' }, { 'current-pat': 'given' }])(
  'trap 13: the rolled refresh token is stored before the first request to Azure DevOps (%j)',
  async (more) => {
    const scene = await createScene()
    const live = seedLive(scene)
    const { inputs, token } = withRefreshToken(scene)
    const currentPat = 'current-pat' in more ? { 'current-pat': live.token } : {}
    const { conclusion, requests } = await scene.run({ ...inputs, ...more, ...currentPat })
    expect(conclusion.failure).toBeUndefined()
    const stored = requests.findIndex((request) => request.startsWith(`PUT ${PLACE}`))
    expect(stored).toBeGreaterThan(0)
    expect(stored).toBeLessThan(requests.findIndex((request) => request.includes('.dev.azure.com')))
    expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
  },
)

test.each(
  (['check', 'extend', 'revoke', 'audit'] as const).flatMap((operation) =>
    (['false', 'true'] as const).map((dryRun) => ({ operation, 'dry-run': dryRun })),
  ),
)('and so in every operation (%j)', async (more) => {
  const scene = await createScene()
  const live = seedLive(scene)
  const { inputs, token } = withRefreshToken(scene)
  const { conclusion, requests } = await scene.run({ ...inputs, ...more, 'current-pat': live.token })
  expect(conclusion.failure).toBeUndefined()
  const stored = requests.findIndex((request) => request.startsWith(`PUT ${PLACE}`))
  expect(stored).toBeGreaterThan(0)
  expect(stored).toBeLessThan(requests.findIndex((request) => request.includes('dev.azure.com')))
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
  expect(scene.held()).toBe(live)
})

test('also when nothing is due', async () => {
  const scene = await createScene()
  seedLive(scene, { ageDays: 2, daysLeft: 28 })
  const { inputs, token } = withRefreshToken(scene)
  const { conclusion, log } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('not-due')
  expect(log).toContain("The bot's refresh token was redeemed.")
  expect(log).toContain(`The rolled refresh token is stored: secret ${ROLLED} in repository ${HOME}.`)
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
})

test('two lines go in, and two lines are kept: the newest, and the one that was redeemed', async () => {
  const scene = await createScene()
  const { inputs, token, previous } = withRefreshToken(scene, { lines: 2 })
  await scene.run(inputs)
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
  expect(storedTokens(scene)).not.toContain(previous)
})

test('what one run stored the next run signs in with', async () => {
  const scene = await createScene()
  scene.entra.keepsOld = false
  const { inputs } = withRefreshToken(scene)
  for (let run = 0; run < 3; run += 1) {
    const { conclusion } = await scene.run({ ...inputs, 'bot-refresh-token': storedTokens(scene).join('\n') })
    expect(conclusion.failure).toBeUndefined()
    scene.daysPass(1)
  }
})

test.each([70000, 700082, 50173])('the one before is tried where the newest is refused (AADSTS%i)', async (code) => {
  const scene = await createScene()
  const { inputs, token, previous } = withRefreshToken(scene, { lines: 2 })
  scene.entra.refuse(token, code)
  const { conclusion, log } = await scene.run(inputs)
  expect(conclusion.outcome).toBe('renewed')
  expect(log).toContain('Entra refuses the newest refresh token; the one before it is tried.')
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, previous])
})

test('where both are refused the reason is that of the newest, and Azure DevOps is asked nothing', async () => {
  const scene = await createScene()
  seedLive(scene)
  const { inputs, token, previous } = withRefreshToken(scene, { lines: 2 })
  scene.entra.refuse(token, 700082)
  scene.entra.refuse(previous, 70000)
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'failed', failure: expect.stringContaining('AADSTS700082') })
  expect(asksAzureDevOps(requests)).toBe(false)
  expect(storedTokens(scene)).toEqual([token, previous])
})

test('where the one before meets an outage, that is the reason', async () => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene, { lines: 2 })
  scene.entra.refuse(token, 70000)
  scene.fault({ kind: 'status', at: 'login.microsoftonline.com', status: 503, after: 1, times: Infinity })
  expect((await scene.run(inputs)).conclusion.failure).toMatch(/Status: 503/)
})

test('a refusal that is not about the token does not spend the one before', async () => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene, { lines: 2 })
  scene.entra.refuse(token, 700016)
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toContain('check azure-client-id')
  expect(requests.filter((request) => request.startsWith('POST login.'))).toHaveLength(1)
})

test('without a home nothing is redeemed, and the ways out are named', async () => {
  const scene = await createScene()
  const { inputs } = withRefreshToken(scene)
  scene.github.deleteSecret(HOME, 'actions', ROLLED)
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion.failure).toMatch(
    /no secret ADO_BOT_REFRESH_TOKEN in repository hmcts\/\.github.*operation: sign-in/,
  )
  expect(requests.filter((request) => request.startsWith('POST'))).toEqual([])
  expect(asksAzureDevOps(requests)).toBe(false)
})

test('where the github-token does not reach the home, that is said, and no input is blamed', async () => {
  const scene = await createScene()
  const { inputs } = withRefreshToken(scene)
  const permissions = { organization_secrets: 'write', secrets: 'write' } as const
  const elsewhere = scene.github.token({ kind: 'app', permissions, repositories: ['app-a'] })
  const { conclusion, requests } = await scene.run({ ...inputs, 'github-token': elsewhere })
  expect(conclusion.failure).toMatch(/no repository hmcts\/\.github, .*The step runs there .*must cover it too/)
  expect(conclusion.failure).not.toContain('Check repositories')
  expect(asksAzureDevOps(requests)).toBe(false)
})

test.each([ROLLED, 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64'])(
  'a refused name is told with its input (%s)',
  async (name) => {
    const scene = await createScene()
    const { inputs } = withRefreshToken(scene)
    const words = { message: `Validation failed: ${name} is not allowed` }
    scene.fault({
      kind: 'status',
      method: 'PUT',
      at: `/${name}`,
      status: 422,
      body: JSON.stringify(words),
      times: Infinity,
    })
    const { conclusion } = await scene.run({
      ...inputs,
      'secret-name-base64': 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64',
      fallback: 'none',
    })
    const input = name === ROLLED ? 'bot-refresh-token-secret' : 'secret-name-base64'
    expect(conclusion.failure).toContain(`Check ${input} (${name}: `)
  },
)

test('its home may be an environment', async () => {
  const scene = await createScene()
  scene.github.repository(HOME).environments.add('bot')
  const { inputs, token } = withRefreshToken(scene, { home: `${HOME}/bot` })
  const permissions = { organization_secrets: 'write', secrets: 'write', environments: 'write' } as const
  const { conclusion } = await scene.run({
    ...inputs,
    'bot-refresh-token-environment': 'bot',
    'github-token': scene.github.token({ kind: 'app', permissions }),
  })
  expect(conclusion.outcome).toBe('renewed')
  expect(storedTokens(scene, `${HOME}/bot`)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
  expect(scene.github.secret(HOME, 'actions', ROLLED)).toBeUndefined()
})

test('its home may have another name', async () => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene)
  scene.github.deleteSecret(HOME, 'actions', ROLLED)
  scene.github.seedSecret(HOME, 'actions', 'BOT', { value: token })
  expect((await scene.run({ ...inputs, 'bot-refresh-token-secret': 'BOT' })).conclusion.outcome).toBe('renewed')
  expect(scene.github.secret(HOME, 'actions', 'BOT')?.value).toMatch(`\n${token}`)
})

test.each([
  ['refused', { kind: 'status', status: 403 }],
  ['failing', { kind: 'status', status: 500, times: Infinity }],
  ['out of reach', { kind: 'reset-before', times: Infinity }],
] as const)('where storing it is %s, Azure DevOps is asked nothing, and the old one still works', async (_, fault) => {
  const scene = await createScene()
  const old = seedLive(scene)
  const { inputs, token } = withRefreshToken(scene)
  scene.fault({ ...fault, method: 'PUT', at: ROLLED })
  const { conclusion, requests } = await scene.run(inputs)
  expect(conclusion).toMatchObject({ outcome: 'failed', deliveredTo: 'nowhere' })
  expect(conclusion.failure).toContain(ROLLED)
  expect(asksAzureDevOps(requests)).toBe(false)
  expect(storedTokens(scene)).toEqual([token])
  expect(alive(scene)).toEqual([old])
  scene.emulator.faults.clear()
  await endsWell(scene, inputs)
})

test('a lost answer to storing it is written again', async () => {
  const scene = await createScene()
  const { inputs, token } = withRefreshToken(scene)
  scene.fault({ kind: 'reset-after', method: 'PUT', at: ROLLED })
  expect((await scene.run(inputs)).conclusion.outcome).toBe('renewed')
  expect(storedTokens(scene)).toEqual([scene.entra.refreshTokens.at(-1)?.value, token])
})
