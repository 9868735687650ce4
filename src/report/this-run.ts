/**
 * The page of this run on GitHub; undefined where the runner does not say which run it is. `@actions/github` brings an HTTP
 * client along, so it is loaded only now.
 * @throws Error where the runner's event file cannot be read
 */
export async function thisRun(): Promise<string | undefined> {
  const { context } = await import('@actions/github')
  if (!Number.isSafeInteger(context.runId)) return undefined
  const { owner, repo } = context.repo
  return `${context.serverUrl}/${owner}/${repo}/actions/runs/${context.runId}`
}
