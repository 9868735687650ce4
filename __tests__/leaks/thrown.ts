import type { BundleOptions } from '../bundle.ts'

/** JavaScript for a process that throws; it sees `secret`, and `pat` once a PAT is minted. */
export interface Thrown {
  /** An expression: what is thrown. */
  readonly what: string
  readonly when: 'as soon as the run has begun' | 'after the mint' | 'after the end'
  readonly how: 'thrown' | 'rejected'
}

/**
 * Breaks a bundle from inside, at a moment at which the action awaits something. Where it was not ready for that, Node
 * would print the error with its stack and causes.
 */
export function breaking({ what, when, how }: Thrown, secret: string): BundleOptions {
  const code = `
    const secret = process.env.SECRET_TO_THROW
    const { parse } = JSON
    let pat = ''
    const breakIt = () => {
      const what = ${what}
      if (${how === 'rejected'}) void Promise.reject(what)
      else setImmediate(() => { throw what })
    }
    ${moments[when]}`
  return {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(code)}`],
    env: { SECRET_TO_THROW: secret },
  }
}

const moments = {
  'as soon as the run has begun': `
    const watch = setInterval(() => {
      if (process.listenerCount('uncaughtException') === 0) return
      clearInterval(watch)
      breakIt()
    }, 1)`,
  'after the mint': `
    JSON.parse = (...given) => {
      const parsed = parse(...given)
      if (typeof parsed?.patToken?.token === 'string' && pat === '') {
        pat = parsed.patToken.token
        setTimeout(breakIt, 5)
      }
      return parsed
    }`,
  'after the end': `
    process.once('beforeExit', breakIt)`,
} as const
