import { writeFileSync } from 'node:fs'
import { pages, snippetsOf } from '../__tests__/docs/markdown.ts'

/** Writes every whole workflow of the Markdown pages into a folder, so that tools for workflows can look at them. */
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('a folder is expected')
const workflows = pages.flatMap(snippetsOf).filter(({ text }) => /^on:/m.test(text) && /^jobs:/m.test(text))
for (const [index, { page, text }] of workflows.entries())
  writeFileSync(`${folder}/${page.replace(/\W+/g, '-')}-${index + 1}.yml`, text)
console.log(`${workflows.length} workflows of the pages`)
