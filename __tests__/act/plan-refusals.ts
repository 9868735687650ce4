import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SECRET } from '../world.ts'
import { type Looked, stepOf } from './steps.ts'

const good = { 'ado-organization': 'hmcts' }
const vault = { 'key-vault-url': 'https://v.vault.azure.net', 'key-vault-refresh-token': 'bot' }
const copies = { ...good, target: 'repositories', repositories: 'all' }

/** A configuration, and the words that refuse it; none for one that is taken. */
const cases: readonly (readonly [configuration: unknown, ...words: string[]])[] = [
  [[good]],
  [[{ ...copies, shards: 4, app: [1, 2] }]],
  [[good, { ...good, 'secret-name': 'OTHER' }, { ...good, ...vault, 'github-organization': 'hmcts-more' }]],
  [[{ ...good, 'pat-lifetime-days': 60, repositories: ['app-a', 'app-b'], fallback: 'none' }]],
  [[{ ...good, 'ado-feed': null, 'secret-stores': ['actions', 'dependabot'] }]],
  ['', 'Expected a JSON list'],
  ['[{', 'Expected a JSON list'],
  [[], 'Expected a JSON list'],
  [good, 'Expected a JSON list'],
  [[7], 'configuration[0]: expected an object'],
  [[{}], 'configuration[0]: "ado-organization" is missing'],
  [
    [good, { ...good, 'pat-nmae': 'x' }],
    'configuration[1]: "pat-nmae" is not known; expected one of ado-organization,',
  ],
  [[{ ...good, 'github-token': 'x' }], '"github-token" is not known'],
  [[{ ...good, 'pat-name': { a: 1 } }], '"pat-name": expected a text'],
  [[{ ...good, repositories: ['app-a', 7] }], '"repositories": expected a text'],
  [[{ ...good, bot: 5 }], '"bot": expected a number from 1 to 4'],
  [[{ ...good, 'current-pat': 'x' }], '"current-pat": expected a number from 1 to 4'],
  [[{ ...copies, shards: 65 }], '"shards": expected a number from 1 to 64'],
  [[{ ...copies, shards: 1.5 }], '"shards": expected a number from 1 to 64'],
  [[{ ...good, app: 0 }], '"app": expected a number from 1 to 4'],
  [[{ ...copies, shards: 2, app: [] }], '"app": expected a number from 1 to 4'],
  [[{ ...good, app: [1, 2] }], '"app": a list is for shards alone'],
  [[{ ...good, app: 3 }], '"app": the input app-client-id-3 is blank'],
  [[{ ...good, target: 'everywhere' }], '"target": expected organization or repositories'],
  [[{ ...good, shards: 2 }], '"shards": expected "target": "repositories"'],
  [[{ ...copies, shards: 2, 'secret-stores': 'actions' }]],
  [[{ ...copies, 'secret-stores': 'dependabot', 'secret-name-base64': 'OTHER' }]],
  // Whom those reach is not asked: each repository would get a PAT.
  [[{ ...copies, shards: 2, 'secret-stores': 'dependabot' }], '"secret-stores": expected "actions" with "shards"'],
  [[{ ...copies, shards: 2, 'secret-stores': ['actions', 'agents'] }], '"secret-stores": expected "actions"'],
  [[{ ...copies, shards: 2, 'secret-name-base64': 'OTHER' }], '"secret-name-base64": leave it out with "shards"'],
  [[{ ...copies, 'current-pat': 1 }], '"current-pat": leave it out'],
  [[{ ...good, 'github-organization': 'hmcts-more' }], '"github-organization": another one than hmcts needs'],
  [[{ ...good, bot: 1, 'key-vault-refresh-token': 'bot' }], '"bot": leave it out'],
  [[good, { ...good, 'ado-feed': 'other' }], 'configuration[0], configuration[1]: the same PAT'],
  [[good, { ...good, 'pat-name': 'Other' }], 'configuration[0], configuration[1]: the same organization secret'],
  [[good, { ...good, 'github-organization': 'HMCTS' }], 'the same PAT'],
  [
    [
      { ...copies, shards: 2 },
      { ...good, target: 'repositories', 'pat-name': `${SECRET} 2 OF 2` },
    ],
    'the same PAT',
  ],
  [[good, { ...good, 'secret-name': 'OTHER', bot: 2 }], 'two bots with one home'],
  [[good, { ...good, 'secret-name': 'OTHER', 'bot-refresh-token-secret': 'ELSEWHERE' }], 'one bot with two homes'],
  // Every problem in one go.
  [
    [{ bot: 9 }, { shards: 0 }],
    'configuration[0]: "bot"',
    'configuration[1]: "shards"',
    'configuration[1]: "ado-organization"',
  ],
]

/** The step `plan` of the reusable workflow, by itself. */
export async function planRefusals(): Promise<Looked> {
  if (spawnSync('jq', ['--version']).status !== 0) {
    console.log('skipped: there is no jq, which reads the configuration of renew.yml')
    return { right: 0, wrong: [], skipped: cases.length }
  }
  const folder = mkdtempSync(join(tmpdir(), 'plan-'))
  const wrong = cases.flatMap(([configuration, ...words]) => complaints(folder, configuration, words))
  rmSync(folder, { recursive: true, force: true })
  return Promise.resolve({ right: cases.length - wrong.length, wrong, skipped: 0 })
}

function complaints(folder: string, configuration: unknown, words: readonly string[]): readonly string[] {
  const text = typeof configuration === 'string' ? configuration : JSON.stringify(configuration)
  const step = stepOf('plan')
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run ?? ''],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        INPUTS: step.env?.INPUTS,
        CONFIGURATION: text,
        ...{ APP_1: 'one', APP_2: 'two', APP_3: '', APP_4: '' },
        GITHUB_REPOSITORY: 'hmcts/.github',
        GITHUB_REPOSITORY_OWNER: 'hmcts',
        GITHUB_OUTPUT: join(folder, 'output'),
      },
    },
  )
  const missing = words.filter((word) => !stdout.includes(word))
  if ((status === 0) === (words.length === 0) && missing.length === 0 && stderr === '') return []
  return [`the plan of ${text} ended with ${status}, expected: ${words.join('; ') || 'taken'}\n${stdout}${stderr}`]
}
