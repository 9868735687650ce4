import { expect, test } from '@jest/globals'
import type nock from 'nock'
import { bodyOf, bot, failureOf, pat, PATS, record, vssps } from './service.ts'

const scopes = ['vso.packaging_write', 'vso.code']

function onUpdate(status: number, body: nock.Body): nock.Scope {
  return vssps().put(PATS).query({ 'api-version': '7.1-preview.1' }).reply(status, body)
}

test('what is not changed is sent as it was', async () => {
  const { azureDevOps, sent } = bot()
  onUpdate(200, { patToken: record(), patTokenError: 'none' })
  await azureDevOps.updatePat(pat({ scopes }), {})
  expect(bodyOf(sent[0])).toEqual({
    authorizationId: pat().authorizationId,
    displayName: pat().displayName,
    scope: 'vso.packaging_write vso.code',
    validTo: '2026-12-21T08:00:00.420Z',
    allOrgs: false,
  })
})

test('a new name and a new end are sent, and the PAT comes back as granted', async () => {
  const { azureDevOps, sent } = bot()
  onUpdate(200, { patToken: record({ displayName: 'new', validTo: '2027-01-01T00:00:00Z' }), patTokenError: 'none' })
  const granted = await azureDevOps.updatePat(pat(), {
    displayName: 'new',
    expiresAt: Date.parse('2027-02-01T00:00:00Z'),
  })
  expect(granted).toEqual(pat({ displayName: 'new', expiresAt: Date.parse('2027-01-01T00:00:00Z') }))
  expect(bodyOf(sent[0])).toMatchObject({
    displayName: 'new',
    validTo: '2027-02-01T00:00:00.000Z',
  })
})

test('a lost or unreadable answer is asked for again', async () => {
  const { azureDevOps, wire } = bot()
  onUpdate(503, '')
  onUpdate(200, { patToken: null, patTokenError: 'none' })
  onUpdate(200, { patToken: record(), patTokenError: 'none' })
  expect(await azureDevOps.updatePat(pat(), {})).toEqual(pat())
  expect(wire.clock.slept).toEqual([1000, 2000])
})

test('an error inside a 200 that may pass is asked for again, like a 5xx', async () => {
  const { azureDevOps, wire } = bot()
  onUpdate(200, { patToken: null, patTokenError: 'failedToUpdateAccessToken' })
  onUpdate(200, { patToken: null, patTokenError: 'FailedToReadOrgPolicy' })
  onUpdate(200, { patToken: record(), patTokenError: 'none' })
  expect(await azureDevOps.updatePat(pat(), {})).toEqual(pat())
  expect(wire.clock.slept).toEqual([1000, 2000])
})

test('an expired PAT cannot be extended', async () => {
  const { azureDevOps, sent } = bot()
  onUpdate(200, { patToken: null, patTokenError: 'expiredPatCannotBeExtended', patTokenErrorMessage: 'It is over' })
  const failure = await failureOf(azureDevOps.updatePat(pat({ displayName: 'old' }), {}))
  expect(failure.message).toBe(
    'Could not change the PAT "old". The answer: "expiredPatCannotBeExtended: It is over". An expired PAT cannot be extended. Mint a new one (operation: renew).',
  )
  expect(sent).toHaveLength(1)
})
