import { expect, test } from '@jest/globals'
import { connectAzureDevOps } from '../../src/azure-devops/connect.ts'
import { Secrets } from '../../src/secrets.ts'
import { failureOf } from '../scene.ts'
import { testWire } from '../wire.ts'

test('a list whose next page always has another name is given up', async () => {
  let pages = 0
  const endless = (): Promise<Response> =>
    Promise.resolve(Response.json({ continuationToken: `page ${(pages += 1)}`, patTokens: [] }))
  const secrets = new Secrets(() => undefined)
  const account = { organization: 'hmcts', accessToken: 'an-access-token', secrets }
  const failure = await failureOf(connectAzureDevOps(testWire({ fetch: endless }), account).listPats())
  expect(failure).toMatchObject({ kind: 'unreadable' })
  expect(failure.message).toMatch(/pages without end/)
})
