import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Permissions } from '../emulator/github/github.ts'
import type { World } from '../world.ts'

/** What an App may do in the organization. */
export const INSTALLED: Permissions = { organization_secrets: 'write', secrets: 'write', environments: 'write' }

interface Asked {
  readonly clientId: string
  readonly privateKey: string
  readonly owner: string
  readonly permissions: Permissions
}

export interface Apps {
  /** Where the stand-in of create-github-app-token asks. */
  readonly url: string
  /** The client ids of the tokens given out. */
  readonly given: string[]
  close(): void
}

/** Installation tokens of the emulated GitHub, for who knows the key of the App. Client id `app-1` goes with `key of app-1`. */
export async function startApps(world: World, repository: string): Promise<Apps> {
  const given: string[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const asked = JSON.parse(text) as Asked
      const refusal = refused(asked)
      if (refusal === undefined) {
        given.push(asked.clientId)
        const permissions = Object.keys(asked.permissions).length === 0 ? INSTALLED : asked.permissions
        const repositories = asked.owner === '' ? { repositories: [repository] } : {}
        response.end(world.github.token({ kind: 'app', permissions, ...repositories, account: asked.clientId }))
      } else response.writeHead(422).end(refusal)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    given,
    close: () => void server.close(),
  }
}

function refused({ clientId, privateKey, permissions }: Asked): string | undefined {
  if (clientId === '') return 'Input required and not supplied: client-id'
  if (privateKey !== `key of ${clientId}`) return 'A JSON web token could not be decoded'
  const lacking = Object.entries(permissions).filter(
    ([name, level]) => !(name in INSTALLED) || !['read', 'write'].includes(level),
  )
  return lacking.length === 0
    ? undefined
    : 'The permissions requested are not granted to this installation: ' + lacking.join(', ')
}
