import { expect } from '@jest/globals'
import type nock from 'nock'
import type { FailureKind } from '../../src/errors.ts'
import { bot, failureOf, onMint, wanted } from './service.ts'

/** An answer to a request to mint, and the failure it stands for. */
export interface RefusedCase {
  readonly name: string
  readonly status: number
  readonly body?: nock.Body
  readonly headers?: nock.ReplyHeaders
  readonly kind: FailureKind
  readonly said?: string
  readonly hint: string
  readonly fateUnknown?: boolean
}

export async function expectFailure(refused: RefusedCase): Promise<void> {
  const { status, body = '', headers = {}, kind, said, hint, fateUnknown = false } = refused
  onMint(status, body, headers)
  const failure = await failureOf(bot().azureDevOps.mintPat(wanted))
  expect(failure).toMatchObject({ kind, status, fateUnknown, hint: expect.stringContaining(hint) })
  if (said !== undefined) expect(failure.said ?? '').toBe(said)
}
