import { appendFile } from 'node:fs/promises'

/** Where the runner wants the job summary; a runner without summaries names no file. */
export interface SummaryEnvironment {
  readonly GITHUB_STEP_SUMMARY?: string | undefined
}

/**
 * Appends the text to the job summary. Without a summary file there is nothing to do; any other failure is thrown, for
 * the caller to turn into a warning: the PAT is renewed whether or not the picture of it can be drawn.
 */
export async function writeSummary(env: SummaryEnvironment, text: string): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY
  if (file === undefined || file === '') return
  // Not core.summary: it reads process.env itself, throws where the variable or the file is missing, and keeps its text.
  await appendFile(file, text, 'utf8')
}
