import { Failure } from '../../errors.ts'
import type { PersonPrompt, Run } from '../run.ts'

/** Shows a person where to sign in, and the code: in the log, which is there at once, and in a notice, which stands out. */
export function showing(run: Run): (prompt: PersonPrompt) => void {
  return ({ address, code }) => {
    const enter = code === undefined ? '' : ` and enter the code ${code}`
    run.log.notice(`Sign in as the bot: open ${address}${enter}.`)
    const where = code === undefined ? '' : ` at ${address} with the code ${code}`
    run.log.info(`Waiting for the bot to sign in${where} …`)
  }
}

export function noWayToSignIn(wanted: string): Failure {
  return new Failure({
    kind: 'sign-in',
    doing: 'sign the bot in',
    hint: `The bot is needed and no way to sign it in is given. Set ${wanted}.`,
  })
}
