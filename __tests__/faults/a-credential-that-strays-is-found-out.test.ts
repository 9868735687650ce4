import { describe } from '@jest/globals'
import { REFRESH } from '../vault/vault.ts'
import { type Bend, bendBody, bendHeaders, bendRequest, eachIsFoundOut, historyOf, newest, WRITE } from './bending.ts'
import { exchangeOf } from './honest.ts'
import { REFRESH_TOKEN_HOME, REFRESH_TOKEN_SECRET } from './scenes.ts'

describe('the rolled refresh token is stored first, the one before it second', () => {
  const bends: readonly Bend[] = [
    [
      'stored too late',
      'refresh-token',
      (g) =>
        Object.assign(historyOf(g, REFRESH_TOKEN_HOME, REFRESH_TOKEN_SECRET).at(-1) ?? {}, { at: g.world.clock.now() }),
      '6: Azure DevOps was asked before the newest refresh token was kept',
    ],
    [
      'an older one stored',
      'vault',
      (g) => g.world.entra.issueRefreshToken(),
      '6: Azure DevOps was asked before the newest refresh token was kept',
    ],
    [
      'another second one',
      'refresh-token',
      (g) =>
        Object.assign(historyOf(g, REFRESH_TOKEN_HOME, REFRESH_TOKEN_SECRET).at(-1) ?? {}, {
          value: [2, 0].map((index) => g.world.entra.refreshTokens[index]?.value).join('\n'),
        }),
      /^6: what is stored is not the newest/,
    ],
    [
      'no second one',
      'vault',
      (g) => Object.assign(g.world.vault.current(REFRESH) ?? {}, { value: g.world.entra.refreshTokens[2]?.value }),
      /^6: what is stored is not the newest/,
    ],
    [
      'a third one',
      'vault',
      (g) =>
        Object.assign(g.world.vault.current(REFRESH) ?? {}, { value: `${g.world.vault.current(REFRESH)?.value}\nx` }),
      /^6: what is stored is not the newest/,
    ],
    [
      'spent',
      'vault',
      (g) => {
        for (const one of g.world.entra.refreshTokens) one.spent = true
      },
      '6: no refresh token that is stored signs the bot in',
    ],
  ]

  eachIsFoundOut(bends)
})

describe('a PAT of somebody else stays', () => {
  const bends: readonly Bend[] = [
    [
      'a longer life',
      'organization',
      (g) => Object.assign(g.world.ado.pats[0] ?? {}, { validTo: 1 }),
      '7: a PAT of somebody else was changed',
    ],
  ]

  eachIsFoundOut(bends)
})

describe('a credential reaches the hosts that it is meant for', () => {
  const bends: readonly Bend[] = [
    [
      'in the usual header',
      'organization',
      (g) => {
        bendHeaders(exchangeOf(g, 'GET vssps'), { authorization: `bearer ${g.world.githubToken}` })
      },
      '8: a GitHub token was sent to vssps.dev.azure.com',
    ],
    [
      'in another header',
      'organization',
      (g) => {
        bendHeaders(exchangeOf(g, 'GET vssps'), { 'x-github': g.world.githubToken })
      },
      '8: a GitHub token was sent to vssps.dev.azure.com',
    ],
    [
      'of a step',
      'fallback',
      (g) => {
        bendHeaders(exchangeOf(g, 'GET vssps'), { 'x-github': g.last.given['github-token'] ?? '' })
      },
      '8: a GitHub token was sent to vssps.dev.azure.com',
    ],
    [
      'in the address',
      'organization',
      (g) => {
        bendRequest(exchangeOf(g, 'hmcts-lib PAT'), {
          url: new URL(`https://feeds.dev.azure.com/?a=${g.world.entra.accessTokens.at(-1)?.value}`),
        })
      },
      '8: an access token was sent to feeds.dev.azure.com',
    ],
    [
      'in the body',
      'organization',
      (g) => {
        bendBody(exchangeOf(g, WRITE), { encrypted_value: newest(g).token })
      },
      '8: a PAT was sent to api.github.com',
    ],
    [
      'in base64',
      'organization',
      (g) => {
        bendBody(exchangeOf(g, WRITE), { encrypted_value: Buffer.from(`x:${newest(g).token}`).toString('base64') })
      },
      '8: a PAT was sent to api.github.com',
    ],
    [
      'of the vault',
      'vault',
      (g) => {
        bendHeaders(exchangeOf(g, 'GET vssps'), {
          cookie: g.world.entra.accessTokens.find(({ audience }) => audience.includes('vault'))?.value ?? '',
        })
      },
      "8: the vault's access token was sent to vssps.dev.azure.com",
    ],
    [
      'that signs in',
      'refresh-token',
      (g) => {
        bendRequest(exchangeOf(g, 'POST vssps'), { body: g.world.entra.refreshTokens[0]?.value ?? '' })
      },
      '8: a refresh token was sent to vssps.dev.azure.com',
    ],
    [
      'of the job',
      'refresh-token',
      (g) => {
        bendHeaders(exchangeOf(g, 'POST vssps'), { cookie: g.world.oidc.issued[0] ?? '' })
      },
      '8: an assertion was sent to vssps.dev.azure.com',
    ],
    [
      'that gets assertions',
      'refresh-token',
      (g) => {
        bendHeaders(exchangeOf(g, 'POST login'), { cookie: g.world.oidc.requestToken })
      },
      '8: the OIDC request token was sent to login.microsoftonline.com',
    ],
    [
      'of the chat',
      'organization',
      (g) => {
        bendHeaders(exchangeOf(g, 'GET vssps'), { referer: g.world.webhook.url })
      },
      '8: the key of the webhook was sent to vssps.dev.azure.com',
    ],
  ]

  eachIsFoundOut(bends)
})
