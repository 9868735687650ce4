import { azureDevOpsHosts } from '../hosts.ts'
import { objectIn, optionalString } from '../json.ts'
import { withRetries } from '../retry.ts'
import type { Secrets } from '../secrets.ts'
import { send, type Wire } from '../wire.ts'
import { checked, contentOf, type Question } from './answers.ts'
import { addressOf, type Connection, type Resource, SPEAK_JSON, TIMEOUT } from './connection.ts'

const resource: Resource = {
  host: azureDevOpsHosts.organization,
  path: '/_apis/connectionData',
  version: '7.1-preview.1',
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The id of the tenant that the organization is connected to, in lower case; all zeros for one without Microsoft Entra.
 * Asked without any credential: a refusal names the tenant too. Undefined where the answer does not say it.
 * @throws Failure where there is no such organization, and where no answer comes
 * @see https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/authentication-guidance
 */
export async function readTenant(wire: Wire, organization: string, secrets: Secrets): Promise<string | undefined> {
  const doing = `look up the tenant of organization ${organization}`
  const question: Question = { doing, change: false, secrets, clock: wire.clock }
  return withRetries(wire, async () => {
    const answer = await send(wire, {
      doing,
      service: 'Azure DevOps',
      url: addressOf(organization, resource),
      method: 'GET',
      headers: SPEAK_JSON,
      timeout: TIMEOUT,
    })
    const { status, headers } = answer
    if (status === 404 || status === 408 || status === 429 || status >= 500) contentOf(answer, question)
    const tenant = headers.get('x-vss-resourcetenant')?.trim() ?? ''
    return GUID.test(tenant) ? tenant.toLowerCase() : undefined
  })
}

/** The signed-in user as the lists of permissions name users. */
export interface Identity {
  readonly id: string | undefined
  /** `Microsoft.IdentityModel.Claims.ClaimsIdentity;{tenant}\{user principal name}`. */
  readonly descriptor: string | undefined
}

/**
 * Who is signed in, in the words of the organization.
 * @throws Failure
 * @see https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/authentication-guidance
 */
export async function readIdentity(connection: Connection): Promise<Identity> {
  const asking = { doing: 'look up who is signed in', method: 'GET', resource } as const
  return withRetries(connection.wire, async () => {
    const question = connection.question(asking)
    const content = contentOf(await connection.ask(asking), question)
    return checked(question, () => {
      const user = objectIn(objectIn(content, 'the answer').authenticatedUser, 'authenticatedUser')
      return { id: optionalString(user.id), descriptor: optionalString(user.descriptor) }
    })
  })
}
