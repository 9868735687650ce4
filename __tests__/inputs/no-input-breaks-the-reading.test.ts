import { expect, test } from '@jest/globals'
import { action } from '../action.ts'
import { fc, tries } from '../properties.ts'
import { ENVIRONMENT, usable, reading } from './reading.ts'

const names = Object.keys(action.inputs)
const secretInputs = ['github-token', 'current-pat', 'bot-access-token', 'bot-refresh-token', 'workflow-token'] as const

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    'true',
    '0',
    '365',
    'all',
    'renew',
    'none',
    '__proto__',
    '%00',
    '\u2028',
    'a,b',
    'hmcts/x',
    '..',
    '٣',
  ),
)
const given = fc.dictionary(fc.constantFrom(...names), text)

test('any strings are taken, or refused as inputs: nothing else is ever thrown', () => {
  const env = fc.dictionary(fc.constantFrom('GITHUB_REPOSITORY', 'GITHUB_API_URL', 'AZURE_AUTHORITY_HOST'), text)
  fc.assert(
    fc.property(given, env, (inputs, environment) => {
      const { inputs: taken, failure } = reading(inputs, environment)
      expect(taken === undefined).toBe(failure !== undefined)
    }),
    tries(1500),
  )
})

test('a failure is one line without control characters', () => {
  fc.assert(
    fc.property(given, (inputs) => {
      // eslint-disable-next-line no-control-regex
      expect(reading(inputs).failure ?? '').not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
    }),
    tries(1500),
  )
})

test('whatever a secret input holds is masked, and never in the failure', () => {
  const secret = fc.string({ minLength: 8, maxLength: 60 }).filter((value) => value.trim().length >= 8)
  fc.assert(
    fc.property(fc.constantFrom(...secretInputs), secret, given, (name, value, inputs) => {
      const { masked, failure } = reading({ ...inputs, [name]: `${value}\n\n\n${value}x\n${value}y` })
      expect(masked).toContain(value.trim())
      expect(failure).not.toContain(value.trim())
    }),
    tries(500),
  )
})

test.each(names.filter((name) => !(name in usable)))('blank means not given: %s', (name) => {
  const [without, blank] = [reading(usable), reading({ ...usable, [name]: ' \t\r\n ' })]
  expect(blank.failure).toBeUndefined()
  expect(blank.inputs).toEqual(without.inputs)
})

const PAT = `${'a'.repeat(76)}AZDO${'b'.repeat(4)}`

test.each(names.filter((name) => !(secretInputs as readonly string[]).includes(name)))(
  'a token pasted into %s is never shown whole',
  (name) => {
    for (const token of [PAT, `ghp_${'c'.repeat(36)}`, 'd'.repeat(52)]) {
      expect(reading({ ...usable, [name]: `${token}!` }, ENVIRONMENT).failure ?? '').not.toContain(token)
      expect(reading({ ...usable, [name]: `x,${token}!` }, ENVIRONMENT).failure ?? '').not.toContain(token)
    }
  },
)
