import { expect, test } from '@jest/globals'
import { SECOND } from '../../src/clock.ts'
import { VirtualClock } from '../wire.ts'
import {
  ACCESS_TOKEN,
  bodyOf,
  bot,
  failureOf,
  onMint,
  pat,
  PATS,
  record,
  VALUE,
  VERSION,
  vssps,
  wanted,
} from './service.ts'

const common = {
  'user-agent': 'ado-artifacts-token-renewal',
  accept: 'application/json',
  'x-tfs-fedauthredirect': 'Suppress',
  authorization: `Bearer ${ACCESS_TOKEN}`,
}

test('a list asks for JSON, suppresses the sign-in page, names the preview version and follows no redirect', async () => {
  const { azureDevOps, sent } = bot()
  vssps().get(PATS).query(true).times(3).reply(200, { patTokens: [], continuationToken: '' })
  await azureDevOps.listPats()
  expect(sent.map(({ url }) => url)).toEqual(
    ['active', 'expired', 'revoked'].map(
      (filter) =>
        `https://vssps.dev.azure.com/hmcts/_apis/tokens/pats?displayFilterOption=${filter}&%24top=100&api-version=${VERSION}`,
    ),
  )
  expect(sent[0]?.init).toEqual({ method: 'GET', headers: common, redirect: 'manual', signal: expect.any(AbortSignal) })
})

test('minting posts name, scopes, end and this organization alone', async () => {
  const { azureDevOps, sent } = bot()
  onMint(200, { patToken: record({ token: VALUE }), patTokenError: 'none' })
  await azureDevOps.mintPat({ ...wanted, scopes: ['vso.packaging_write', 'vso.drop_write'] })
  expect(sent).toHaveLength(1)
  expect(sent[0]?.url).toBe(`https://vssps.dev.azure.com${PATS}?api-version=${VERSION}`)
  expect(sent[0]?.init).toMatchObject({ method: 'POST', headers: { ...common, 'content-type': 'application/json' } })
  expect(bodyOf(sent[0])).toEqual({
    displayName: wanted.displayName,
    scope: 'vso.packaging_write vso.drop_write',
    validTo: '2026-12-21T08:00:00.417Z',
    allOrgs: false,
  })
})

test('revoking names the PAT in the query and has no body', async () => {
  const { azureDevOps, sent } = bot()
  vssps().delete(PATS).query(true).reply(204)
  await azureDevOps.revokePat(pat())
  expect(sent[0]?.url).toBe(
    `https://vssps.dev.azure.com${PATS}?authorizationId=${pat().authorizationId}&api-version=${VERSION}`,
  )
  expect(sent[0]?.init).toEqual({
    method: 'DELETE',
    headers: common,
    redirect: 'manual',
    signal: expect.any(AbortSignal),
  })
})

test('the organization is encoded as one part of the path', async () => {
  const { azureDevOps, sent } = bot({ organization: 'a/b c?d' })
  vssps().delete('/a%2Fb%20c%3Fd/_apis/tokens/pats').query(true).reply(204)
  await azureDevOps.revokePat(pat())
  expect(sent[0]?.url).toMatch(/^https:\/\/vssps\.dev\.azure\.com\/a%2Fb%20c%3Fd\/_apis\//)
})

test('the access token is masked at once', () => {
  expect(bot().masked).toContain(ACCESS_TOKEN)
})

test.each(['two words', 'line\nbreak', 'snow\u2603man', ''])(
  'an access token that no header can carry (%j) is refused without being quoted',
  (accessToken) => {
    expect(() => bot({ accessToken })).toThrow(
      expect.objectContaining({ kind: 'input', message: expect.stringMatching(/bot-access-token/) }),
    )
    if (accessToken !== '') expect(() => bot({ accessToken })).not.toThrow(accessToken)
  },
)

test('a request waits longer than the 30 s for which Azure DevOps holds requests back, and not for ever', async () => {
  const clock = new VirtualClock()
  const { azureDevOps } = bot({
    clock,
    fetch: (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new Error('aborted'))
        })
        clock.pass(44 * SECOND)
        if (signal?.aborted === true) throw new Error('too early')
        clock.pass(SECOND)
      }),
  })
  const failure = await failureOf(azureDevOps.mintPat(wanted))
  expect(failure).toMatchObject({ kind: 'unreachable', said: 'no answer within 45 s', fateUnknown: true })
})
