import { execFile } from 'node:child_process'
import { parseArgs, promisify } from 'node:util'
import { assemble } from '../src/assemble.ts'
import { systemClock } from '../src/clock.ts'
import { cancelled, messageOf } from '../src/errors.ts'
import { readInputs } from '../src/inputs.ts'
import { signIn } from '../src/operations/sign-in.ts'
import { proxiedFetch } from '../src/proxy.ts'
import { Secrets } from '../src/secrets.ts'
import { openLoopback } from './loopback.ts'
import { terminalLog } from './terminal-log.ts'

/**
 * `operation: sign-in` on a person's own machine, by the authorization code in a browser instead of a device code: for
 * tenants that block device codes. docs/sign-in.md says how.
 */
const OPTIONS = {
  repository: { type: 'string' },
  'azure-tenant-id': { type: 'string' },
  'azure-client-id': { type: 'string' },
  'ado-organization': { type: 'string' },
  'ado-project': { type: 'string' },
  'ado-feed': { type: 'string' },
  'bot-user': { type: 'string' },
  'bot-refresh-token-secret': { type: 'string' },
  'bot-refresh-token-environment': { type: 'string' },
  'key-vault-url': { type: 'string' },
  'key-vault-refresh-token': { type: 'string' },
  'github-organization': { type: 'string' },
  'secret-name': { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean' },
} as const

const USAGE = `Signs in as the bot with a browser of this machine, and stores the refresh token in an Actions secret.

  node dist/sign-in.js --repository OWNER/NAME --ado-organization NAME --azure-tenant-id ID --azure-client-id ID

  --repository                     the repository whose secret it is (the one that the renewal runs in)
  --bot-user                       user principal name that the bot must have
  --bot-refresh-token-secret       name of the secret, ADO_BOT_REFRESH_TOKEN where it is left out
  --bot-refresh-token-environment  the deployment environment of the repository whose secret it is instead
  --key-vault-url, --key-vault-refresh-token: the vault secret that it is stored in instead, as whoever is signed in with az
  --dry-run                        look, and say what would be done
  --ado-project, --ado-feed, --github-organization, --secret-name: as in the workflow, for the first check

The GitHub token is taken from GH_TOKEN or GITHUB_TOKEN, else from \`gh auth token\`. It must be allowed to write secrets.`

const secrets = new Secrets(() => undefined)
const redact = (text: string): string => secrets.redact(text)

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: OPTIONS, allowPositionals: false })
  if (values.help === true || values.repository === undefined) {
    console.log(USAGE)
    return values.help === true
  }
  const token = await gitHubToken()
  secrets.add(token)
  const given: Readonly<Record<string, string | boolean | undefined>> = values
  const read = (name: string): string => {
    if (name === 'operation') return 'sign-in'
    return name === 'github-token' ? token : String(given[name] ?? '').trim()
  }
  const inputs = readInputs({ read, env: { ...process.env, GITHUB_REPOSITORY: values.repository }, secrets })
  const loopback = await openLoopback()
  try {
    const log = terminalLog(secrets, console.log)
    const world = { fetch: proxiedFetch(process.env), clock: systemClock, random: Math.random, log, secrets, loopback }
    const { failure, reason, outcome } = await signIn(assemble(inputs, { ...world, cancel: interrupted() }))
    console.log(redact(failure ?? `Done (${outcome}): ${reason}.`))
    return failure === undefined
  } finally {
    loopback.close()
  }
}

/** Never an option: those stand in the history of the shell, and in the list of processes. */
async function gitHubToken(): Promise<string> {
  const given = process.env.GH_TOKEN ?? process.env.GITHUB_TOKEN ?? ''
  if (given !== '') return given
  const { stdout } = await promisify(execFile)('gh', ['auth', 'token']).catch(() => ({ stdout: '' }))
  return stdout.trim()
}

function interrupted(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => {
    controller.abort(cancelled('go on', false, 'SIGINT'))
  })
  return controller.signal
}

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.log(messageOf(error, redact))
  process.exitCode = 1
}
