import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { gitHubFederation } from '../emulator/entra/entra.ts'
import { permitIdToken } from '../renew/bot/job.ts'
import { createScene, type Scene } from '../scene.ts'

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly uses?: string; readonly with?: Record<string, string> }[] }>
  >
}

/** The inputs that the first workflow of a page gives this action, with its expressions filled in. */
function recipeOf(page: string, scene: Scene): Record<string, string> {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
  const steps = Object.values((parse(yaml) as Workflow).jobs).flatMap((job) => job.steps)
  const given = steps.find(({ uses }) => uses?.includes('ado-artifacts-token-renewal'))?.with ?? {}
  const values: Readonly<Record<string, string>> = {
    'vars.BOT_TENANT_ID': scene.entra.tenant,
    'vars.BOT_CLIENT_ID': scene.entra.application.clientId,
    'vars.FEED_TENANT_ID': scene.entra.tenant,
    'vars.FEED_CLIENT_ID': scene.entra.application.clientId,
    'steps.app.outputs.token': scene.githubToken,
  }
  const filled = (value: string) =>
    value.replace(/\$\{\{ (\S+) \}\}/g, (_, name: string) => values[name] ?? `? ${name}`)
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, filled(value)]))
}

test('docs/sign-in.md signs in', async () => {
  const scene = await createScene()
  scene.entra.user.upn = 'artifacts-bot@example.org'
  const { conclusion } = await scene.run({ 'bot-access-token': '', ...recipeOf('sign-in.md', scene) })
  expect(conclusion.outcome).toBe('signed-in')
})

test('docs/federate.md does without a PAT, and without a GitHub token', async () => {
  const scene = await createScene()
  scene.entra.application.federated.push(gitHubFederation(scene.oidc.subject))
  permitIdToken(scene)
  const given = { 'bot-access-token': '', 'github-token': '', ...recipeOf('federate.md', scene) }
  expect((await scene.run(given)).conclusion.outcome).toBe('federated')
})
