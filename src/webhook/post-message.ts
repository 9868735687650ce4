import { SECOND } from '../clock.ts'
import { Failure, plainWords } from '../errors.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { isSuccess, send, type Wire } from '../wire.ts'

export interface Webhook {
  readonly url: string
  readonly secrets: Secrets
}

const TIME_OUT = 10 * SECOND
/** A message is tried again within this time: it may then stand twice in the channel, which is better than not at all. */
const TRYING = 15 * SECOND

/**
 * Posts a message to a Slack-compatible incoming webhook.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 * @throws Failure, which never quotes the address: whoever has it can post
 */
export async function postMessage(wire: Wire, { url, secrets }: Webhook, text: string): Promise<void> {
  maskAddress(url, secrets)
  const { clock } = wire
  await withRetries(wire, () => post(wire, url, text, secrets), { notAfter: clock.now() + TRYING })
}

/** A shorter path or query holds no key, and may stand in any sentence. */
const SHORTEST_KEY = 16

/** The path and the query are what makes the address a secret, and may be quoted without the host. */
function maskAddress(url: string, secrets: Secrets): void {
  const { pathname, search } = new URL(url)
  for (const part of [url, pathname, search]) if (part.length >= SHORTEST_KEY) secrets.add(part)
}

const DOING = 'tell the webhook'

async function post(wire: Wire, url: string, text: string, secrets: Secrets): Promise<void> {
  const answer = await send(wire, {
    doing: DOING,
    service: 'The webhook',
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ text }),
    timeout: TIME_OUT,
  })
  const { status } = answer
  if (isSuccess(status)) return
  throw new Failure({
    kind: status >= 500 ? 'unavailable' : 'refused',
    doing: DOING,
    status,
    said: plainWords(secrets.redact(answer.text)),
    hint: hintFor(status),
  })
}

/** https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks */
function hintFor(status: number): string {
  if (status >= 500) return 'The service behind the webhook is in trouble.'
  if (status === 429) return 'It was told too often; the next run tells it again.'
  if (status >= 300 && status < 400)
    return 'It answered with a redirect, which is never followed: the message stays where notify-webhook-url says. Give the present address.'
  if (status === 403 || status === 404 || status === 410)
    return 'The webhook, or its channel, is gone or takes no messages any more: make a new one, and put its address into the secret that notify-webhook-url comes from.'
  return 'It does not take the message. Check that notify-webhook-url is an incoming webhook that takes {"text": "…"}, as those of Slack and Mattermost do.'
}
