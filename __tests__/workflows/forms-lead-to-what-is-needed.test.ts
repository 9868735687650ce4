import { expect, test } from '@jest/globals'
import { yaml } from './workflow-files.ts'

interface Form {
  readonly name: string
  readonly description: string
  readonly body: readonly {
    readonly type: string
    readonly id?: string
    readonly attributes: { readonly label?: string }
  }[]
}

test.each(['bug', 'feature'])('the form "%s" is one that GitHub takes', (name) => {
  const form = yaml(`.github/ISSUE_TEMPLATE/${name}.yml`) as Form
  expect(form.name).not.toBe('')
  expect(form.description).not.toBe('')
  const fields = form.body.filter(({ type }) => type !== 'markdown')
  for (const { type, id, attributes } of fields) {
    expect(['textarea', 'input', 'dropdown', 'checkboxes']).toContain(type)
    expect(id).toMatch(/^[a-z-]+$/)
    expect(attributes.label).not.toBe('')
  }
  expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length)
})

test('whoever found a vulnerability is led to a private report', () => {
  const config = yaml('.github/ISSUE_TEMPLATE/config.yml')
  expect(config).toMatchObject({
    blank_issues_enabled: false,
    contact_links: [{ url: expect.stringMatching(/\/security\/advisories\/new$/) }],
  })
})

test('Dependabot reads the packages, the workflows and the examples', () => {
  expect(yaml('.github/dependabot.yml')).toMatchObject({
    version: 2,
    updates: [
      { 'package-ecosystem': 'npm', directory: '/' },
      { 'package-ecosystem': 'github-actions', directories: ['/', '/examples'] },
    ],
  })
})
