const COMMAND = /^\s*::([\w-]+)(?: [^:]*(?:(?!::):[^:]*)*)?::(.*)$/

/** What the runner puts before an annotation in the log. */
const PREFIX: Readonly<Record<string, string>> = { error: 'Error: ', warning: 'Warning: ', notice: 'Notice: ' }

/**
 * The standard output of a step as people see it: commands rendered, and each mask applied to the lines that come after
 * it. The encoded forms that the runner masks of its own accord are left out: nothing here may rest on them.
 * https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs
 */
export function applyMasks(stdout: string): string {
  const masks = new Set<string>()
  const shown: string[] = []
  let indent = ''
  for (const line of linesOf(stdout)) {
    const [, command, data = ''] = COMMAND.exec(line) ?? []
    const text = command === undefined ? line : decoded(data)
    if (command === 'add-mask') for (const mask of masksIn(text)) masks.add(mask)
    else if (command === 'endgroup') indent = ''
    else if (command !== 'debug') {
      if (command === 'group') indent = ''
      const prefix = command === 'group' ? '▾ ' : (PREFIX[command ?? ''] ?? '')
      shown.push(
        ...masked(prefix + text, masks)
          .split('\n')
          .map((one) => (one === '' ? '' : indent + one)),
      )
      if (command === 'group') indent = '  '
    }
  }
  return shown.join('\n')
}

/** The standard output without the one kind of line in which a secret may stand. */
export function withoutMaskCommands(stdout: string): string {
  return linesOf(stdout)
    .filter((line) => COMMAND.exec(line)?.[1] !== 'add-mask')
    .join('\n')
}

/** Every value that the runner was told to mask. */
export function masksAdded(stdout: string): ReadonlySet<string> {
  return new Set(
    linesOf(stdout).flatMap((line) => {
      const [, command, data = ''] = COMMAND.exec(line) ?? []
      return command === 'add-mask' ? masksIn(decoded(data)) : []
    }),
  )
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\r?\n$/, '').split(/\r?\n/)
}

/** The whole value, and each of its lines. */
function masksIn(value: string): readonly string[] {
  return [value, ...value.split(/[\r\n]+/)].map((part) => part.trim()).filter((part) => part !== '')
}

function masked(text: string, masks: ReadonlySet<string>): string {
  return [...masks]
    .sort((one, other) => other.length - one.length)
    .reduce((line, mask) => line.replaceAll(mask, '***'), text)
}

function decoded(data: string): string {
  return data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}
