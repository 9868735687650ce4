import { flattened } from '../src/report/line.ts'
import type { Log } from '../src/log.ts'
import type { Secrets } from '../src/secrets.ts'

/** A run's story for a person at a terminal: nothing there masks secrets, so each line is redacted. */
export function terminalLog(secrets: Secrets, print: (line: string) => void): Log {
  const say =
    (kind = '') =>
    (line: string): void => {
      print(`${kind}${flattened(secrets.redact(line))}`)
    }
  return {
    info: say(),
    debug: () => undefined,
    notice: say(),
    warning: say('Warning: '),
    error: say('Error: '),
    group: (title, work) => {
      say()(`${title} …`)
      return work()
    },
  }
}
