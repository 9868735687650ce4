import { createAzureDevOps, type AzureDevOps, type AzureDevOpsOptions } from './azure-devops.ts'
import { createEmulator, type Emulator } from '../emulator.ts'
import { createEntra, type Entra } from '../entra/entra.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** `{}` where the body is no JSON object. */
  readonly json: Json
}

export interface AzureDevOpsWorld {
  readonly entra: Entra
  readonly ado: AzureDevOps
  readonly emulator: Emulator
  pass(milliseconds: number): void
  /** To the PAT API as the bot, unless `init` says otherwise. */
  pats(method: string, query?: Readonly<Record<string, string>>, body?: unknown, init?: PatsInit): Promise<Answer>
  get(url: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<Answer>
}

export interface PatsInit {
  readonly bearer?: string
  readonly authorization?: string
  readonly suppress?: boolean
  readonly version?: string
}

export const basic = (value: string): string => `Basic ${Buffer.from(`any:${value}`).toString('base64')}`

/** An organization with its bot, for the emulator's own tests. */
export function createAzureDevOpsWorld(options: Partial<AzureDevOpsOptions> = {}): AzureDevOpsWorld {
  let time = Date.UTC(2026, 10, 21, 8, 0, 0, 417)
  const clock = { now: () => time }
  const entra = createEntra({ clock })
  const ado = createAzureDevOps({ clock, entra, ...options })
  const emulator = createEmulator({ services: [ado, entra], clock })

  async function get(
    url: string,
    headers: Readonly<Record<string, string>> = {},
    method = 'GET',
    body?: string,
  ): Promise<Answer> {
    const response = await emulator.fetch(url, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Json) : {}
    return { status: response.status, headers: response.headers, text, json }
  }
  return {
    entra,
    ado,
    emulator,
    pass: (milliseconds) => void (time += milliseconds),
    get,
    pats(method, query = {}, body, init = {}) {
      const authorization = init.authorization ?? `Bearer ${init.bearer ?? entra.issueUserToken()}`
      const headers = {
        ...(authorization === '' ? {} : { authorization }),
        ...(init.suppress === false ? {} : { 'x-tfs-fedauthredirect': 'Suppress' }),
        'content-type': 'application/json',
      }
      const search = new URLSearchParams({ 'api-version': init.version ?? '7.1-preview.1', ...query })
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      return get(`https://vssps.dev.azure.com/hmcts/_apis/tokens/pats?${search.toString()}`, headers, method, text)
    },
  }
}
