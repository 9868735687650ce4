import type { Log } from '../log.ts'
import type { Secrets } from '../secrets.ts'
import { safeLine } from './line.ts'

/** The few functions of `@actions/core` that the log needs. */
export interface RunnerCommands {
  info(message: string): void
  debug(message: string): void
  notice(message: string): void
  warning(message: string): void
  error(message: string): void
  startGroup(name: string): void
  endGroup(): void
}

export interface RunnerLog extends Log {
  /** To be called once, at the end: annotates what the runner had no room for. */
  closeAnnotations(): void
  /** Every warning and error so far, redacted, one line each. */
  warnings(): readonly string[]
}

/** The runner shows ten annotations of a kind and drops the rest without a word. */
const ROOM = 10
/** `core.setFailed` is an error annotation too, and the one that must be seen. */
const ROOM_FOR_ERRORS = ROOM - 1

/**
 * The log of a run on GitHub's runner. Every text is redacted and stands on one line that cannot be a workflow command;
 * annotations past the room the runner has for them stay in the log and are summed up by `closeAnnotations`. What is read
 * twice in a run (before the decision, and before anything is retired) may be warned of twice: it is said once.
 */
export function createRunnerLog(core: RunnerCommands, secrets: Secrets): RunnerLog {
  const safe = (text: string): string => safeLine(text, secrets)
  const notices = new Annotations(core, 'notice', ROOM)
  const warnings = new Annotations(core, 'warning', ROOM)
  const errors = new Annotations(core, 'error', ROOM_FOR_ERRORS)
  const warned = new Set<string>()
  const group = createGroups(core)
  return {
    info: (line) => {
      core.info(safe(line))
    },
    debug: (line) => {
      core.debug(safe(line))
    },
    notice: (line) => {
      notices.add(safe(line))
    },
    warning: (line) => {
      const words = safe(line)
      if (warned.has(words)) return
      warned.add(words)
      warnings.add(words)
    },
    error: (line) => {
      const words = safe(line)
      warned.add(words)
      errors.add(words)
    },
    group: (title, work) => group(safe(title), work),
    closeAnnotations: () => {
      for (const kind of [notices, warnings, errors]) kind.close()
    },
    warnings: () => [...warned],
  }
}

/** The runner's groups neither nest nor run side by side: while one is open, another is a plain line. */
function createGroups(core: RunnerCommands): Log['group'] {
  let open = false
  return async (title, work) => {
    if (open) {
      core.info(title)
      return await work()
    }
    open = true
    core.startGroup(title)
    try {
      return await work()
    } finally {
      core.endGroup()
      open = false
    }
  }
}

const kinds = {
  notice: { prefix: 'Notice: ', sumUp: 'more notices stand in the log.' },
  warning: { prefix: 'Warning: ', sumUp: 'more warnings stand in the log and the summary.' },
  error: { prefix: 'Error: ', sumUp: 'more errors stand in the log.' },
} as const

/** Annotations of one kind. The last place is kept free until the end, since nobody knows how many will come. */
class Annotations {
  readonly #core: RunnerCommands
  readonly #kind: keyof typeof kinds
  readonly #room: number
  #used = 0
  #held: string[] = []

  constructor(core: RunnerCommands, kind: keyof typeof kinds, room: number) {
    this.#core = core
    this.#kind = kind
    this.#room = room
  }

  add(line: string): void {
    if (this.#used < this.#room - 1) {
      this.#annotate(line)
    } else {
      this.#core.info(kinds[this.#kind].prefix + line)
      this.#held.push(line)
    }
  }

  close(): void {
    const [last, ...others] = this.#held
    if (last === undefined || this.#used >= this.#room) return
    this.#annotate(others.length === 0 ? last : `${this.#held.length} ${kinds[this.#kind].sumUp}`)
    this.#held = []
  }

  #annotate(line: string): void {
    this.#core[this.#kind](line)
    this.#used += 1
  }
}
