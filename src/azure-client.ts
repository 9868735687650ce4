import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline'
import { type Answer, send, type Sending, USER_AGENT, type Wire } from './wire.ts'

export type AzureClient = HttpClient

/**
 * Lets Azure's own libraries send over the wire, in place of the HTTP client that they bring along: through the same proxy,
 * to the same few hosts, ended by a cancel, redirects never followed.
 * @param look sees each answer before the library does, and may throw what the request is to fail with
 */
export async function clientOver(
  wire: Wire,
  sending: Pick<Sending, 'doing' | 'service' | 'timeout'>,
  look: (answer: Answer, request: PipelineRequest) => void,
): Promise<AzureClient> {
  const { createHttpHeaders } = await import('@azure/core-rest-pipeline')
  return {
    async sendRequest(request) {
      const answer = await send(wire, { ...sending, ...asSent(request) })
      look(answer, request)
      const headers = createHttpHeaders(Object.fromEntries(answer.headers))
      return { request, status: answer.status, headers, bodyAsText: answer.text }
    },
  }
}

function asSent(request: PipelineRequest): Pick<Sending, 'url' | 'method' | 'headers' | 'body'> {
  const { url, method, body = null } = request
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT') throw new TypeError(`${method} is never needed`)
  if (body !== null && typeof body !== 'string') throw new TypeError('a body that is no text is never needed')
  const headers = request.headers.toJSON()
  return {
    url,
    method,
    headers: { ...headers, 'user-agent': `${USER_AGENT} ${headers['user-agent'] ?? ''}`.trim() },
    ...(body === null ? {} : { body }),
  }
}
