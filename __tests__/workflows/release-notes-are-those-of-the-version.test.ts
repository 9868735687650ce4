import { expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CHANGELOG = `# Changes

## Unreleased

- not yet

## [1.10.0] - 2026-12-01

### Added

- ten

## v1.1.0

- one

## 1.0.0
`

/** Standard output and exit code of scripts/release-notes.sh beside that CHANGELOG.md. */
function notesOf(tag: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'notes-'))
  const script = join(folder, 'scripts/release-notes.sh')
  cpSync(fileURLToPath(new URL('../../scripts/release-notes.sh', import.meta.url)), script)
  writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG)
  const { status, stdout, stderr } = spawnSync('bash', [script, tag], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  rmSync(folder, { recursive: true, force: true })
  return { status, stdout, stderr }
}

test('a heading may be the version alone, in brackets with a date, or with its v', () => {
  expect(notesOf('v1.10.0')).toMatchObject({ status: 0, stdout: '\n### Added\n\n- ten\n' })
  expect(notesOf('v1.1.0')).toMatchObject({ status: 0, stdout: '\n- one\n' })
})

test.each(['v1.0.0', 'v1.1', 'v2.0.0'])('%s, of which nothing is said, stops the release', (tag) => {
  const { status, stdout, stderr } = notesOf(tag)
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`CHANGELOG.md says nothing of ${tag.slice(1)}`)
})
