import { readFile, writeFile } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { BundleOptions, BundleWorld } from '../bundle.ts'
import { issueCertificate } from '../emulator/certificates.ts'
import { wireBody } from '../emulator/wire-body.ts'
import type { Service } from '../emulator/wire.ts'

const NAME = 'direct.example'

export interface Direct {
  /** https://direct.example:port, which leads to this computer. */
  readonly origin: string
  /** host:port, as a tunnel would be named. */
  readonly host: string
  /** Method and path of every request that came without the proxy. */
  readonly requests: readonly string[]
  /** Makes the bundle trust the listener, find it, and leave the proxy aside. */
  readonly options: BundleOptions
  close(): Promise<void>
}

/** One of the services on the loopback, for clients that must not go through the proxy. */
export async function startDirect(world: BundleWorld, service: Service): Promise<Direct> {
  const { authority, certificate, key } = await issueCertificate([NAME])
  const requests: string[] = []
  const server = https.createServer({ key, cert: certificate }, (incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const url = new URL(incoming.url ?? '/', `https://${incoming.headers.host}`)
      requests.push(`${incoming.method} ${url.pathname}`)
      const headers = incoming.headers as Readonly<Record<string, string>>
      const body = Buffer.concat(chunks).toString()
      const answer = await service.handle({ method: incoming.method ?? 'GET', url, headers, body })
      const { bytes, contentType } = wireBody(answer)
      response
        .writeHead(answer.status, { ...answer.headers, ...(contentType ? { 'content-type': contentType } : {}) })
        .end(bytes)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `${NAME}:${(server.address() as AddressInfo).port}`
  const trusted = join(world.folder, 'both.pem')
  await writeFile(trusted, `${await readFile(world.proxy.caFile, 'utf8')}\n${authority}`)
  return {
    origin: `https://${host}`,
    host,
    requests,
    options: {
      nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(FINDS_IT)}`],
      env: { NODE_EXTRA_CA_CERTS: trusted, NO_PROXY: NAME },
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** No name of a real network leads to the loopback everywhere, so the process is told where this one leads. */
const FINDS_IT = `
  import dns from 'node:dns'
  const { lookup } = dns
  dns.lookup = (name, options, callback) => {
    if (name !== '${NAME}') return lookup(name, options, callback)
    if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  }`
