/**
 * The page of this run on GitHub; undefined where the runner does not say which run it is, in which repository, or its
 * event file cannot be read: a report without the link is better than none. `@actions/github` brings an HTTP client along,
 * so it is loaded only now.
 */
export async function thisRun(): Promise<string | undefined> {
  try {
    const { context } = await import('@actions/github')
    if (!Number.isSafeInteger(context.runId)) return undefined
    const { owner, repo } = context.repo
    return `${context.serverUrl}/${owner}/${repo}/actions/runs/${context.runId}`
  } catch {
    return undefined
  }
}
