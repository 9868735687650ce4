import { afterAll, afterEach, beforeEach, expect } from '@jest/globals'
import sodium from 'libsodium-wrappers'
import nock from 'nock'
import type { GitHub, Pace, PublicKey } from '../../src/github/connect.ts'
import { connectGitHub } from '../../src/github/connect.ts'
import { GitHubFailure } from '../../src/github/refusals.ts'
import type { Home, OrganizationHome, Place, RepositoryHome, Store } from '../../src/place.ts'
import { Credential } from '../../src/github/standing.ts'
import { Secrets } from '../../src/secrets.ts'
import type { Fetch } from '../../src/wire.ts'
import { type TestWire, testWire } from '../wire.ts'

export const API = 'https://api.github.com'
export const TOKEN = 'ghs_madeUpInstallationToken'

export const organization: OrganizationHome = { kind: 'organization', organization: 'hmcts' }
export const repository: RepositoryHome = { kind: 'repository', repository: 'hmcts/rpx' }
export const environment: Home = { kind: 'environment', repository: 'hmcts/.github', environment: 'renewal/bot' }

export function placeIn<H extends Home>(home: H, store: Store = 'actions', name = 'FEED_TOKEN'): Place<H> {
  return { home, store, name, form: 'plain' }
}

export const ORGANIZATION_SECRETS = '/orgs/hmcts/actions/secrets'
export const REPOSITORY_SECRETS = '/repos/hmcts/rpx/actions/secrets'

/** Remembers what was asked of it and holds nothing back. */
export interface FreePace extends Pace {
  readonly points: number[]
  slowedDown: number
}

export function freePace(): FreePace {
  const pace: FreePace = {
    points: [],
    slowedDown: 0,
    run: (points, work) => {
      pace.points.push(points)
      return work()
    },
    slowDown: () => {
      pace.slowedDown += 1
    },
    pointsAMinute: () => 900,
  }
  return pace
}

export interface Connected {
  readonly github: GitHub
  readonly wire: TestWire
  readonly pace: FreePace
  readonly masked: string[]
  readonly secrets: Secrets
}

/** A connection in virtual time; nock sees its requests, unless `fetch` answers them. */
export async function connected(
  overrides: Parameters<typeof testWire>[0] & { readonly apiUrl?: string; readonly token?: string } = {},
): Promise<Connected> {
  const { apiUrl = API, token = TOKEN, ...wireOverrides } = overrides
  const wire = testWire(wireOverrides)
  const pace = freePace()
  const masked: string[] = []
  const secrets = new Secrets((value) => masked.push(value))
  const standing = { pace, credential: new Credential() }
  return { github: await connectGitHub(wire, { apiUrl, token, secrets }, standing), wire, pace, masked, secrets }
}

// Importing nock puts it around `fetch`, and one test file's must be gone before the next one's comes: they would feed
// each other without end.
afterAll(() => {
  nock.restore()
})

/** Every request must be expected, and every expected request must come. */
export function nockEachTest(): void {
  beforeEach(() => {
    nock.disableNetConnect()
  })
  afterEach(() => {
    const pending = nock.pendingMocks()
    nock.cleanAll()
    nock.enableNetConnect()
    expect(pending).toEqual([])
  })
}

/** The GitHubFailure a promise ends with. */
export async function failureOf(work: Promise<unknown>): Promise<GitHubFailure> {
  const end = await work.then(
    (value) => value,
    (error: unknown) => error,
  )
  if (end instanceof GitHubFailure) return end
  throw new Error('Expected a GitHubFailure', { cause: end })
}

/** A fetch that gives one answer after the other and remembers what it was asked. */
export function answering(...answers: readonly (() => Response | Promise<Response>)[]): Fetch & { asked: string[] } {
  const left = [...answers]
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    fetch.asked.push(`${init.method ?? 'GET'} ${new URL(url).pathname}`)
    const next = left.shift()
    if (next === undefined) throw new Error(`Unexpected request to ${url}`)
    return next()
  }
  fetch.asked = [] as string[]
  return fetch
}

/** A body that stops in the middle. */
export function truncated(status: number, text: string): Response {
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.error(new TypeError('terminated'))
    },
  })
  return new Response(body, { status, headers: { 'content-type': 'application/json' } })
}

export interface Opener {
  readonly key: PublicKey
  /** As GitHub sends it. */
  readonly sent: { readonly key_id: string; readonly key: string }
  /** What a sealed box holds. @throws for a box of another key */
  readonly open: (encryptedValue: string) => string
}

export async function newOpener(keyId = '568250167242549743'): Promise<Opener> {
  await sodium.ready
  const { publicKey, privateKey } = sodium.crypto_box_keypair()
  const key = Buffer.from(publicKey).toString('base64')
  return {
    key: { keyId, key },
    sent: { key_id: keyId, key },
    open: (encryptedValue) => {
      expect(encryptedValue).toMatch(STANDARD_BASE64)
      return sodium.to_string(sodium.crypto_box_seal_open(Buffer.from(encryptedValue, 'base64'), publicKey, privateKey))
    },
  }
}

/** The pattern of `encrypted_value` in GitHub's own description. */
const STANDARD_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/
