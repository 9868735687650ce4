import { expect, test } from '@jest/globals'
import { applyMasks } from '../bundle.ts'
import { createWorld } from '../world.ts'
import { leaksOf } from '../leaks/forms.ts'
import { secretsOf } from '../leaks/secrets-of.ts'
import { masksAdded, withoutMaskCommands } from './shown.ts'

test('a mask hides what comes after it, and nothing before', () => {
  expect(applyMasks('the cat\n::add-mask::cat\nthe cat, concatenated\n')).toBe('the cat\nthe ***, con***enated')
})

test('a mask is decoded, and each of its lines is one', () => {
  const stdout = '::add-mask::one%0D%0A100%25%0Athree%250A\none, 100% and three%0A\nthree\n'
  expect(masksAdded(stdout)).toEqual(new Set(['one\r\n100%\nthree%0A', 'one', '100%', 'three%0A']))
  expect(applyMasks(stdout)).toBe('***, *** and ***\nthree')
})

test('the longest mask wins, and an empty one hides nothing', () => {
  expect(applyMasks('::add-mask::abc\n::add-mask::\n::add-mask::abcdef\nabcdef abcx\n')).toBe('*** ***x')
})

test('groups, annotations and what is only for debugging are shown as people see them', () => {
  const stdout = [
    '::group::Look',
    'inside',
    '::debug::nobody sees this',
    '::warning title=a%3A b::two%0Alines',
    '::endgroup::',
    '::notice::n',
    '::error::e :: f',
    'a ::warning:: in the middle is text',
  ].join('\n')
  expect(applyMasks(stdout)).toBe(
    '▾ Look\n  inside\n  Warning: two\n  lines\nNotice: n\nError: e :: f\na ::warning:: in the middle is text',
  )
})

test('masks hide what annotations say', () => {
  expect(applyMasks('::add-mask::secret\n::error::the secret\n')).toBe('Error: the ***')
})

test('only the mask commands themselves may hold a secret', () => {
  expect(withoutMaskCommands('::add-mask::s\nx\n::group::y\n')).toBe('x\n::group::y')
})

test('every secret that a world gave out is looked for, and every line that a step was given', async () => {
  const world = await createWorld({ clock: { now: Date.now } })
  const { token } = world.ado.seedPat()
  const found = (text: string, inputs = {}) => leaksOf(secretsOf(world, inputs), { 'the log': `before ${text} after` })
  expect(found('nothing')).toEqual([])
  expect(found(token)).toEqual(['PAT 1, raw, in the log'])
  expect(found(Buffer.from(`:${token}`).toString('base64'))).toEqual(['PAT 1, base64 1, in the log'])
  expect(found(world.entra.issueRefreshToken())).toEqual(['refresh token 1, raw, in the log'])
  expect(found(world.entra.issueUserToken())).toContain('access token 1, raw, in the log')
  expect(found(world.oidc.issue('somebody'))).toContain('client assertion 1, raw, in the log')
  expect(found(world.githubToken)).toEqual(['GitHub token, raw, in the log'])
  expect(found('older', { 'bot-refresh-token': 'newest\nolder' })).toEqual([
    'bot-refresh-token, line 2, raw, in the log',
  ])
  const webhook = { 'notify-webhook-url': world.webhook.url }
  expect(found(new URL(world.webhook.url).host, webhook)).toEqual([])
  expect(found(new URL(world.webhook.url).pathname, webhook)).toEqual(['notify-webhook-url, line 1, raw, in the log'])
})
