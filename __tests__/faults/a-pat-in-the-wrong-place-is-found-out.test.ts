import { describe, expect, test } from '@jest/globals'
import { COPY } from '../vault/vault.ts'
import { SECRET, seedSecret } from '../world.ts'
import { neverHappens } from './always.ts'
import {
  type Bend,
  bendBody,
  bendHeaders,
  eachIsFoundOut,
  historyOf,
  newest,
  ORGANIZATION,
  played,
  REFUSED_MINT,
  reseed,
  send,
  WRITE,
  basic,
} from './bending.ts'
import { exchangeOf } from './honest.ts'
import { scenes, TWIN } from './scenes.ts'

describe('no place holds a PAT that is revoked or was never proved', () => {
  const bends: readonly Bend[] = [
    [
      'something else',
      'organization',
      (g) => historyOf(g).push({ value: 'x', at: g.world.clock.now(), by: 'bot' }),
      `1: ${ORGANIZATION} held what is no PAT`,
    ],
    [
      'the PAT as it is, in the twin',
      'every-place',
      (g) => Object.assign(historyOf(g, 'hmcts', TWIN).at(-1) ?? {}, { value: newest(g).token }),
      `1: ${TWIN} (actions) of hmcts held what is no PAT`,
    ],
    [
      'its base64 form, in another store',
      'every-place',
      (g) =>
        Object.assign(historyOf(g, 'hmcts', SECRET, 'dependabot').at(-1) ?? {}, {
          value: Buffer.from(newest(g).token).toString('base64'),
        }),
      `1: ${SECRET} (dependabot) of hmcts held what is no PAT`,
    ],
    [
      'revoked too early',
      'organization',
      (g) => (g.seeded[0] ? (g.seeded[0].revokedAt = (historyOf(g)[1]?.at ?? 0) - 1) : undefined),
      /^1: AZURE_DEVOPS_ARTIFACT_TOKEN \(actions\) of hmcts held ".*" while it was revoked$/,
    ],
    [
      'revoked while the vault holds it',
      'vault',
      (g) =>
        g.seeded[0]
          ? (g.seeded[0].revokedAt = (g.world.vault.secret(COPY)?.versions[1]?.createdAt ?? 0) - 1)
          : undefined,
      /^1: the vault held ".*" while it was revoked$/,
    ],
    [
      'written too early',
      'organization',
      (g) => Object.assign(historyOf(g)[1] ?? {}, { at: newest(g).validFrom }),
      /^1: .* of hmcts held ".*" before it was proved$/,
    ],
    [
      'copied too early',
      'stale-copies',
      (g) => Object.assign(historyOf(g, 'hmcts/app-b')[1] ?? {}, { at: newest(g).validFrom }),
      /^1: .* of hmcts\/app-b held ".*" before it was proved$/,
    ],
    [
      'the made-up PAT was not shown',
      'organization',
      (g) => {
        bendHeaders(exchangeOf(g, 'made-up PAT'), basic(g.world.ado.pats[0]?.token ?? '') as Record<string, string>)
      },
      /^1: .* before it was proved$/,
    ],
    [
      'the made-up PAT was taken',
      'organization',
      (g) => (exchangeOf(g, 'made-up PAT').outcome = { kind: 'answer', answer: { status: 200, body: {} } }),
      /^1: .* before it was proved$/,
    ],
    [
      'the new PAT was not taken',
      'organization',
      (g) => (exchangeOf(g, 'hmcts-lib PAT').outcome = { kind: 'answer', answer: { status: 403, body: {} } }),
      /^1: .* before it was proved$/,
    ],
    [
      'nobody could read that it was',
      'organization',
      (g) => (exchangeOf(g, 'hmcts-lib PAT').outcome = { kind: 'answer', answer: { status: 200, body: '<html>' } }),
      /^1: .* before it was proved$/,
    ],
    ['refused', 'organization', (g) => (newest(g).validTo = 0), `1: the feed refuses what ${ORGANIZATION} holds`],
    [
      'another tag',
      'vault',
      (g) => Object.assign(g.world.vault.current(COPY) ?? {}, { tags: { AdoPatAuthorizationId: 'x' } }),
      /^1: the tag of the vault names another PAT than ".*"$/,
    ],
  ]

  eachIsFoundOut(bends)
})

describe('who can read the organization secret stays', () => {
  const bends: readonly Bend[] = [
    [
      'everybody',
      'organization',
      (g) => {
        reseed(g, SECRET, 'actions', { visibility: 'all' })
      },
      `3: others than before can read ${ORGANIZATION}`,
    ],
    [
      'one less',
      'every-place',
      (g) => {
        reseed(g, TWIN, 'dependabot', { visibility: 'selected', selectedRepositories: ['hmcts/service-1'] })
      },
      `3: others than before can read ${TWIN} (dependabot) of hmcts`,
    ],
    [
      'private ones, instead of all',
      'every-place',
      (g) => {
        reseed(g, TWIN, 'actions', { visibility: 'private' })
      },
      `3: others than before can read ${TWIN} (actions) of hmcts`,
    ],
    [
      'a secret that was not there',
      'organization',
      (g) => {
        seedSecret(g.world, 'hmcts', newest(g), { store: 'codespaces' })
      },
      `3: others than before can read ${SECRET} (codespaces) of hmcts`,
    ],
    [
      'for a moment',
      'organization',
      (g) => {
        bendBody(exchangeOf(g, WRITE), { visibility: 'all', selected_repository_ids: undefined })
      },
      `3: PUT /orgs/hmcts/actions/secrets/${SECRET} would let others than before read the secret`,
    ],
    [
      'one less for a moment',
      'organization',
      (g) => {
        bendBody(exchangeOf(g, WRITE), { selected_repository_ids: [g.world.github.repository('hmcts/service-1').id] })
      },
      /^3: PUT .* would let others/,
    ],
    [
      'nobody for a moment',
      'organization',
      (g) => {
        send(g, exchangeOf(g, WRITE), 'DELETE', `/orgs/hmcts/actions/secrets/${SECRET}`)
      },
      /^3: DELETE .* would let others/,
    ],
    [
      'by another endpoint',
      'organization',
      (g) => {
        send(g, exchangeOf(g, WRITE), 'PUT', `/orgs/hmcts/actions/secrets/${SECRET}/repositories`, '{}')
      },
      /^3: PUT .*\/repositories would let others/,
    ],
    [
      'a copy',
      'organization',
      (g) => {
        seedSecret(g.world, 'hmcts/app-a', newest(g), { store: 'agents' })
      },
      '3: hmcts/app-a got a copy, and nobody named it',
    ],
    [
      'a twin of a copy',
      'organization',
      (g) => {
        seedSecret(g.world, 'hmcts/service-3', newest(g), { name: TWIN, base64: true })
      },
      '3: hmcts/service-3 got a copy, and nobody named it',
    ],
    [
      'a copy for a moment',
      'organization',
      (g) => {
        send(g, exchangeOf(g, WRITE), 'PUT', `/repos/hmcts/app-a/actions/secrets/${SECRET}`, '{}')
      },
      '3: a copy was sent to hmcts/app-a, and nobody named it',
    ],
  ]

  eachIsFoundOut(bends)
})

test.each([...scenes.map(({ name }) => name), REFUSED_MINT])('an honest run gives none: %s', async (name) => {
  expect(neverHappens(await played(name))).toEqual([])
})
