import { inputsFrom } from '../action.ts'
import { assemble } from '../../src/assemble.ts'
import { readInputs } from '../../src/inputs.ts'
import { operationNamed } from '../../src/main.ts'
import { notify } from '../../src/operations/notify.ts'
import type { Conclusion } from '../../src/operations/steps/conclude.ts'
import { createRunnerLog } from '../../src/report/runner-log.ts'
import { Secrets } from '../../src/secrets.ts'
import type { Fetch } from '../../src/wire.ts'
import { VirtualClock } from '../wire.ts'

export interface Asked {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string
}

export interface Played {
  readonly conclusion: Conclusion
  readonly asked: readonly Asked[]
  /** Every line that the runner would see. */
  readonly lines: readonly string[]
}

const ACCESS_TOKEN = 'eyJhbGciOiJub25lIn0.e30.signature-of-the-bot'

/** Inputs that the rules take, whatever is played with. */
export const usual = {
  'ado-organization': 'hmcts',
  'ado-project': 'Artifacts',
  'ado-feed': 'hmcts-lib',
  'github-token': 'ghs_0123456789abcdefghijklmnopqrstuvwxyz',
  'bot-access-token': ACCESS_TOKEN,
} as const

/**
 * Runs the action in this process on any inputs and any answers, without limits on its pace and in virtual time.
 * @throws Failure `input` where the inputs are refused; anything else that is thrown is a crash
 */
export async function play(
  given: Readonly<Record<string, string>>,
  answer: (asked: Asked) => Response,
  env: Readonly<Record<string, string>> = {},
): Promise<Played> {
  const inputs = inputsFrom({ ...usual, ...given })
  const secrets = new Secrets(() => undefined)
  const lines: string[] = []
  const add = (line: string): void => void lines.push(line)
  const core = {
    info: add,
    debug: add,
    notice: add,
    warning: add,
    error: add,
    startGroup: add,
    endGroup: () => undefined,
  }
  const asked: Asked[] = []
  const clock = new VirtualClock()
  const read = (name: string): string => inputs[name]?.trim() ?? ''
  const parsed = readInputs({ read, env: { GITHUB_REPOSITORY: 'hmcts/.github', ...env }, secrets })
  const carryOut = await operationNamed(parsed.operation)
  const run = assemble(parsed, {
    fetch: followingLikeNode((one) => {
      asked.push(one)
      return answer(one)
    }),
    clock,
    random: () => 0.5,
    log: createRunnerLog(core, secrets),
    secrets,
    cancel: new AbortController().signal,
    pace: { run: (_, work) => work(), slowDown: () => undefined, pointsAMinute: () => 900 },
  })
  const conclusion = await carryOut(run)
  const runUrl = 'https://github.com/hmcts/.github/actions/runs/7014'
  await notify(run, { ...conclusion, warnings: [], finishedAt: clock.now(), runUrl }, secrets)
  return { conclusion, asked, lines }
}

const MOST_REDIRECTS = 20

/** A `fetch` over these answers, which follows redirects unless it is told not to, as Node's own does. */
export function followingLikeNode(answer: (asked: Asked) => Response): Fetch {
  const fetch = async (address: string, init: RequestInit, redirects: number): Promise<Response> => {
    const body = typeof init.body === 'string' ? init.body : ''
    const url = new URL(address)
    await Promise.resolve()
    const response = answer({ url, method: init.method ?? 'GET', headers: new Headers(init.headers), body })
    const location = response.headers.get('location')
    const leads = [301, 302, 303, 307, 308].includes(response.status) && location !== null
    if (!leads || init.redirect === 'manual') return response
    if (init.redirect === 'error' || redirects === MOST_REDIRECTS) throw new TypeError('fetch failed')
    return fetch(new URL(location, url).href, init, redirects + 1)
  }
  return (url, init) => fetch(url, init, 0)
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  const bodiless = [101, 204, 205, 304].includes(status)
  const type = { 'content-type': 'application/json' }
  return new Response(bodiless ? null : JSON.stringify(body), { status, headers: { ...type, ...headers } })
}

export const NEW_PAT = 'value-of-the-new-pat'

/** Whether the feed is shown the new PAT, and not a made-up one. */
export function showsNewPat({ headers }: Asked): boolean {
  const [, sent = ''] = (headers.get('authorization') ?? '').split(' ')
  return Buffer.from(sent, 'base64').toString().endsWith(`:${NEW_PAT}`)
}
