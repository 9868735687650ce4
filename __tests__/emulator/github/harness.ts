import sodium from 'libsodium-wrappers'
import type { WireAnswer } from '../wire.ts'
import { isRecord, type Json } from './answers.ts'
import { createGitHub, type GitHub, type GitHubOptions } from './github.ts'

export const start = Date.parse('2026-11-21T08:00:00.417Z')

export interface Asked extends WireAnswer {
  readonly json: Json
  readonly headers: Readonly<Record<string, string>>
}

/** An emulated GitHub whose clock the test moves, and a hand that asks it things. */
export async function emulate(options: Partial<GitHubOptions> = {}) {
  const clock = { milliseconds: start, now: () => clock.milliseconds, wait: (ms: number) => (clock.milliseconds += ms) }
  const github = await createGitHub({ clock, organization: { login: 'hmcts' }, ...options })
  const app = github.token({
    kind: 'app',
    permissions: { organization_secrets: 'write', organization_dependabot_secrets: 'write', secrets: 'write' },
  })
  return { clock, github, app, ask: asker(github, app) }
}

/** `ask('PUT /orgs/hmcts/…', { body })` as the App, or as whoever `token` is. */
export function asker(github: GitHub, standard: string, origin = 'https://api.github.com') {
  return async (
    title: string,
    { body, token = standard, headers = {} }: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
  ): Promise<Asked> => {
    const [method = '', path = ''] = title.split(' ')
    const answer = await github.handle({
      method,
      url: new URL(origin + path),
      headers: { 'user-agent': 'self-test', authorization: `Bearer ${token}`, ...headers },
      body: typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    })
    return { ...answer, headers: answer.headers ?? {}, json: isRecord(answer.body) ? answer.body : {} }
  }
}

export type Ask = ReturnType<typeof asker>

export const seal = (key: string, value: string): string => {
  const publicKey = sodium.from_base64(key, sodium.base64_variants.ORIGINAL)
  return sodium.to_base64(sodium.crypto_box_seal(value, publicKey), sodium.base64_variants.ORIGINAL)
}

/** Fetches the key of the secrets below `path`, and seals for it. */
export async function sealFor(ask: Ask, path: string, value: string, token?: string) {
  const { json } = await ask(`GET ${path}/public-key`, token === undefined ? {} : { token })
  return { key_id: String(json.key_id), encrypted_value: seal(String(json.key), value) }
}
