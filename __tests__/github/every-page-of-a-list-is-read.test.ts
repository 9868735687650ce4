import { describe, expect, it } from '@jest/globals'
import { HOUR, SECOND } from '../../src/clock.ts'
import { connectWorkflowToken } from '../../src/github/connect-workflow-token.ts'
import { Credential } from '../../src/github/standing.ts'
import { Secrets } from '../../src/secrets.ts'
import { testWire } from '../wire.ts'
import { API, connected, failureOf, freePace, repository } from './github.ts'

const START = Date.parse('2026-11-21T08:00:00Z')
const facts = (id: number): object => ({ id, full_name: `hmcts/r${id}`, visibility: 'private', archived: id % 2 === 0 })
const next = { link: '<https://api.github.com/organizations/7/repos?page=2>; rel="next", <https://x>; rel="last"' }
const last = { link: '<https://api.github.com/organizations/7/repos?page=1>; rel="prev"' }

/** Answers by the page that is asked for, and remembers paths and queries. */
function pages(answer: (page: number) => Response): { fetch: (url: string) => Promise<Response>; asked: string[] } {
  const asked: string[] = []
  const fetch = (url: string): Promise<Response> => {
    const { pathname, search, searchParams } = new URL(url)
    asked.push(pathname + search)
    return Promise.resolve(answer(Number(searchParams.get('page'))))
  }
  return { fetch, asked }
}

describe('the open issues of a repository', () => {
  const issue = (number: number): object => ({ number, body: 'b', author_association: 'OWNER' })
  const listed = async (answer: (page: number) => Response) => {
    const wire = testWire({ fetch: pages(answer).fetch })
    const account = {
      apiUrl: API,
      token: 'ghs_ofTheJob',
      input: 'workflow-token',
      secrets: new Secrets(() => undefined),
    }
    const github = await connectWorkflowToken(wire, account, { pace: freePace(), credential: new Credential() })
    return github.issues('hmcts/.github', 'renewal')
  }

  it('are those of every page, a short one in the middle too, without pull requests', async () => {
    const found = await listed((page) =>
      page === 3
        ? Response.json([issue(4)], { headers: last })
        : Response.json([issue(page), { ...issue(9), pull_request: {} }], { headers: next }),
    )
    expect(found.map(({ number }) => number)).toEqual([1, 2, 4])
  })

  it.each([[{}], [[{ body: 'b' }]], [['x']]])('that are %j cannot be read', async (body) => {
    expect(await failureOf(listed(() => Response.json(body)))).toMatchObject({ refusal: 'unreadable' })
  })
})

describe('the repositories of an organization', () => {
  it('are those of every page, a short one in the middle too; the facts come with them', async () => {
    const { fetch, asked } = pages((page) =>
      Response.json(page === 3 ? [facts(4)] : [facts(page)], { headers: page === 3 ? last : next }),
    )
    const { github } = await connected({ fetch })
    const found = await github.repositories('hmcts')
    expect(found.map(({ name, archived }) => [name, archived])).toEqual([
      ['hmcts/r1', false],
      ['hmcts/r2', true],
      ['hmcts/r4', true],
    ])
    expect(asked[1]).toBe('/orgs/hmcts/repos?type=all&sort=full_name&per_page=100&page=2')
    expect(asked).toHaveLength(3)
  })

  it('are those that an App is installed for, of this owner alone', async () => {
    const other = { ...facts(9), full_name: 'somebody/r9' }
    const { fetch, asked } = pages(() => Response.json({ total_count: 2, repositories: [facts(1), other] }))
    const { github } = await connected({ fetch })
    expect((await github.reachedRepositories('HMCTS', 'Organization')).map(({ name }) => name)).toEqual(['hmcts/r1'])
    expect(asked).toEqual(['/installation/repositories?per_page=100&page=1'])
  })

  it('of a token that is no App are those that it sees', async () => {
    const { fetch, asked } = pages(() => Response.json([facts(1)]))
    const { github } = await connected({ fetch, token: 'ghp_classic' })
    await github.reachedRepositories('hmcts', 'Organization')
    expect(asked[0]).toMatch(/^\/orgs\/hmcts\/repos/)
  })

  it('who is a person are their own, whatever single sign-on hides of organizations; an App still tells what it was given', async () => {
    const headers = { 'x-github-sso': 'partial-results; organizations=21955855' }
    const own = { ...facts(8), full_name: 'Somebody/r8' }
    const { fetch, asked } = pages(() => Response.json([facts(1), own], { headers }))
    const { github } = await connected({ fetch, token: 'github_pat_fine' })
    expect((await github.reachedRepositories('somebody', 'User')).map(({ name }) => name)).toEqual(['Somebody/r8'])
    expect(asked).toEqual(['/user/repos?affiliation=owner%2Ccollaborator&sort=full_name&per_page=100&page=1'])
    const app = pages(() => Response.json({ total_count: 1, repositories: [own] }))
    await (await connected({ fetch: app.fetch })).github.reachedRepositories('somebody', 'User')
    expect(app.asked).toEqual(['/installation/repositories?per_page=100&page=1'])
  })

  it('are no list where single sign-on hides some of them', async () => {
    const headers = { 'x-github-sso': 'partial-results; organizations=21955855' }
    const { github } = await connected({ fetch: pages(() => Response.json([facts(1)], { headers })).fetch })
    expect(await failureOf(github.repositories('hmcts'))).toMatchObject({ refusal: 'sso', fallsBack: true })
  })

  it('without an end are given up', async () => {
    const { fetch, asked } = pages(() => Response.json([], { headers: next }))
    const { github } = await connected({ fetch })
    expect(await failureOf(github.repositories('hmcts'))).toMatchObject({ refusal: 'unreadable', fallsBack: false })
    expect(asked).toHaveLength(1000)
  })

  it.each([[{}], [[{ id: 1 }]], [['x']]])('that are %j cannot be read', async (body) => {
    const { github } = await connected({ fetch: pages(() => Response.json(body)).fetch })
    expect(await failureOf(github.repositories('hmcts'))).toMatchObject({ refusal: 'unreadable' })
  })
})

it('the secrets of a repository come in one request, by their names in capitals', async () => {
  const secrets = [{ name: 'Feed_Token', created_at: '2026-11-01T00:00:00Z', updated_at: '2026-11-20T08:00:00Z' }]
  const { fetch, asked } = pages(() => Response.json({ total_count: 1, secrets }))
  const { github } = await connected({ fetch })
  expect([...(await github.secretsOf(repository, 'dependabot'))]).toEqual([
    ['FEED_TOKEN', Date.parse('2026-11-20T08:00:00Z')],
  ])
  expect(asked).toEqual(['/repos/hmcts/rpx/dependabot/secrets?per_page=100&page=1'])
})

it('the organization secrets that reach a repository are known by their names', async () => {
  const { fetch, asked } = pages(() => Response.json({ total_count: 1, secrets: [{ name: 'Feed_Token' }] }))
  const { github } = await connected({ fetch })
  expect(await github.organizationSecretsOf('hmcts/rpx', 'actions')).toEqual(['FEED_TOKEN'])
  expect(asked).toEqual(['/repos/hmcts/rpx/actions/organization-secrets?per_page=100&page=1'])
})

describe('the hourly amount', () => {
  const told = (remaining: number, reset: number) => () =>
    Response.json([], { headers: { 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': String(reset) } })

  it('is not known before GitHub tells it, then leaves some for the end, and is new after the reset', async () => {
    const reset = START / SECOND + 3600
    const { github, wire } = await connected({ fetch: pages(told(350, reset)).fetch })
    expect(github.allowance().requests).toBe(Infinity)
    await github.room(10_000, 'look')
    await github.repositories('hmcts')
    expect(github.allowance()).toMatchObject({ requests: 250, resetsAt: (reset + 1) * SECOND, livesAnHour: true })
    await github.room(250, 'look')
    wire.clock.pass(HOUR + SECOND)
    expect(github.allowance().requests).toBe(Infinity)
  })

  it('is the least of answers that arrive in any order', async () => {
    const answers = [told(300, START / SECOND + 60), told(299, START / SECOND + 61), told(301, START / SECOND + 60)]
    const { github } = await connected({ fetch: () => Promise.resolve((answers.shift() ?? told(0, 0))()) })
    for (let times = 0; times < 3; times += 1) await github.repositories('hmcts')
    expect(github.allowance().requests).toBe(199)
  })

  it('that is too small is waited for', async () => {
    const { github, wire } = await connected({ fetch: pages(told(101, START / SECOND + 600)).fetch })
    await github.repositories('hmcts')
    await github.room(2, 'write the secrets')
    expect(wire.clock.now() - START).toBe(601 * SECOND)
  })

  it('that is too small for longer than may be waited stops whoever asks', async () => {
    const { github, wire } = await connected({ fetch: pages(told(101, START / SECOND + 3600)).fetch })
    await github.repositories('hmcts')
    await expect(github.room(2, 'write the secrets')).rejects.toMatchObject({
      kind: 'rate-limited',
      doing: 'write the secrets',
    })
    await expect(github.room(2, 'write the secrets', START + 60 * SECOND)).rejects.toThrow(
      /no write may start that late/,
    )
    expect(wire.clock.slept).toEqual([])
  })
})
