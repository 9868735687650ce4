import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Loopback } from '../src/entra/authorization-code.ts'

const HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  connection: 'close',
} as const

/**
 * Listens on 127.0.0.1 for the browser that comes back from Microsoft Entra ID. The address is http://localhost, since
 * Entra disregards the port of that one alone.
 * @see https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions
 */
export async function openLoopback(): Promise<Loopback & { readonly close: () => void }> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    address: `http://localhost:${port}`,
    answer: (state, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          reject(signal.reason as Error)
        }
        if (signal.aborted) stop()
        signal.addEventListener('abort', stop, { once: true })
        server.on('request', (request: IncomingMessage, response: ServerResponse) => {
          const query = queryOf(request)
          if (query?.get('state') !== state) {
            // Whatever else on this machine knocks here was not sent by the sign-in page of this run.
            response.writeHead(404, HEADERS).end('This is not the sign-in that is waited for.\n')
            return
          }
          const done = query.has('code') ? 'You are signed in.' : 'You are not signed in.'
          response.writeHead(200, HEADERS).end(`${done} Close this page; the terminal says how it goes on.\n`)
          resolve(query)
        })
      }),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function queryOf({ method, url = '' }: IncomingMessage): URLSearchParams | undefined {
  if (method !== 'GET' || !URL.canParse(url, 'http://localhost')) return undefined
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  return pathname === '/' ? searchParams : undefined
}
