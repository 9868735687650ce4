import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from '@jest/globals'
import { anchorsOf, linksOf, pages, root } from './markdown.ts'

function leadsNowhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)))
  if (target.startsWith('..') || !existsSync(join(root, target))) return true
  return anchor !== undefined && (!target.endsWith('.md') || !anchorsOf(target).has(anchor))
}

test('every relative link and every anchor of every page leads somewhere', () => {
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })))
  expect(links.length).toBeGreaterThan(60)
  const broken = links.filter(({ page, link }) => leadsNowhere(page, link))
  expect(broken.map(({ page, link }) => `${page}: ${link}`)).toEqual([])
})

test('a link into nothing is noticed', () => {
  expect(leadsNowhere('README.md', 'docs/nothing.md')).toBe(true)
  expect(leadsNowhere('README.md', '#nothing-here')).toBe(true)
  expect(leadsNowhere('README.md', '../outside.md')).toBe(true)
  expect(leadsNowhere('docs/recipes.md', '../README.md#outputs')).toBe(false)
})
