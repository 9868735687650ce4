import { expect, test } from '@jest/globals'
import type nock from 'nock'
import { bot, failureOf, HTML, pat, PATS, vssps } from './service.ts'

function onRevoke(status: number, body: nock.Body = '', headers: nock.ReplyHeaders = {}): void {
  vssps()
    .delete(PATS)
    .query({ authorizationId: pat().authorizationId, 'api-version': '7.1-preview.1' })
    .reply(status, body, headers)
}

const revoke = (): Promise<string> => bot().azureDevOps.revokePat(pat())

test.each<[string, number, nock.Body]>([
  ['204', 204, ''],
  ['200 without a body', 200, ''],
  ['200 with an empty object', 200, {}],
  ['200 with a result without error', 200, { patToken: null, patTokenError: 'none' }],
])('%s: revoked', async (_name, status, body) => {
  onRevoke(status, body)
  expect(await revoke()).toBe('revoked')
})

test.each<[string, number, nock.Body]>([
  ['404', 404, ''],
  ['404 with JSON', 404, { message: 'nope' }],
  ['an exception of that name', 500, { typeKey: 'SessionTokenNotFoundException', message: 'No token' }],
  ['an exception in words', 400, { message: 'VS403: SessionTokenNotFound' }],
  ['tokenNotFound', 200, { patToken: null, patTokenError: 'TokenNotFound' }],
  ['authorizationNotFound', 200, { patToken: null, patTokenError: 'authorizationNotFound' }],
])('%s: already gone', async (_name, status, body) => {
  onRevoke(status, body)
  expect(await revoke()).toBe('already-gone')
})

test('a PAT of somebody else is refused', async () => {
  onRevoke(200, { patToken: null, patTokenError: 'accessDenied' })
  expect(await failureOf(revoke())).toMatchObject({ kind: 'refused', said: 'accessDenied' })
})

test('no such organization is no PAT that is gone', async () => {
  onRevoke(404, '<html><title>The resource cannot be found.</title></html>', HTML)
  expect(await failureOf(revoke())).toMatchObject({
    kind: 'refused',
    said: 'The resource cannot be found.',
    hint: expect.stringContaining('Check ado-organization'),
  })
})

test('a failure that passes is tried again', async () => {
  onRevoke(502)
  onRevoke(200, { patToken: null, patTokenError: 'failedToUpdateAccessToken' })
  vssps().delete(PATS).query(true).replyWithError('reset')
  onRevoke(404)
  expect(await revoke()).toBe('already-gone')
})

test('a failure that stays leaves open whether the PAT is revoked', async () => {
  for (let i = 0; i < 4; i += 1) onRevoke(502)
  expect(await failureOf(revoke())).toMatchObject({ kind: 'unavailable', fateUnknown: true })
})

test('a success nobody can read is asked for again', async () => {
  onRevoke(200, 'fine', { 'content-type': 'text/plain' })
  onRevoke(204)
  expect(await revoke()).toBe('revoked')
})
