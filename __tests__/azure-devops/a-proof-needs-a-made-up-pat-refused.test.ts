import { expect, test } from '@jest/globals'
import nock from 'nock'
import { madeUpPat } from '../../src/azure-devops/made-up-pat.ts'
import type { FeedAddress } from '../../src/azure-devops/probe-feed.ts'
import { type Proof, proveOnFeed } from '../../src/azure-devops/prove.ts'
import { Secrets } from '../../src/secrets.ts'
import { testWire } from '../wire.ts'
import { HTML, SIGN_IN_PAGE, VALUE } from './service.ts'

const feed: FeedAddress = { organization: 'hmcts', project: 'Artifacts', feed: 'hmcts-lib' }
const authorized = `Basic ${Buffer.from(`:${VALUE}`).toString('base64')}`

type Reply = readonly [status: number, body?: nock.Body, headers?: nock.ReplyHeaders]

/** The feed answers the PAT and anybody else differently. */
function answers({ real, other }: { real: Reply; other: Reply }): void {
  const scope = nock('https://feeds.dev.azure.com').persist()
  scope
    .get(/./)
    .matchHeader('authorization', authorized)
    .reply(...reply(real))
  scope
    .get(/./)
    .matchHeader('authorization', (value) => value !== authorized)
    .reply(...reply(other))
}

function reply([status, body = {}, headers = {}]: Reply): [number, nock.Body, nock.ReplyHeaders] {
  return [status, body, headers]
}

async function prove(address = feed): Promise<Proof> {
  return proveOnFeed(testWire(), address, VALUE, new Secrets(() => undefined))
}

test('accepted while a made-up one gets 401', async () => {
  answers({ real: [200], other: [401] })
  expect(await prove()).toEqual({ proof: 'accepted' })
})

test('accepted while a made-up one gets the sign-in page', async () => {
  answers({ real: [200], other: [203, SIGN_IN_PAGE, HTML] })
  expect(await prove()).toEqual({ proof: 'accepted' })
})

test('refused', async () => {
  answers({ real: [401, { message: 'expired' }], other: [401] })
  expect(await prove()).toEqual({ proof: 'refused', why: '401: expired' })
})

test.each<[string, Reply]>([
  ['the sign-in page', [203, SIGN_IN_PAGE, HTML]],
  ['403', [403]],
])('%s for the PAT says nothing', async (_name, real) => {
  answers({ real, other: [401] })
  expect(await prove()).toMatchObject({ proof: 'says-nothing', failure: { status: real[0] } })
})

test('a feed that takes anybody proves nothing', async () => {
  answers({ real: [200], other: [200] })
  expect(await prove()).toMatchObject({
    proof: 'says-nothing',
    failure: {
      kind: 'refused',
      doing: 'prove the PAT against feed hmcts-lib',
      hint: expect.stringContaining('Leave ado-feed blank'),
    },
  })
})

test('a list of feeds that anybody may read proves nothing', async () => {
  answers({ real: [200], other: [200] })
  expect(await prove({ ...feed, feed: undefined })).toMatchObject({
    proof: 'says-nothing',
    failure: { hint: expect.stringContaining('Name a private feed in ado-feed') },
  })
})

test('an accepted PAT is not proved while nothing is known of the made-up one', async () => {
  answers({ real: [200], other: [404] })
  expect(await prove()).toMatchObject({ proof: 'says-nothing', failure: { status: 404 } })
})

test('the PAT is masked, wherever it came from', async () => {
  const masked: string[] = []
  answers({ real: [200], other: [401] })
  await proveOnFeed(testWire(), feed, VALUE, new Secrets((value) => masked.push(value)))
  expect(masked).toContain(VALUE)
})

test('a made-up PAT looks like one and is another each time', () => {
  expect(madeUpPat()).toMatch(/^[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}$/)
  expect(madeUpPat()).not.toBe(madeUpPat())
  expect(madeUpPat(() => 0)).toBe(`${'A'.repeat(76)}AZDOAAAA`)
})
