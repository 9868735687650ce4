import { objectIn, stringIn } from '../json.ts'
import type { Client } from './client.ts'

/**
 * What kind of account a login is: `User`, `Organization`, or another that GitHub may think of. It takes no permission.
 * https://docs.github.com/rest/users/users#get-a-user
 * @throws GitHubFailure
 */
export async function getAccountType(client: Client, login: string): Promise<string> {
  return client.call({
    doing: `look at what kind of account ${login} is`,
    about: { home: { kind: 'organization', organization: login } },
    method: 'GET',
    path: '/users/{username}',
    params: { username: login },
    decode: (_, data) => stringIn(objectIn(data, 'the account').type, 'type'),
  })
}
