import { randomUUID } from 'node:crypto'
import { unknownPath } from '../unknown-path.ts'
import type { WireAnswer, WireRequest } from '../wire.ts'
import { apiVersion, exception, notSignedIn, refuseVersion, suppressesSignIn, unauthorized } from './answers.ts'
import { recordPatChange } from './audit-log.ts'
import type { AzureDevOps, Pat } from './azure-devops.ts'
import { callerOf } from './caller.ts'
import { listPats } from './pat-list.ts'
import { refuseCreation, refuseScope, within } from './pat-policies.ts'
import { createPatValue } from './pat-value.ts'
import { stored } from './timestamps.ts'
import { wirePat } from './wire-pat.ts'

interface PatRequest {
  readonly authorizationId?: string | undefined
  readonly displayName?: string | undefined
  readonly scope?: string | undefined
  readonly validTo?: number | undefined
  readonly allOrgs?: boolean | undefined
}

/** /{organization}/_apis/tokens/pats, for a user's bearer only. */
export function handlePats(ado: AzureDevOps, request: WireRequest): WireAnswer {
  const caller = callerOf(ado, request.headers.authorization)
  if (caller.kind === 'nobody') return notSignedIn(ado, request)
  if (caller.kind === 'refused') {
    if (caller.why === 'tenant') return unauthorized(ado, caller.oid)
    return caller.credential === 'basic' && suppressesSignIn(request) ? unauthorized(ado) : notSignedIn(ado, request)
  }
  const status = ado.behaviour.invalidAccessStatus
  if (caller.kind === 'application') {
    return exception(status, 'InvalidAccessException', 'Service principals are not allowed to perform this action.')
  }
  // A user's token as Basic password is no mechanism that this API takes either.
  if (caller.kind === 'pat' || !/^bearer /i.test(request.headers.authorization ?? '')) {
    return exception(status, 'InvalidAccessException', 'The requested operation is not allowed.')
  }
  const { oid, scopes } = caller.token
  const accepted = ['user_impersonation', 'vso.pats_manage', ...(request.method === 'GET' ? ['vso.pats'] : [])]
  if (!scopes.some((scope) => accepted.includes(scope))) return unauthorized(ado, oid)
  const answer = refuseVersion(request, 'Tokens/Pats') ?? operate(ado, request, oid)
  recordPatChange(ado, request, answer)
  return answer
}

function operate(ado: AzureDevOps, request: WireRequest, owner: string): WireAnswer {
  const id = request.url.searchParams.get('authorizationId')
  switch (request.method) {
    case 'GET':
      return id === null ? listPats(ado, request.url.searchParams, owner) : getPat(ado, request, id, owner)
    case 'DELETE':
      return revokePat(ado, id ?? '', owner)
    case 'POST':
    case 'PUT': {
      const asked = readBody(request.body)
      if ('status' in asked) return asked
      return request.method === 'POST' ? createPat(ado, request, asked, owner) : updatePat(ado, request, asked, owner)
    }
    default:
      return unknownPath()
  }
}

function getPat(ado: AzureDevOps, request: WireRequest, id: string, owner: string): WireAnswer {
  const pat = byId(ado, id)
  if (pat === undefined) return refused(request, 'tokenNotFound')
  return pat.owner === owner ? granted(ado, request, pat) : refused(request, 'accessDenied')
}

function createPat(ado: AzureDevOps, request: WireRequest, asked: PatRequest, owner: string): WireAnswer {
  const now = ado.now()
  const injected = ado.takeMintError()
  if (injected !== undefined) return refused(request, injected.error, injected.message)
  const { displayName = '', scope = '', validTo = -Infinity, allOrgs = false } = asked
  if (displayName.trim() === '') return refused(request, 'displayNameRequired')
  if (displayName.length > 256) return refused(request, 'invalidDisplayName')
  const refusal = refuseScope(ado.policies, scope) ?? refuseCreation(ado.policies, scope, allOrgs)
  if (refusal !== undefined) return refused(request, refusal)
  const end = within(ado.policies, validTo, now, now)
  if (typeof end === 'string') return refused(request, end)
  const pat: Pat = {
    authorizationId: randomUUID(),
    displayName,
    scope,
    validFrom: stored(now),
    validTo: stored(end),
    token: createPatValue(),
    targetAccounts: allOrgs ? null : [ado.organization.id],
    revoked: false,
    revokedAt: Infinity,
    owner,
    usableFrom: now + ado.behaviour.propagationSeconds * 1000,
    used: false,
  }
  ado.pats.push(pat)
  return granted(ado, request, pat, pat.token)
}

/** Changes only what the body names. The secret stays, and is never shown again. */
function updatePat(ado: AzureDevOps, request: WireRequest, asked: PatRequest, owner: string): WireAnswer {
  const now = ado.now()
  const pat = byId(ado, asked.authorizationId ?? '')
  if (pat === undefined)
    return refused(request, asked.authorizationId === undefined ? 'invalidAuthorizationId' : 'tokenNotFound')
  if (pat.owner !== owner) return refused(request, 'accessDenied')
  if (pat.revoked) return refused(request, 'invalidToken')
  if (now >= pat.validTo) return refused(request, 'expiredPatCannotBeExtended')
  if (asked.displayName?.trim() === '') return refused(request, 'displayNameRequired')
  if ((asked.displayName?.length ?? 0) > 256) return refused(request, 'invalidDisplayName')
  if (asked.scope !== undefined) {
    const refusal = refuseScope(ado.policies, asked.scope)
    if (refusal !== undefined) return refused(request, refusal)
  }
  if (asked.allOrgs === true && ado.policies.restrictGlobal) return refused(request, 'globalPATCreationBlocked')
  let { validTo } = pat
  if (asked.validTo !== undefined) {
    const covered = ado.policies.creationCoversExtension && asked.validTo > pat.validTo
    const refusal = covered ? refuseCreation(ado.policies, asked.scope ?? pat.scope, false) : undefined
    if (refusal !== undefined) return refused(request, refusal)
    const end = within(ado.policies, asked.validTo, pat.validFrom, now)
    if (typeof end === 'string') return refused(request, end)
    validTo = stored(end)
  }
  pat.validTo = validTo
  pat.displayName = asked.displayName ?? pat.displayName
  pat.scope = asked.scope ?? pat.scope
  if (asked.allOrgs !== undefined) pat.targetAccounts = asked.allOrgs ? null : [ado.organization.id]
  return granted(ado, request, pat)
}

function revokePat(ado: AzureDevOps, id: string, owner: string): WireAnswer {
  const pat = byId(ado, id)
  if (pat?.owner !== owner || (pat.revoked && ado.behaviour.revokedAgainStatus === 404)) {
    return exception(
      404,
      'SessionTokenNotFoundException',
      `The session token with authorization ID ${id} was not found.`,
    )
  }
  if (!pat.revoked) pat.revokedAt = ado.now()
  pat.revoked = true
  return { status: 204 }
}

function byId(ado: AzureDevOps, id: string): Pat | undefined {
  return ado.pats.find((pat) => pat.authorizationId === id.toLowerCase())
}

function granted(ado: AzureDevOps, request: WireRequest, pat: Pat, token: string | null = null): WireAnswer {
  return result(request, wirePat(ado, pat, token), 'none', null)
}

function refused(request: WireRequest, error: string, message = ''): WireAnswer {
  return result(request, null, error, message === '' ? `The operation was refused: ${error}.` : message)
}

/** 200, whatever became of it. Only 7.2 knows the message. */
function result(
  request: WireRequest,
  patToken: unknown,
  patTokenError: string,
  patTokenErrorMessage: string | null,
): WireAnswer {
  const speaks72 = apiVersion(request)?.startsWith('7.2') ?? false
  return { status: 200, body: { patToken, patTokenError, ...(speaks72 ? { patTokenErrorMessage } : {}) } }
}

/** The body as .NET would bind it: `null` is a value not given, a date that is none fails the whole request. */
function readBody(text: string): PatRequest | (WireAnswer & { readonly status: number }) {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return malformedBody()
  const fields = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value as unknown]))
  const string = (name: string): string | undefined => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const validTo = string('validto')
  if (validTo !== undefined && Number.isNaN(Date.parse(validTo))) return malformedBody()
  const allOrgs = fields.get('allorgs')
  return {
    authorizationId: string('authorizationid'),
    displayName: string('displayname'),
    scope: string('scope'),
    validTo: validTo === undefined ? undefined : Date.parse(validTo),
    allOrgs: typeof allOrgs === 'boolean' ? allOrgs : undefined,
  }
}

function malformedBody(): WireAnswer {
  const message = 'TF400898: An Internal Error Occurred. Activity Id: 00000000-0000-0000-0000-000000000000.'
  return exception(400, 'JsonReaderException', message)
}
