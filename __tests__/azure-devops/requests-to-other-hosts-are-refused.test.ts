import { expect, test } from '@jest/globals'
import { azureDevOpsHosts, guard } from '../../src/hosts.ts'
import { failureOf } from './service.ts'

const asked: string[] = []
const fetch = guard(
  (url) => {
    asked.push(url)
    return Promise.resolve(new Response('hello'))
  },
  [azureDevOpsHosts.pats, 'GHE.example:8443'],
)

test.each(['https://vssps.dev.azure.com/hmcts', 'https://VSSPS.dev.azure.com:443/', 'https://ghe.example:8443/api'])(
  '%s is asked',
  async (url) => {
    expect(await (await fetch(url, {})).text()).toBe('hello')
    expect(asked.pop()).toBe(url)
  },
)

test.each([
  ['https://vssps.dev.azure.com.evil.example/', 'only talks to vssps.dev.azure.com, ghe.example:8443'],
  ['https://vssps.dev.azure.com:444/', 'only talks to'],
  ['https://ghe.example/', 'only talks to'],
  ['http://vssps.dev.azure.com/', 'Only https'],
])('%s is not', async (url, hint) => {
  expect(await failureOf(fetch(url, {}))).toMatchObject({ kind: 'input', hint: expect.stringContaining(hint) })
  expect(asked).toEqual([])
})
