import { isRecord, parsed } from './github/answers.ts'
import { unknownPath } from './unknown-path.ts'
import type { Service, WireAnswer, WireRequest } from './wire.ts'

/** A chat with incoming webhooks, as strict as Slack. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export interface Webhook extends Service {
  /** The address, which is the key. */
  readonly url: string
  /** The text of every message that was taken. */
  readonly messages: readonly string[]
  /** The channel or the webhook is gone; `undefined` mends it. */
  gone: 'no_service' | 'channel_is_archived' | undefined
}

const HOST = 'hooks.slack.example'
const PATH = '/services/T0WEBHOOK/B0MARKER/x9Kq2Lm7Pz4Rt8Wv1Ys5'

const MOST_CHARACTERS = 40_000

export function createWebhook(): Webhook {
  const messages: string[] = []
  const webhook: Webhook = {
    name: 'webhook',
    hosts: [HOST],
    url: `https://${HOST}${PATH}`,
    messages,
    gone: undefined,
    handle,
    describe: ({ body }) => parsed(body) ?? body,
  }
  return webhook

  function handle({ method, url, headers, body }: WireRequest): WireAnswer {
    if (url.pathname !== PATH) return unknownPath('no_team')
    if (headers.authorization !== undefined) return plain(400, 'A credential came along that is none of our business.')
    if (method !== 'POST') return plain(405, 'invalid_method')
    if (webhook.gone !== undefined) return plain(webhook.gone === 'no_service' ? 404 : 410, webhook.gone)
    const message = headers['content-type']?.startsWith('application/json') === true ? parsed(body) : undefined
    if (!isRecord(message)) return plain(400, 'invalid_payload')
    if (typeof message.text !== 'string' || message.text === '') return plain(400, 'no_text')
    if (message.text.length > MOST_CHARACTERS) return plain(400, 'msg_too_long')
    messages.push(message.text)
    return plain(200, 'ok')
  }
}

function plain(status: number, body: string): WireAnswer {
  return { status, headers: { 'content-type': 'text/html' }, body }
}

/** What a reader of Slack would see as a link or a call to people: `<…>`, and addresses. Others than these. */
export function callsIn(text: string, ...known: readonly string[]): readonly string[] {
  const rest = known.reduce((words, one) => words.replaceAll(one, ''), text)
  return rest.match(/<[^>]*>|@\w+|\w+:\/\/\S+|\bwww\.\S+|\]\([^)]*\)/gi) ?? []
}
