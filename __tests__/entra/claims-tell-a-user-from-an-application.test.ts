import { expect, test } from '@jest/globals'
import { claimsOf } from '../../src/entra/claims.ts'
import { jwt } from './tenant.ts'

test('everything that is there is read', () => {
  const claims = {
    idtyp: 'user',
    upn: 'bot@contoso.example',
    tid: 't',
    aud: '499b84ac-1321-427f-aa17-267ca6975798',
    exp: 1795320041,
  }
  expect(claimsOf(jwt(claims))).toEqual({
    application: false,
    userName: 'bot@contoso.example',
    tenantId: 't',
    audience: '499b84ac-1321-427f-aa17-267ca6975798',
    expiresAt: 1_795_320_041_000,
  })
})

test('nothing that is missing is made up', () => {
  expect(claimsOf(jwt({ exp: 'soon', aud: ['a'] }))).toEqual({
    application: false,
    userName: undefined,
    tenantId: undefined,
    audience: undefined,
    expiresAt: undefined,
  })
})

test.each([
  ['idtyp app', { idtyp: 'app', upn: 'bot@x' }, true],
  ['idtyp user', { idtyp: 'user', oid: '1', sub: '1' }, false],
  ['its own subject', { oid: '1', sub: '1' }, true],
  ['its own subject, with scopes', { oid: '1', sub: '1', scp: 'user_impersonation' }, false],
  ['its own subject, with a name', { oid: '1', sub: '1', unique_name: 'bot@x' }, false],
  ['another subject', { oid: '1', sub: '2' }, false],
  ['no subject', {}, false],
])('%s: application %#', (_name, claims, application) => {
  expect(claimsOf(jwt(claims))?.application).toBe(application)
})

test.each([
  [{ upn: 'a', unique_name: 'b', preferred_username: 'c' }, 'a'],
  [{ unique_name: 'b', preferred_username: 'c' }, 'b'],
  [{ preferred_username: 'c' }, 'c'],
])('the name in %j', (claims, name) => {
  expect(claimsOf(jwt(claims))?.userName).toBe(name)
})

test.each([
  '',
  'opaque',
  'a.b.c',
  `a.${Buffer.from('[]').toString('base64url')}.c`,
  `a.${Buffer.from('{').toString('base64url')}.c`,
])('%j has no claims', (token) => {
  expect(claimsOf(token)).toBeUndefined()
})
