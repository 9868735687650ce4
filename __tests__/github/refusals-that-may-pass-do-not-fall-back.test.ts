import { describe, it } from '@jest/globals'
import { nockEachTest } from './github.ts'
import { expectRefusal, no, type RefusedWrite } from './refused-write.ts'

nockEachTest()

/** facts/github.md 1.3 and design.md step 6: limits, credentials, redirects, and what another request might mend. */
const cases: readonly RefusedWrite[] = [
  {
    what: 'an expired or revoked token',
    status: 401,
    body: no('Bad credentials'),
    refusal: 'bad-credential',
    hint: /expired .* Make a new one/,
  },
  {
    what: 'the lockout after bad credentials',
    status: 403,
    body: no('Maximum number of login attempts exceeded. Please try again later.'),
    refusal: 'locked-out',
    hint: /turns all tokens of this account away for a while, good ones too.*Wait some minutes and run again/,
  },
  {
    what: '429',
    status: 429,
    headers: { 'retry-after': '172800' },
    body: no('Too many requests'),
    refusal: 'rate-limited',
    hint: /max-wait-minutes/,
  },
  {
    what: 'a secondary limit by its words',
    status: 403,
    headers: { 'retry-after': '172800' },
    body: no('You have exceeded a secondary rate limit.'),
    refusal: 'rate-limited',
    hint: /max-wait-minutes/,
  },
  {
    what: 'a secondary limit by Retry-After alone, even with 404',
    status: 404,
    headers: { 'retry-after': '172800' },
    refusal: 'rate-limited',
    hint: /max-wait-minutes/,
  },
  {
    what: 'the primary limit by its headers alone',
    status: 403,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000000' },
    body: no('Resource not accessible by integration'),
    refusal: 'rate-limited',
    hint: /max-wait-minutes/,
  },
  {
    what: 'a 404 with the last request of the hour',
    status: 404,
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000000' },
    body: no('Not Found'),
    refusal: 'rate-limited',
    hint: /max-wait-minutes/,
  },
  {
    what: 'a renamed organization',
    status: 301,
    headers: { location: 'https://api.github.com/organizations/1/actions/secrets/FEED_TOKEN' },
    refusal: 'moved',
    hint: /organization hmcts has probably been renamed.*github-organization/,
  },
  {
    what: 'a conflict',
    status: 409,
    body: no('Conflict'),
    refusal: 'stale-key',
    hint: /public key changed/,
  },
  {
    what: 'a missing visibility',
    status: 422,
    body: no('Invalid request.\n\n"visibility" wasn\'t supplied.'),
    refusal: 'invalid',
    hint: /newest release/,
  },
  {
    what: 'a key id that is none',
    status: 422,
    body: { message: 'Bad request', errors: 'key_id is invalid for MY_FEED_TOKEN_OLD' },
    refusal: 'invalid',
    hint: /newest release/,
  },
  {
    what: 'a value of the secret',
    status: 422,
    body: { message: 'Validation Failed', errors: [{ resource: 'Secret', field: 'encrypted_value', code: 'invalid' }] },
    refusal: 'invalid',
    hint: /newest release/,
  },
  {
    what: 'a bad request that names the secret',
    status: 400,
    body: no('FEED_TOKEN: problems parsing JSON'),
    refusal: 'invalid',
    hint: /newest release/,
  },
  { what: 'the last of the 4xx', status: 499, body: no('Closed'), refusal: 'invalid', hint: /newest release/ },
  {
    what: 'a conflict that speaks of what other refusals are told by',
    status: 409,
    body: no('The repository was archived; SAML, an IP allow list and login attempts may matter'),
    refusal: 'stale-key',
    hint: /public key changed/,
  },
  { what: 'a bad request', status: 400, body: no('Bad'), refusal: 'invalid', hint: /newest release/ },
  {
    what: 'a broken GitHub that asks for a long wait',
    status: 503,
    headers: { 'retry-after': '172800' },
    refusal: 'server-error',
    hint: /max-wait-minutes/,
  },
  {
    what: 'a success that is none',
    status: 200,
    body: '<html>Sign in to the proxy</html>',
    refusal: 'unreadable',
    asked: 4,
    hint: /status 200 is not 201 or 204/,
  },
]

describe('an organization write does not fall back after', () => {
  it.each(cases)('$status: $what', (refused) => expectRefusal(refused, false))
})
