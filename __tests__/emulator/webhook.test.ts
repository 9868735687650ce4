import { expect, test } from '@jest/globals'
import { callsIn, createWebhook } from './webhook.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

async function post(
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': JSON_TYPE },
  method = 'POST',
) {
  const webhook = createWebhook()
  const { status, body: said } = await webhook.handle({ method, url: new URL(webhook.url), headers, body })
  return [status, said, webhook.messages] as const
}

test('a message is taken as Slack takes it, and nothing else is', async () => {
  expect(await post('{"text":"hello"}')).toEqual([200, 'ok', ['hello']])
  expect(await post('{"text":""}')).toEqual([400, 'no_text', []])
  expect(await post('text=hello')).toEqual([400, 'invalid_payload', []])
  expect(await post('{"text":"hello"}', {})).toEqual([400, 'invalid_payload', []])
  expect(await post('', {}, 'GET')).toEqual([405, 'invalid_method', []])
  expect(await post(JSON.stringify({ text: 'x'.repeat(40_001) }))).toEqual([400, 'msg_too_long', []])
  expect(await post('{"text":"x"}', { 'content-type': JSON_TYPE, authorization: 'Bearer x' })).toEqual([
    400,
    expect.any(String),
    [],
  ])
})

test('links and calls are seen in a message', () => {
  expect(callsIn('a < b, and bot@\u200bexample.org')).toEqual([])
  expect(callsIn('<!channel> <https://x|y> @here http://z [a](b) www.q')).toHaveLength(6)
  expect(callsIn('see https://known', 'https://known')).toEqual([])
})
