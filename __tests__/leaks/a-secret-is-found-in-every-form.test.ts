import { expect, test } from '@jest/globals'
import { Secrets } from '../../src/secrets.ts'
import { fc } from '../properties.ts'
import { everyForm } from './echo.ts'
import { leaksOf } from './forms.ts'

const secret = 'kT7+q/Zr"x\\9=pLw3~vN8s&Yb2%hJ6mD4'
const base64 = (text: string): string => Buffer.from(text).toString('base64')

test.each([
  secret,
  secret.slice(5, 30),
  base64(secret),
  base64(`:${secret}`),
  base64(`u:${secret}:more`),
  base64(`someone@example.org:${secret}`),
  base64(secret).replace(/=+$/, ''),
  Buffer.from(`x${secret}`).toString('base64url'),
  encodeURIComponent(secret),
  new URLSearchParams({ secret }).toString(),
  JSON.stringify({ secret }),
])('the tests find it in %s', (text) => {
  expect(leaksOf({ it: secret }, { 'the log': `before ${text} after` })).not.toEqual([])
})

test('the tests do not find it where it is not', () => {
  expect(leaksOf({ it: secret }, { 'the log': `*** ${base64('something else')} ${secret.slice(0, 12)}` })).toEqual([])
})

test('the action takes every form of any secret out of any text', () => {
  const anySecret = fc.string({
    unit: fc.constantFrom(...Array.from('abcXYZ0189-_.~+/="\'\\&%!* é😀')),
    minLength: 20,
    maxLength: 90,
  })
  fc.assert(
    fc.property(anySecret, fc.string(), fc.string(), (value, before, after) => {
      fc.pre(value.trim() === value)
      const secrets = new Secrets(() => undefined)
      secrets.add(value)
      const text = [everyForm(value), base64(`${before}${value}${after}`), `${before}${value}${after}`].join(' ')
      expect(leaksOf({ it: value }, { 'the log': secrets.redact(text) })).toEqual([])
    }),
  )
})
