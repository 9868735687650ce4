import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { issueCertificate } from './certificates.ts'
import type { Emulator, Outcome } from './emulator.ts'
import { wireBody } from './wire-body.ts'
import type { WireAnswer, WireRequest } from './wire.ts'

export interface TlsProxy {
  /** For HTTPS_PROXY (and HTTP_PROXY, for `gh` against http://api.github.localhost). */
  readonly proxyUrl: string
  /** PEM for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string
  /** Connections open now. */
  connections(): number
  /** host:port of every CONNECT, refused ones too. */
  readonly tunnels: string[]
  /** Packs every answer with gzip, sends it in chunks of unsaid length under headers in capitals, and then hangs up. */
  awkward: boolean
  /** Milliseconds until a CONNECT is answered. */
  connectDelay: number
  /** Ends everything at once. */
  close(): Promise<void>
}

/** A proxy on the loopback that ends TLS for every host of the emulator and never connects to the outside. */
export async function startTlsProxy(emulator: Emulator): Promise<TlsProxy> {
  const hosts = emulator.services.flatMap((service) => service.hosts)
  const { authority, certificate, key } = await issueCertificate(hosts.map((host) => host.replace(/:\d+$/, '')))
  const folder = await mkdtemp(join(tmpdir(), 'emulator-'))
  const caFile = join(folder, 'ca.pem')
  await writeFile(caFile, authority)

  const sockets = new Set<Socket>()
  /** The TCP connection under each TLS one, by the port of the client: only it can be reset. */
  const byClientPort = new Map<number, Socket>()
  const tunnels: string[] = []
  const manner = { awkward: false, connectDelay: 0 }

  const inside = https.createServer(
    { key, cert: certificate, keepAliveTimeout: 0, requestTimeout: 0 },
    (request, response) => {
      const sent = manner.awkward ? awkwardly(response) : response
      void serve(emulator, 'https', request, sent, byClientPort.get(request.socket.remotePort ?? -1))
    },
  )
  inside.on('tlsClientError', (_, socket) => socket.destroy())

  const proxy = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    if (speaksPlainHttp(emulator, request.url ?? '')) {
      void serve(emulator, 'http', request, response, byClientPort.get(request.socket.remotePort ?? -1))
      return
    }
    emulator.unknown.push(`${request.method} ${request.url} (plain http)`)
    request.resume()
    response.writeHead(501, { connection: 'close' }).end()
  })
  const insidePlain = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    void serve(emulator, 'http', request, response, byClientPort.get(request.socket.remotePort ?? -1))
  })
  proxy.on('connect', (request: http.IncomingMessage, duplex: Duplex, head: Buffer) => {
    // Node types the tunnel's end as any duplex stream; it is the socket that the request came by.
    const { socket } = request
    if (socket !== duplex) throw new TypeError('the tunnel is not the socket')
    const target = request.url ?? ''
    tunnels.push(target)
    socket.on('error', () => socket.destroy())
    const plain = target.endsWith(':80') && speaksPlainHttp(emulator, `http://${target}`)
    if (!plain && emulator.serviceOf(target.replace(/:443$/, '')) === undefined) {
      emulator.unknown.push(`CONNECT ${target}`)
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      return
    }
    void setTimeout(manner.connectDelay).then(() => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      if (head.length > 0) socket.unshift(head)
      const server = plain ? insidePlain : inside
      server.emit('connection', socket)
    })
  })
  proxy.on('connection', (socket) => {
    const port = socket.remotePort ?? -1
    sockets.add(socket)
    byClientPort.set(port, socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      if (byClientPort.get(port) === socket) byClientPort.delete(port)
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))

  return Object.assign(manner, {
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    caFile,
    connections: () => sockets.size,
    tunnels,
    async close() {
      const closed = new Promise((resolve) => proxy.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
      await rm(folder, { recursive: true, force: true })
    },
  })
}

/** The same answer, as HTTP allows it to be sent too. */
function awkwardly(response: http.ServerResponse): http.ServerResponse {
  const writeHead = response.writeHead.bind(response)
  const end = response.end.bind(response)
  return Object.assign(response, {
    writeHead: (status: number, headers: http.OutgoingHttpHeaders) => {
      const { 'content-length': length, ...others } = headers
      const loud = Object.fromEntries(Object.entries(others).map(([name, value]) => [name.toUpperCase(), value]))
      return writeHead(status, {
        ...loud,
        CONNECTION: 'close',
        ...(length === undefined ? {} : { 'CONTENT-ENCODING': 'gzip' }),
      })
    },
    end: (bytes?: Buffer) => end(bytes === undefined ? undefined : gzipSync(bytes)),
  })
}

/** Only GitHub's hosts are served without TLS (real `gh` speaks http to `*.localhost`); all else would leak credentials. */
function speaksPlainHttp(emulator: Emulator, url: string): boolean {
  if (!URL.canParse(url)) return false
  const service = emulator.serviceOf(new URL(url).host)
  return service !== undefined && /^github\b/i.test(service.name)
}

async function serve(
  emulator: Emulator,
  scheme: 'http' | 'https',
  incoming: http.IncomingMessage,
  response: http.ServerResponse,
  connection: Socket | undefined,
): Promise<void> {
  const body = await read(incoming).catch(() => undefined)
  if (body === undefined) return
  const outcome = await emulator.handle(wireRequest(scheme, incoming, body)).catch((error: unknown): Outcome => {
    // An `act` that throws: the test must see it, and the client must not wait.
    emulator.unknown.push(`${incoming.method} ${incoming.url}: ${String(error)}`)
    return { kind: 'reset' }
  })
  if (outcome.kind === 'hang' || response.destroyed) return
  if (outcome.kind === 'reset') {
    connection?.resetAndDestroy()
    return
  }
  answer(response, outcome.answer, outcome.truncate ?? false, () => connection?.destroy())
}

function wireRequest(scheme: 'http' | 'https', incoming: http.IncomingMessage, body: string): WireRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  const url = new URL(incoming.url ?? '/', `${scheme}://${incoming.headers.host}`)
  return { method: incoming.method ?? 'GET', url, headers, body }
}

async function read(incoming: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function answer(response: http.ServerResponse, wire: WireAnswer, truncate: boolean, cut: () => void): void {
  const { bytes, contentType } = wireBody(wire)
  const bodiless = wire.status === 204 || wire.status === 304
  response.writeHead(wire.status, {
    ...wire.headers,
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(bodiless ? {} : { 'content-length': bytes.length }),
  })
  if (truncate && bytes.length > 0)
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
      cut()
    })
  else response.end(bodiless ? undefined : bytes)
}
