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

/**
 * Breaks a bundle while a request is under way: the `nth`, whichever it is. What is thrown holds `secrets`: those given, and
 * every token that any answer has brought so far.
 */
export function breakingAt(nth: number, { what, how }: Omit<Thrown, 'when'>, given: readonly string[]): BundleOptions {
  const code = `
    const { parse } = JSON
    const known = new Set(parse(process.env.SECRETS_TO_THROW))
    JSON.parse = (...given) => {
      const parsed = parse(...given)
      const { access_token, refresh_token, value, patToken } = parsed ?? {}
      for (const one of [access_token, refresh_token, value, patToken?.token])
        if (typeof one === 'string' && one.length > 20) known.add(one)
      return parsed
    }
    process.once('SIGUSR2', () => {
      const secrets = [...known]
      const what = ${what}
      if (${how === 'rejected'}) void Promise.reject(what)
      else throw what
    })`
  return {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(code)}`],
    env: { SECRETS_TO_THROW: JSON.stringify(given) },
    signal: { name: 'SIGUSR2', at: '', after: nth },
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
