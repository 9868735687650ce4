import type { RunnerCommands } from '../../src/report/runner-log.ts'

/** A runner that writes down what it is told, in order. */
export function transcript(): { readonly core: RunnerCommands; readonly said: string[] } {
  const said: string[] = []
  const write = (name: string) => (text: string) => {
    said.push(`${name} ${text}`)
  }
  const core: RunnerCommands = {
    info: write('info'),
    debug: write('debug'),
    notice: write('notice'),
    warning: write('warning'),
    error: write('error'),
    startGroup: write('startGroup'),
    endGroup: () => {
      said.push('endGroup')
    },
  }
  return { core, said }
}
