import { describe, expect, test } from '@jest/globals'
import { inputsOf, reading, refusalOf, usable } from './reading.ts'

const app = {
  'azure-tenant-id': 'hmcts.onmicrosoft.com',
  'azure-client-id': '11111111-2222-3333-4444-555555555555',
} as const
const url = 'https://hmcts.vault.azure.net'
const vault = { 'key-vault-url': url } as const

test('blank is no vault', () => {
  expect(inputsOf(app).vault).toBeUndefined()
})

test.each([
  url,
  `${url}/`,
  'https://HMCTS.vault.azure.net',
  'https://h-1.vault.azure.cn',
  'https://hmcts.vault.usgovcloudapi.net',
  'https://hmcts.vault.microsoftazure.de',
])('%s is a vault', (address) => {
  const { vault: given } = inputsOf({ 'key-vault-url': address, 'key-vault-pat': 'pat', ...app })
  expect(given?.url).toBe(address.toLowerCase().replace(/\/$/, ''))
})

test.each([
  'http://hmcts.vault.azure.net',
  'https://hmcts.vault.azure.net/secrets/pat',
  'https://hmcts.vault.azure.net:8443',
  'https://hmcts.vault.azure.net?a=b',
  'https://user@hmcts.vault.azure.net',
  'https://vault.azure.net',
  'https://a.b.vault.azure.net',
  'https://hmcts.managedhsm.azure.net',
  'https://hmcts.vault.azure.net.example.org',
  'https://example.org',
  'https://localhost',
])('%s is none, and gets nothing', (address) => {
  expect(refusalOf({ 'key-vault-url': address })).toContain('key-vault-url: expected the address of a vault')
})

test('what is kept in it needs its address', () => {
  const failure = refusalOf({ 'key-vault-pat': 'pat', 'key-vault-refresh-token': 'refresh', ...app })
  expect(failure).toContain(
    'key-vault-url: expected the address of the vault, since key-vault-refresh-token and key-vault-pat is given',
  )
})

test('the two have names of their own, whatever their letter case', () => {
  expect(refusalOf({ ...vault, ...app, 'key-vault-pat': 'Bot', 'key-vault-refresh-token': 'bot' })).toContain(
    'key-vault-pat: expected another name than key-vault-refresh-token',
  )
})

test('AZURE_AUTHORITY_HOST names the cloud of the vault too', () => {
  const env = { GITHUB_REPOSITORY: 'hmcts/.github', AZURE_AUTHORITY_HOST: 'login.chinacloudapi.cn' }
  const { inputs } = reading({ ...usable, ...vault, ...app }, env)
  expect(inputs?.vault).toMatchObject({
    authority: 'https://login.chinacloudapi.cn',
    app: { authority: 'https://login.chinacloudapi.cn' },
  })
})

describe('the refresh token in the vault', () => {
  const inVault = { ...vault, 'key-vault-refresh-token': 'bot' }

  test.each([{}, { 'bot-credential': 'refresh-token' }])('is a way to sign in (%j)', (more) => {
    expect(inputsOf({ ...inVault, ...app, ...more }).bot).toMatchObject({
      kind: 'refresh-token-in-vault',
      secretName: 'bot',
      app: { tenantId: 'hmcts.onmicrosoft.com' },
    })
  })

  test('needs the app registration', () => {
    expect(refusalOf(inVault)).toContain('2 inputs cannot be used. azure-tenant-id: is required and was blank')
  })

  test.each([{}, { 'bot-credential': 'refresh-token' }])('has no second home beside it (%j)', (more) => {
    expect(refusalOf({ ...inVault, ...app, ...more, 'bot-refresh-token': 'r' })).toContain(
      'key-vault-refresh-token: bot-refresh-token is given too',
    )
  })

  test('and an access token are too many, unless bot-credential decides', () => {
    const both = { ...inVault, ...app, 'bot-access-token': 'a' }
    expect(refusalOf(both)).toContain(
      'bot-credential: both bot-access-token and key-vault-refresh-token are given: expected access-token or refresh-token',
    )
    expect(inputsOf({ ...both, 'bot-credential': 'access-token' }).bot.kind).toBe('access-token')
    expect(inputsOf({ ...both, 'bot-credential': 'device-code', 'bot-refresh-token': 'r' }).bot.kind).toBe(
      'device-code',
    )
  })

  test('needs no GitHub token where only the audit log is read', () => {
    const given = { 'ado-organization': 'hmcts', operation: 'audit', ...inVault, ...app }
    expect(reading(given).failure).toBeUndefined()
  })
})
