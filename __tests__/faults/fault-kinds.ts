import type { Fault } from '../emulator/wire.ts'

/** What goes wrong with one request: the service or the network fails, or the process is stopped. */
export type FaultOfMatrix =
  | {
      readonly name: string
      readonly kind: 'wire'
      readonly fault: Fault
      /** Strikes every later request of the same name too. */
      readonly forGood?: true
      /** Only at hosts that contain this. */
      readonly at?: string
      /** How much faster than real the time of the case runs. */
      readonly factor: number
    }
  | {
      readonly name: string
      readonly kind: 'stop'
      /** SIGKILL, or what a runner does that cancels: SIGINT, SIGTERM 7.5 s later, SIGKILL 10 s after the first. */
      readonly by: 'sigkill' | 'cancel'
      /** Whether the service still does what was asked. */
      readonly done: boolean
      /** Whether the process gets the answer. */
      readonly answered: boolean
      /** Nothing is answered from then on, so that what tidies up is given up in time too. */
      readonly hangsOn?: true
      readonly factor: number
    }

/** Fast enough for waits of a minute, slow enough for a busy machine to answer before a time-out. */
const USUAL = 15
/** A request that hangs is given up after 30 or 45 s. */
const HANGING = 30
/** A cancelled run has 10 s to end. */
const STOPPED = 4

const limited = { 'retry-after': '7' }

function wire(name: string, fault: Fault, more: { forGood?: true; at?: string; factor?: number } = {}): FaultOfMatrix {
  return { name, kind: 'wire', fault, factor: USUAL, ...more }
}

/** Requests that change something: what is cut short there has to be put in order. */
const WRITING = ['POST', 'PUT', 'DELETE']

/** Whether the matrix has the fault strike a request to that host. */
export function isFor(fault: FaultOfMatrix, method: string, host: string): boolean {
  if (fault.kind === 'wire') return host.includes(fault.at ?? '')
  return fault.hangsOn !== true || WRITING.includes(method)
}

export const faultKinds: readonly FaultOfMatrix[] = [
  wire('500-once', { kind: 'status', status: 500 }),
  wire('500-for-good', { kind: 'status', status: 500 }, { forGood: true }),
  wire('429', {
    kind: 'status',
    status: 429,
    headers: limited,
    body: { message: 'TF400733: The request has been canceled: too many requests.' },
  }),
  wire(
    'secondary-limit',
    {
      kind: 'status',
      status: 403,
      headers: limited,
      body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
    },
    { at: 'api.github.com' },
  ),
  // GitHub does not find for a moment what is there.
  wire('not-found-once', { kind: 'status', status: 404, body: { message: 'Not Found' } }, { at: 'api.github.com' }),
  wire('reset-before', { kind: 'reset-before' }),
  wire('reset-after', { kind: 'reset-after' }),
  wire('hang', { kind: 'hang' }, { factor: HANGING }),
  wire('truncated', { kind: 'truncated' }),
  wire('malformed', { kind: 'malformed' }),
  wire('sign-in-page', { kind: 'sign-in-page' }),
  wire('sign-in-redirect', { kind: 'sign-in-redirect' }),
  { name: 'sigkill-before', kind: 'stop', by: 'sigkill', done: false, answered: false, factor: STOPPED },
  { name: 'sigkill-after', kind: 'stop', by: 'sigkill', done: true, answered: false, factor: STOPPED },
  { name: 'cancel', kind: 'stop', by: 'cancel', done: true, answered: true, factor: STOPPED },
  { name: 'cancel-answer-lost', kind: 'stop', by: 'cancel', done: true, answered: false, factor: STOPPED },
  {
    ...{ name: 'cancel-all-hangs', kind: 'stop', by: 'cancel', done: true, answered: false },
    ...{ hangsOn: true, factor: STOPPED },
  },
]
