import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, expect, jest, test } from '@jest/globals'
import { proxiedFetch } from '../src/proxy.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

/** A proxy that lets nobody through, and who asked it for what. */
async function deafProxy(): Promise<{ url: string; asked: string[]; close: () => void }> {
  const asked: string[] = []
  const server = createServer()
  server.on('connect', ({ url }, socket) => {
    asked.push(url ?? '')
    socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { url: `http://127.0.0.1:${port}`, asked, close: () => server.close() }
}

const request = { method: 'GET', headers: {}, redirect: 'manual' } as const

test.each([
  [{}],
  [{ HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' }],
  [{ HTTPS_PROXY: '', https_proxy: '', HTTP_PROXY: 'nonsense' }],
])('with %j there is none', async (env) => {
  const direct = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('here'))
  expect(await (await proxiedFetch(env)('https://api.github.com/meta', request)).text()).toBe('here')
  expect(direct).toHaveBeenCalledTimes(1)
})

test.each(['HTTPS_PROXY', 'https_proxy'])('%s does, whatever HTTP_PROXY is', async (name) => {
  const direct = jest.spyOn(globalThis, 'fetch')
  const proxy = await deafProxy()
  const send = proxiedFetch({ https_proxy: '', [name]: proxy.url, HTTP_PROXY: 'nonsense' })
  await expect(send('https://api.github.com/meta', request)).rejects.toThrow()
  expect(proxy.asked).toEqual(['api.github.com:443'])
  expect(direct).not.toHaveBeenCalled()
  proxy.close()
})
