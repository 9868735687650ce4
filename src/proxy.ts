import type { Fetch } from './wire.ts'

/** Every request is https: the proxy of HTTP_PROXY is for others, and may take none of these. */
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY'] as const

/**
 * A `fetch` that honours HTTPS_PROXY and NO_PROXY, which Node's own does not. undici is loaded with the first request, and
 * only where a proxy is set.
 * https://undici.nodejs.org/#/docs/api/EnvHttpProxyAgent
 */
export function proxiedFetch(env: Readonly<Record<string, string | undefined>>): Fetch {
  const httpsProxy = PROXY_VARIABLES.map((name) => env[name] ?? '').find((value) => value !== '')
  if (httpsProxy === undefined) return (url, init) => fetch(url, init)
  let opened: Promise<Fetch> | undefined
  return async (url, init) => {
    opened ??= open(httpsProxy)
    return (await opened)(url, init)
  }
}

async function open(httpsProxy: string): Promise<Fetch> {
  // CommonJS: the bundler offers all of it as the default export and nothing by name.
  const { default: undici } = await import('undici')
  const dispatcher = quietly(() => new undici.EnvHttpProxyAgent({ httpsProxy, httpProxy: '' }))
  // The same fetch as Node's own, but bound to the version that the dispatcher belongs to; only its types differ.
  const send = undici.fetch as unknown as (url: string, init: object) => Promise<Response>
  return (url, init) => send(url, { ...init, dispatcher })
}

/** undici warns on standard error that the agent is experimental; nobody who reads the log can do anything about it. */
function quietly<T>(work: () => T): T {
  const warn = process.emitWarning.bind(process)
  process.emitWarning = () => undefined
  try {
    return work()
  } finally {
    process.emitWarning = warn
  }
}
