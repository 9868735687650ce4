import { randomUUID } from 'node:crypto'
import { unknownPath } from '../unknown-path.ts'
import type { Service, WireAnswer, WireRequest, WorldClock } from '../wire.ts'
import { signJwt } from './jwt.ts'

/** Repositories made after 2026-07-15 have their ids in it. */
export const GITHUB_SUBJECT = 'repo:hmcts@9013440/.github@712345678:ref:refs/heads/main'

export interface GitHubOidc extends Service {
  subject: string
  /** For ACTIONS_ID_TOKEN_REQUEST_URL. */
  readonly requestUrl: string
  /** For ACTIONS_ID_TOKEN_REQUEST_TOKEN. */
  readonly requestToken: string
  /** Every id token given out. */
  readonly issued: string[]
  /** Makes one without a request. `lifetime` in seconds. */
  issue(audience: string, lifetime?: number): string
}

export interface GitHubOidcOptions {
  readonly clock: WorldClock
  readonly subject?: string
  readonly requestToken?: string
}

const HOST = 'pipelines.actions.githubusercontent.com'
/** Seconds. GitHub's id tokens live that long, whatever the job does. */
const LIFETIME = 300

/** The runner's OIDC endpoint, for `core.getIDToken`. */
export function createGitHubOidc(options: GitHubOidcOptions): GitHubOidc {
  const path = `/${randomUUID().replaceAll('-', '')}/00000000-0000-0000-0000-000000000000/_apis/distributedtask/hubs/Actions/plans/${randomUUID()}/jobs/${randomUUID()}/idtoken`
  const oidc: GitHubOidc = {
    name: 'actions-oidc',
    hosts: [HOST],
    subject: options.subject ?? GITHUB_SUBJECT,
    requestUrl: `https://${HOST}${path}?api-version=2.0`,
    requestToken: options.requestToken ?? signJwt({ iss: 'vstoken.actions.githubusercontent.com', jti: randomUUID() }),
    issued: [],
    issue(audience, lifetime = LIFETIME) {
      const issuedAt = Math.floor(options.clock.now() / 1000)
      const value = signJwt({
        jti: randomUUID(),
        sub: oidc.subject,
        aud: audience,
        iss: 'https://token.actions.githubusercontent.com',
        repository_owner: 'hmcts',
        runner_environment: 'github-hosted',
        iat: issuedAt,
        nbf: issuedAt - 600,
        exp: issuedAt + lifetime,
      })
      oidc.issued.push(value)
      return value
    },
    handle(request) {
      return request.url.pathname === path && request.method === 'GET' ? answer(request) : unknownPath()
    },
    describe: () => '<body>',
  }
  return oidc

  function answer(request: WireRequest): WireAnswer {
    if (request.headers.authorization !== `Bearer ${oidc.requestToken}`) {
      return { status: 401, body: { message: 'Unauthorized' } }
    }
    const audience = request.url.searchParams.get('audience')
    return { status: 200, body: { count: 1, value: oidc.issue(audience ?? 'https://github.com/hmcts') } }
  }
}
