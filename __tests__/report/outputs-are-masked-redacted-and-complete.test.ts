import { describe, expect, it } from '@jest/globals'

import type { RepositoryName } from '../../src/place.ts'
import type { RunResult } from '../../src/report/result.ts'
import { leftOutOfOutputs, outputsOf, writeOutputs } from '../../src/report/outputs.ts'
import type { Secrets } from '../../src/secrets.ts'
import { oldPat, result, secretsOf } from './results.ts'

const nothing = {
  live: undefined,
  deliveredTo: 'nowhere',
  superseded: [],
} as const

function written(given: RunResult, secrets: Secrets = secretsOf()): readonly string[] {
  const said: string[] = []
  const core = {
    setOutput: (name: string, value: string) => {
      said.push(`${name}=${value}`)
    },
    setSecret: (value: string) => {
      said.push(`mask ${value}`)
    },
  }
  writeOutputs(core, given, secrets)
  return said
}

describe('the outputs', () => {
  it('tell all of a renewal', () => {
    expect(outputsOf(result({ live: oldPat, repositoriesWritten: ['hmcts/a'], staleCopies: ['hmcts/b'] }))).toEqual({
      outcome: 'renewed',
      reason: 'the live PAT ends in 9 days',
      'authorization-id': '0f3a1c52-0000-4000-8000-000000000000',
      'expires-at': '2026-11-30T08:00:00.000Z',
      'days-left': '9',
      'delivered-to': 'organization',
      'repositories-written': '["hmcts/a"]',
      'repositories-failed': '[]',
      'stale-copies': '["hmcts/b"]',
      superseded: '["0f3a1c52-0000-4000-8000-000000000000"]',
      events: '[]',
    })
  })

  describe('of many repositories', () => {
    const named = (count: number): readonly RepositoryName[] =>
      Array.from({ length: count }, (_, index) => `${'o'.repeat(39)}/${String(index).padStart(100, 'x')}` as const)
    const lists = ['repositories-written', 'repositories-failed', 'stale-copies'] as const
    const sizeOf = (given: RunResult): number =>
      lists.reduce((sum, name) => sum + (outputsOf(given)[name] ?? '').length, 0)

    it('name each of 2,000 with the longest names', () => {
      const given = result({ repositoriesWritten: named(2000), repositoriesFailed: named(1000) })
      expect(leftOutOfOutputs(given)).toBe(0)
      expect(JSON.parse(outputsOf(given)['repositories-written'] ?? '')).toHaveLength(2000)
    })

    it('stay below the 1 MiB of a job at two bytes a character, as lists that can be read, and count what is left out', () => {
      const given = result({
        repositoriesWritten: named(9000),
        repositoriesFailed: named(10),
        staleCopies: named(5000),
      })
      expect(sizeOf(given) * 2).toBeLessThan(1024 * 1024)
      const counts = lists.map((name) => (JSON.parse(outputsOf(given)[name] ?? '') as string[]).length)
      expect(counts[1]).toBe(10)
      expect(leftOutOfOutputs(given)).toBe(14_010 - counts.reduce((sum, count) => sum + count, 0))
    })
  })

  it('round whole days down', () => {
    const finishedAt = oldPat.expiresAt - 36e5
    expect(outputsOf(result({ live: oldPat, finishedAt }))['days-left']).toBe('0')
    expect(outputsOf(result({ live: oldPat, finishedAt: oldPat.expiresAt + 1 }))['days-left']).toBe('-1')
  })

  it('are empty, or empty lists, where they do not apply', () => {
    const outputs = outputsOf(result({ ...nothing, operation: 'sign-in', outcome: 'signed-in' }))
    expect(outputs).toMatchObject({
      'authorization-id': '',
      'expires-at': '',
      'days-left': '',
      superseded: '[]',
      events: '[]',
    })
    expect(outputs).not.toHaveProperty('token')
    expect(outputsOf(result({ token: '' }))).not.toHaveProperty('token')
  })

  it('list the events of an audit', () => {
    const audited = result({ ...nothing, operation: 'audit', outcome: 'audited' })
    expect(outputsOf(audited).events).toBe('[]')
    const event = {
      when: '2026-11-20T08:00:00.000Z',
      who: 'bot@example.org',
      action: 'Token.PatCreateEvent',
      displayName: 'a PAT',
      ipAddress: '20.0.0.1',
      userAgent: 'curl/8',
      managed: false,
      foreign: false,
    }
    expect(outputsOf({ ...audited, events: [event] }).events).toBe(JSON.stringify([event]))
  })

  it('mask the token before anything else is set, and set it whole', () => {
    const said = written(result({ token: 'made-up-secret-value', reason: 'made-up-secret-value' }))
    expect(said.slice(0, 4)).toEqual([
      'mask made-up-secret-value',
      'token=made-up-secret-value',
      'outcome=renewed',
      'reason=***',
    ])
    expect(said.filter((line) => line.includes('made-up-secret-value'))).toHaveLength(2)
  })

  it('hold no secret and no second line of a reason', () => {
    const secrets = secretsOf('made-up-secret-value')
    const said = written(
      result({ reason: 'one\ntwo made-up-secret-value', repositoriesFailed: ['hmcts/made-up-secret-value'] }),
      secrets,
    )
    expect(said).toContain('reason=one two ***')
    expect(said).toContain('repositories-failed=["hmcts/***"]')
    expect(said.some((line) => line.startsWith('token'))).toBe(false)
  })

  it('are never cut, however many repositories there are', () => {
    const repositories = Array.from({ length: 2000 }, (_, index) => `hmcts/repository-${index}` as const)
    const line = written(result({ repositoriesWritten: repositories })).find((said) =>
      said.startsWith('repositories-w'),
    )
    expect(JSON.parse(line?.split('=')[1] ?? '')).toEqual(repositories)
  })
})
