import { answerInstead, createFaults, malformed, type Faults } from './faults.ts'
import { createFetch } from './in-process-fetch.ts'
import { UNKNOWN_PATH } from './unknown-path.ts'
import type { Fault, FaultKind, Service, TranscriptEntry, WireAnswer, WireRequest } from './wire.ts'

/** What becomes of one request. `truncate`: the body stops in the middle. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: WireAnswer; readonly truncate?: boolean }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }

export interface EmulatorClock {
  now(): number
  /** How waits pass; real time where it is missing. */
  sleep?(milliseconds: number): Promise<void>
}

export interface Emulator {
  readonly services: readonly Service[]
  readonly transcript: TranscriptEntry[]
  /** Method and URL of every request that no service knows. A test fails unless it is empty. */
  readonly unknown: string[]
  readonly faults: Faults
  /** Milliseconds that every request takes before it reaches its service. */
  latency: number
  handle(request: WireRequest): Promise<Outcome>
  readonly fetch: typeof globalThis.fetch
  serviceOf(host: string): Service | undefined
  /** Forgets what was recorded and the faults; what the services hold stays. */
  forget(): void
}

/** Stands in for the remote services: routes by host, strikes with faults, and writes the transcript. */
export function createEmulator(options: {
  readonly services: readonly Service[]
  readonly clock: EmulatorClock
}): Emulator {
  const { services, clock } = options
  const byHost = new Map(
    services.flatMap((service) => service.hosts.map((host) => [host.toLowerCase(), service] as const)),
  )
  const faults = createFaults()
  const sleep = clock.sleep?.bind(clock) ?? realSleep

  const emulator: Emulator = {
    services,
    transcript: [],
    unknown: [],
    faults,
    latency: 0,
    handle,
    fetch: createFetch((request) => handle(request)),
    serviceOf: (host) => byHost.get(host.toLowerCase()),
    forget() {
      emulator.transcript.length = 0
      emulator.unknown.length = 0
      faults.clear()
    },
  }
  return emulator

  async function handle(request: WireRequest): Promise<Outcome> {
    const { passing, final } = faults.strike(request)
    const service = emulator.serviceOf(request.url.host)
    const entry: TranscriptEntry = {
      method: request.method,
      host: request.url.host,
      path: `${request.url.pathname}${request.url.search}`,
      body: request.body === '' ? undefined : described(request, service),
      headers: request.headers,
      answered: undefined,
      arrived: clock.now(),
      left: undefined,
    }
    emulator.transcript.push(entry)
    const waits =
      emulator.latency +
      passing.reduce((sum, fault) => sum + (fault.kind === 'slow' ? (fault.milliseconds ?? 0) : 0), 0)
    if (waits > 0) await sleep(waits)
    for (const fault of passing) {
      const acting = fault.act?.(request)
      if (acting instanceof Promise) await acting
    }
    const outcome = await outcomeOf(request, service, final)
    entry.answered = outcome.kind === 'answer' ? outcome.answer.status : final?.kind
    entry.left = clock.now()
    return outcome
  }

  function described(request: WireRequest, service: Service | undefined): unknown {
    try {
      return service?.describe(request)
    } catch (error) {
      emulator.unknown.push(
        `${request.method} ${request.url.href} has a body that cannot be described: ${String(error)}`,
      )
      return undefined
    }
  }

  async function outcomeOf(
    request: WireRequest,
    service: Service | undefined,
    fault: Fault | undefined,
  ): Promise<Outcome> {
    if (fault?.kind === 'reset-before') return { kind: 'reset' }
    if (fault?.kind === 'hang') return { kind: 'hang' }
    const instead = fault && answerInstead(fault, request)
    const answer = dated(instead ?? (await ask(request, service)))
    return after(answer, fault?.kind)
  }

  function after(answer: WireAnswer, kind: FaultKind | undefined): Outcome {
    if (kind === 'reset-after') return { kind: 'reset' }
    if (kind === 'hang-after') return { kind: 'hang' }
    if (kind === 'malformed') return { kind: 'answer', answer: malformed(answer) }
    return kind === 'truncated' ? { kind: 'answer', answer, truncate: true } : { kind: 'answer', answer }
  }

  async function ask(request: WireRequest, service: Service | undefined): Promise<WireAnswer> {
    if (service === undefined) return unknown(request, `No service for ${request.url.host}`)
    try {
      const answer = await service.handle(request)
      const { [UNKNOWN_PATH]: unknownPath, ...headers } = answer.headers ?? {}
      if (unknownPath !== undefined) unknown(request, 'Not Found')
      return { ...answer, headers }
    } catch (error) {
      unknown(request, '')
      return {
        status: 500,
        body: { message: `The emulator itself failed: ${error instanceof Error ? error.stack : String(error)}` },
      }
    }
  }

  function unknown(request: WireRequest, message: string): WireAnswer {
    emulator.unknown.push(`${request.method} ${request.url.href}`)
    return { status: 404, body: { message } }
  }

  function dated(answer: WireAnswer): WireAnswer {
    const headers = answer.headers ?? {}
    return 'date' in headers
      ? answer
      : { ...answer, headers: { date: new Date(clock.now()).toUTCString(), ...headers } }
  }
}

function realSleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
