import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BundleWorld } from '../bundle.ts'

const FILES = ['output', 'env', 'state', 'summary'] as const
export type Files = Readonly<Record<(typeof FILES)[number] | 'home' | 'temp' | 'workspace', string>>

/** Fresh files and folders for one step. */
export async function filesOf(folder: string): Promise<Files> {
  const step = await mkdtemp(join(folder, 'step-'))
  const at = (name: string): string => join(step, name)
  await Promise.all([
    ...FILES.map((name) => writeFile(at(name), '')),
    ...['home', 'temp', 'workspace'].map((name) => mkdir(at(name))),
  ])
  const named = [...FILES, 'home', 'temp', 'workspace'].map((name) => [name, at(name)])
  return Object.fromEntries(named) as Files
}

/** Every file that the step left in its home, its temporary folder and its workspace: what it is called, and what it holds. */
export async function leftIn({ home, temp, workspace }: Files): Promise<string> {
  const texts = [home, temp, workspace].map(async (folder) => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    return Promise.all(files.map(async (file) => `${file}\n${await readFile(file, 'latin1')}`))
  })
  return (await Promise.all(texts)).flat().join('\n')
}

/** What a runner sets for a step, and the way out of its network. */
export function environmentOf(
  { apiUrl, proxy }: BundleWorld,
  repository: string,
  files: Files,
): Record<string, string> {
  const api = new URL(apiUrl)
  return {
    PATH: process.env.PATH ?? '',
    HOME: files.home,
    RUNNER_TEMP: files.temp,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: files.output,
    GITHUB_ENV: files.env,
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_REPOSITORY: repository,
    GITHUB_REPOSITORY_OWNER: repository.split('/')[0] ?? '',
    GITHUB_API_URL: apiUrl,
    GITHUB_SERVER_URL: `https://${api.host === 'api.github.com' ? 'github.com' : api.host}`,
    GITHUB_RUN_ID: '7014',
    GITHUB_WORKFLOW: 'Renew the Azure Artifacts PAT',
    HTTPS_PROXY: proxy.proxyUrl,
    NODE_EXTRA_CA_CERTS: proxy.caFile,
  }
}

/** Inputs as the runner hands them over: in capitals, spaces as underscores, hyphens kept. */
export function variablesOf(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  )
}

/** `name<<delimiter`, the value, the delimiter, as the toolkit writes them. */
export function heredocsIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^(.+?)<<(\S+)\n([\s\S]*?)\n?^\2$/gm)].map(([, name = '', , value = '']) => [name, value]),
  )
}
