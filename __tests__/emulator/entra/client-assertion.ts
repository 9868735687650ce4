import type { WireAnswer } from '../wire.ts'
import { entraError } from './errors.ts'
import { isSignedHere, readJwt } from './jwt.ts'
import type { Application, Entra } from './model.ts'

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** What is wrong with the client's assertion, as an answer. Each one is taken once. */
export function checkClientAssertion(
  entra: Entra,
  application: Application,
  form: URLSearchParams,
): WireAnswer | undefined {
  const now = entra.now()
  const assertion = form.get('client_assertion') ?? ''
  const claims = readJwt(assertion)
  if (form.get('client_assertion_type') !== TYPE || claims === undefined) {
    return entraError(50027, now, 'JWT token is invalid or malformed.')
  }
  const { iss, sub, aud, exp, nbf, jti } = claims
  const ofIssuer = application.federated.filter((identity) => identity.issuer === iss)
  if (ofIssuer.length === 0)
    return entraError(
      700211,
      now,
      `No matching federated identity record found for presented assertion issuer '${String(iss)}'.`,
    )
  if (!isSignedHere(assertion)) return entraError(700027, now)
  const ofSubject = ofIssuer.filter((identity) => identity.subject === sub)
  if (ofSubject.length === 0) {
    return entraError(
      700213,
      now,
      `No matching federated identity record found for presented assertion subject '${String(sub)}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
    )
  }
  if (!ofSubject.some((identity) => identity.audience === aud)) {
    return entraError(
      700212,
      now,
      `No matching federated identity record found for presented assertion audience '${String(aud)}'.`,
    )
  }
  if (typeof exp !== 'number' || now >= exp * 1000 || (typeof nbf === 'number' && now < nbf * 1000))
    return entraError(700024, now)
  if (typeof jti !== 'string' || entra.usedAssertions.has(jti))
    return entraError(700027, now, 'Client assertion has been used before.')
  entra.usedAssertions.add(jti)
  return undefined
}
