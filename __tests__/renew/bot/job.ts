import { afterEach } from '@jest/globals'
import nock from 'nock'
import type { Service } from '../../emulator/wire.ts'
import { onlyNock } from '../../only-nock.ts'
import type { Scene } from '../../scene.ts'

// What goes past the scene's own fetch (@actions/core, @azure/identity) is caught by nock and answered by the emulator.
onlyNock()

const VARIABLES = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'] as const
const before = VARIABLES.map((name) => process.env[name])

afterEach(() => {
  VARIABLES.forEach((name, index) => {
    const value = before[index]
    if (value === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = value
  })
})

/** The job may have OIDC tokens, as with `permissions: id-token: write`. */
export function permitIdToken(scene: Scene): void {
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = scene.oidc.requestUrl
  process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = scene.oidc.requestToken
  answerBy(scene.oidc, new URL(scene.oidc.requestUrl).origin)
}

/** Every request to the origin that does not go through the scene's fetch is answered by the emulated service. */
export function answerBy(service: Service, origin: string): void {
  const reply = async (request: Request): Promise<nock.ReplyFnResult> => {
    const { method, url, headers } = request
    const body = await request.text()
    const answer = await service.handle({ method, url: new URL(url), headers: Object.fromEntries(headers), body })
    return [answer.status, answer.body as nock.Body, { 'content-type': 'application/json', ...answer.headers }]
  }
  nock(origin).persist().get(/./).optionally().reply(reply)
  nock(origin).persist().post(/./).optionally().reply(reply)
}
