import { missingHeadings, obsoletePhrases } from '../__tests__/docs/troubleshooting-page.ts'

/** Prints the headings that docs/troubleshooting.md lacks, as Markdown, and on standard error those that no text has any more. */
for (const heading of missingHeadings()) console.log(heading)
for (const phrase of obsoletePhrases()) console.error(`No text says any more: ${phrase}`)
