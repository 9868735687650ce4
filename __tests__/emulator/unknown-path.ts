import type { WireAnswer } from './wire.ts'

/** A service that does not know a path answers with this header; it never leaves the emulator. */
export const UNKNOWN_PATH = 'x-emulator-unknown'

/** The answer of a service to a path that it does not know; the emulator records it. */
export function unknownPath(body: unknown = { message: 'Not Found' }): WireAnswer {
  return { status: 404, headers: { [UNKNOWN_PATH]: '1' }, body }
}
