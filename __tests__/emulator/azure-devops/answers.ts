import { randomUUID } from 'node:crypto'
import { signInPage, signInRedirect } from '../faults.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import type { AzureDevOps } from './azure-devops.ts'

/** An exception as the REST framework serializes it. */
export function exception(
  status: number,
  typeKey: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer {
  return {
    status,
    headers: { 'x-tfs-serviceerror': encodeURIComponent(message).replaceAll('%20', '+'), ...headers },
    body: {
      $id: '1',
      innerException: null,
      message,
      typeName: `Microsoft.VisualStudio.Services.WebApi.${typeKey}, Microsoft.VisualStudio.Services.WebApi`,
      typeKey,
      errorCode: 0,
      eventId: 3000,
    },
  }
}

export function unauthorized(ado: AzureDevOps, user = ''): WireAnswer {
  const message = `TF400813: The user '${user}' is not authorized to access this resource.`
  return exception(401, 'UnauthorizedRequestException', message, challenges(ado))
}

/** Three challenges in one header, as npm prints them: "Unable to authenticate, need: Bearer …, Basic …, TFS-Federated". */
export function challenges(ado: AzureDevOps): Readonly<Record<string, string>> {
  return {
    'www-authenticate': `Bearer authorization_uri=https://login.windows.net/${ado.tenant}, Basic realm="https://pkgsprodsu3weu.pkgs.visualstudio.com/", TFS-Federated`,
  }
}

export function expiredPat(ado: AzureDevOps): WireAnswer {
  const message = 'Access Denied: The Personal Access Token used has expired.'
  return exception(401, 'AccessCheckException', message, challenges(ado))
}

/** Asked for no redirects to a sign-in. */
export function suppressesSignIn(request: WireRequest): boolean {
  return request.headers['x-tfs-fedauthredirect']?.toLowerCase() === 'suppress'
}

/**
 * What anybody gets who brought no credential, or a bearer that is none (PATs have an answer of their own). The PAT API
 * redirects to a sign-in unless asked not to; elsewhere a bad bearer is answered with the page itself.
 */
export function notSignedIn(ado: AzureDevOps, request: WireRequest): WireAnswer {
  const suppressed = suppressesSignIn(request)
  const bearer = /^bearer /i.test(request.headers.authorization ?? '')
  if (!suppressed && (!bearer || request.url.host === 'vssps.dev.azure.com')) return signInRedirect(request.url)
  const shown = bearer && ['GET', 'POST', 'HEAD'].includes(request.method)
  return shown && ado.behaviour.badBearer === 'sign-in-page' ? signInPage() : unauthorized(ado)
}

/** The version asked for, in the query or in `accept`. */
export function apiVersion(request: WireRequest): string | undefined {
  return request.url.searchParams.get('api-version') ?? /api-version=([^;,\s]+)/.exec(request.headers.accept ?? '')?.[1]
}

/** Preview resources want `-preview` in so many words. */
export function refuseVersion(request: WireRequest, resource: string, newest = '7.2'): WireAnswer | undefined {
  const version = apiVersion(request)
  if (version === undefined) {
    const message = `No api-version was supplied for the "${request.method}" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").`
    return exception(400, 'VssVersionNotSpecifiedException', message)
  }
  const [number = ''] = version.split('-')
  if (!/^\d\.\d(-preview(\.\d)?)?$/.test(version) || Number(number) > Number(newest)) {
    const message = `The requested REST API version of ${version} is out of range for this server. The latest REST API version this server supports is ${newest}.`
    return exception(400, 'VssVersionOutOfRangeException', message)
  }
  if (/^(6\.1|7\.0|7\.1|7\.2)-preview(\.1)?$/.test(version)) return undefined
  const message = `The requested version "${version}" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "${number}-preview" (${resource})`
  return exception(400, 'VssInvalidPreviewVersionException', message)
}

export function tooManyRequests(ado: AzureDevOps, seconds: number): WireAnswer {
  const message =
    'TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource "Concurrency" in namespace "User".'
  const reset = String(Math.ceil(ado.now() / 1000) + seconds)
  return exception(429, 'RequestBlockedException', message, {
    'retry-after': String(seconds),
    'x-ratelimit-resource': 'Concurrency/User',
    'x-ratelimit-delay': String(seconds),
    'x-ratelimit-limit': '200',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': reset,
  })
}

/** The delayed phase: everything is done, and the caller is asked to wait before the next request. */
export function delayed(ado: AzureDevOps, answer: WireAnswer, seconds: number): WireAnswer {
  const headers = {
    'retry-after': String(seconds),
    'x-ratelimit-resource': 'Concurrency/User',
    'x-ratelimit-delay': '0.5',
    'x-ratelimit-limit': '200',
    'x-ratelimit-remaining': '12',
    'x-ratelimit-reset': String(Math.ceil(ado.now() / 1000) + seconds),
  }
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** Headers that every answer of Azure DevOps carries. */
export function branded(ado: AzureDevOps, answer: WireAnswer): WireAnswer {
  const activity = randomUUID()
  const headers = {
    date: new Date(ado.now()).toUTCString(),
    'x-vss-e2eid': activity,
    activityid: activity,
    'x-tfs-session': randomUUID(),
    'x-vss-resourcetenant': ado.tenant,
    'x-msedge-ref': `Ref A: ${activity.replaceAll('-', '').toUpperCase()} Ref B: LON`,
    ...answer.headers,
  }
  return { ...answer, headers }
}
