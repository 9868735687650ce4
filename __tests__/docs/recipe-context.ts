import type { BundleWorld } from '../bundle.ts'
import { SECRET } from '../world.ts'
import type { Context } from './expressions.ts'
import type { WorkflowFile } from './markdown.ts'

export const REFRESH_TOKEN = 'ADO_BOT_REFRESH_TOKEN'
export const BASE64 = 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64'
export const READ = 'AZURE_DEVOPS_ARTIFACT_READ_TOKEN'

/** How a workflow is started, and where. */
export interface Start {
  readonly repository: string
  /** Of `workflow_dispatch`; else the workflow runs by its schedule. */
  readonly dispatched?: Readonly<Record<string, unknown>>
  readonly withoutSecrets?: true
}

/** What its expressions see, with the settings that docs/set-up.md asks for. */
export function contextOf(world: BundleWorld, file: WorkflowFile, start: Start): Context {
  const { repository, dispatched } = start
  const { entra, github } = world
  const stores = { secrets: 'write', dependabot_secrets: 'write' } as const
  const ofOrganization = { organization_secrets: 'write', organization_dependabot_secrets: 'write' } as const
  const token = github.token({ kind: 'app', permissions: { ...stores, ...ofOrganization, actions: 'write' } })
  const visible = (name: string): string | undefined => github.visibleTo(repository, 'actions', name)
  const declared = Object.entries(file.on?.workflow_dispatch?.inputs ?? {})
  const defaults = Object.fromEntries(declared.map(([name, input]) => [name, input.default]))
  return {
    github: { repository, repository_owner: 'hmcts', token: tokenOfJob(world) },
    inputs: dispatched === undefined ? {} : { ...defaults, ...dispatched },
    secrets:
      start.withoutSecrets === true
        ? {}
        : {
            RENEWAL_APP_PRIVATE_KEY: 'the key of the App',
            COPIES_APP_PRIVATE_KEY: 'the key of another App',
            ...Object.fromEntries([SECRET, BASE64, READ, REFRESH_TOKEN].map((name) => [name, visible(name)])),
            RENEWAL_WEBHOOK_URL: world.webhook.url,
          },
    vars: {
      RENEWAL_APP_CLIENT_ID: 'Iv1.1',
      COPIES_APP_CLIENT_ID: 'Iv1.2',
      BOT_TENANT_ID: entra.tenant,
      BOT_CLIENT_ID: entra.application.clientId,
      BOT_KEY_VAULT_URL: world.vault.url,
      FEED_TENANT_ID: entra.tenant,
      FEED_CLIENT_ID: entra.application.clientId,
      AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com',
    },
    steps: { app: { outputs: { token } } },
  }
}

/** What `permissions: issues: write` makes of the job's own token. */
function tokenOfJob({ github }: BundleWorld): string {
  const account = 'github-actions[bot]'
  return github.token({ kind: 'github-token', permissions: { issues: 'write' }, repositories: ['.github'], account })
}
