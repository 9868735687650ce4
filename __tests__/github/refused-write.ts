import { expect } from '@jest/globals'
import nock from 'nock'
import type { Refusal } from '../../src/github/refusals.ts'
import { API, connected, failureOf, organization, placeIn } from './github.ts'

export interface RefusedWrite {
  readonly what: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly refusal: Refusal
  /** Requests in all; one where it does not say. */
  readonly asked?: number
  /** The permission that is named as missing. */
  readonly missing?: string
  readonly hint: RegExp
}

export const no = (message: string): object => ({ message, documentation_url: 'https://docs.github.com/rest' })

/** Lets GitHub refuse a write to the organization so, and looks at what is made of it. */
export async function expectRefusal(refused: RefusedWrite, fallsBack: boolean): Promise<void> {
  const { status, headers, body = '', refusal, asked = 1, missing, hint } = refused
  nock(API)
    .put('/orgs/hmcts/actions/secrets/FEED_TOKEN')
    .times(asked)
    .reply(status, body, { 'x-github-request-id': 'ABCD:1234', ...headers })
  const { github } = await connected()
  const sealed = { keyId: '1', encryptedValue: 'c2VhbGVk' }
  const access = { visibility: 'all', selectedRepositoryIds: [], holdsUntil: Infinity } as const
  const failure = await failureOf(github.write(placeIn(organization), sealed, access))
  const doing = 'write FEED_TOKEN of organization hmcts'
  expect(failure).toMatchObject({ doing, refusal, fallsBack, status, missingPermission: missing })
  expect(failure.hint).toMatch(hint)
  expect(failure.message).not.toMatch(/authorization_request|SECRET42|c2VhbGVk|ghs_|<|\n/)
}
