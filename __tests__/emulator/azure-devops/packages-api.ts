import { createHash } from 'node:crypto'
import { unknownPath } from '../unknown-path.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { exception } from './answers.ts'
import type { AzureDevOps } from './azure-devops.ts'
import { callerOf, hasPackagingScope, roleOn } from './caller.ts'
import type { Feed } from './feed.ts'
import { findFeed, forbidden, noSuchFeed, refuseReader } from './feeds-api.ts'
import { packument } from './npm-package.ts'

/** pkgs.dev.azure.com/{organization}[/{project}]/_packaging/{feed}/{protocol}/… */
export function handlePackages(
  ado: AzureDevOps,
  request: WireRequest,
  project: string | undefined,
  path: readonly string[],
): WireAnswer {
  const [name = '', protocol = '', ...rest] = path
  const caller = callerOf(ado, request.headers.authorization)
  const feed = findFeed(ado, name, project)
  const writes = !['GET', 'HEAD'].includes(request.method)
  // Publishing to a public feed takes a real credential all the same.
  const refusal = refuseReader(ado, request, caller, feed && (writes ? { ...feed, anonymous: false } : feed))
  if (refusal !== undefined) return refusal
  if (feed === undefined) return noSuchFeed(name)
  const role = roleOn(feed, caller)
  if (!feed.anonymous && role === 'none') return forbidden(feed, 'ReadPackages')
  const publishes = hasPackagingScope(caller, true) && (role === 'contributor' || role === 'administrator')
  if (writes && !publishes) return forbidden(feed, 'AddPackage')
  const [first = ''] = request.url.href.split(/\/_packaging\//i)
  const base = `${first}/_packaging/${name}`
  switch (protocol.toLowerCase()) {
    case 'nuget':
      return rest.join('/').toLowerCase() === 'v3/index.json' ? nuget(base) : notFound()
    case 'npm':
      return npm(feed, base, request, rest)
    case 'maven':
      return rest[0] === 'v1' ? maven(feed, request, rest.slice(1).join('/')) : notFound()
    case 'pypi':
      return pypi(rest.filter(Boolean))
    default:
      return unknownPath()
  }
}

/** Packages that are not there; the credential was good. */
function notFound(message = 'The requested package or resource was not found.'): WireAnswer {
  return exception(404, 'PackageNotFoundException', message)
}

function nuget(base: string): WireAnswer {
  const resource = (path: string, type: string): unknown => ({ '@id': `${base}/nuget/v3/${path}`, '@type': type })
  return {
    status: 200,
    body: {
      version: '3.0.0',
      resources: [
        resource('flat2/', 'PackageBaseAddress/3.0.0'),
        resource('query2/', 'SearchQueryService'),
        resource('registrations2/', 'RegistrationsBaseUrl'),
        { '@id': `${base}/nuget/v2/`, '@type': 'PackagePublish/2.0.0' },
      ],
    },
  }
}

/** Knows packages and tarballs only: search, audit and the rest are 404, as with the real registry. */
function npm(feed: Feed, base: string, request: WireRequest, path: readonly string[]): WireAnswer {
  const [registry, ...rest] = path
  if (registry !== 'registry' || rest[0] === '-') return notFound()
  const asked = decodeURIComponent(rest.join('/'))
  const [name = '', file] = asked.split('/-/')
  const found = feed.npm.find((candidate) => candidate.name === name)
  if (request.method === 'PUT') return { status: 200, body: { ok: 'created new package' } }
  if (found === undefined) return notFound()
  if (file === undefined) return { status: 200, body: packument(`${base}/npm/registry`, found) }
  return file.endsWith(`-${found.version}.tgz`) ? { status: 200, body: found.tarball } : notFound()
}

function maven(feed: Feed, request: WireRequest, path: string): WireAnswer {
  if (request.method === 'PUT') {
    if (path === '') return notFound()
    feed.maven.set(path, request.body)
    return { status: 201 }
  }
  const sum = /^(.+)\.(sha1|md5|sha256)$/.exec(path)
  const content = feed.maven.get(path) ?? feed.maven.get(sum?.[1] ?? '')
  if (content === undefined) return notFound()
  if (sum?.[2] !== undefined && !feed.maven.has(path))
    return { status: 200, body: createHash(sum[2]).update(content).digest('hex') }
  const type = path.endsWith('.pom') || path.endsWith('.xml') ? 'application/xml' : 'application/octet-stream'
  return { status: 200, headers: { 'content-type': type }, body: content }
}

function pypi(path: readonly string[]): WireAnswer {
  if (path.length !== 1 || path[0] !== 'simple') return notFound()
  return { status: 200, headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><html><body></body></html>' }
}
