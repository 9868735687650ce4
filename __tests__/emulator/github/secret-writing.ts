import type { WireAnswer } from '../wire.ts'
import { requireAll, invalidRequest, Refusal, text } from './answers.ts'
import { isStrictBase64 } from './boxes.ts'
import type { Call } from './routes.ts'
import type { Metadata, Organization, SecretVisibility, Store, World } from './world.ts'

const maximumBytes = 48 * 1024
const organizationLimit = 1000
const repositoryLimit = 100

export function secretName(name: string): string {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) {
    const rule = 'Secret names can only contain alphanumeric characters or underscores, and must not start with a digit'
    throw new Refusal(422, `${rule}: ${name}.`)
  }
  if (name.startsWith('GITHUB_')) throw new Refusal(422, `Secret names must not start with GITHUB_: ${name}.`)
  return name
}

/** What was sealed into the request, once its box opens with the place's present key. */
export function sealedValue(
  { world, body }: Call,
  place: string,
  name: string,
  { mayBeLeftOut }: { readonly mayBeLeftOut: boolean },
): string | undefined {
  if (mayBeLeftOut && body.encrypted_value === undefined && body.key_id === undefined) return undefined
  requireAll(body, ['encrypted_value', 'key_id'])
  const encrypted = text(body, 'encrypted_value') ?? ''
  const keyId = text(body, 'key_id') ?? ''
  if (!isStrictBase64(encrypted)) {
    throw invalidRequest("For 'properties/encrypted_value', the value does not match the pattern of base64.")
  }
  if (!world.boxes.isCurrent(place, keyId)) {
    const status = world.boxes.staleStatus(place)
    throw new Refusal(status, status === 409 ? 'Conflict: the public key has changed.' : 'Bad request - unknown key_id')
  }
  const value = world.boxes.open(place, encrypted)
  if (value === undefined) {
    throw new Refusal(422, 'Bad request - validation failed: this is not a valid encrypted value')
  }
  if (Buffer.byteLength(value) > maximumBytes) throw new Refusal(422, `${name} is too large: at most 48 KB.`)
  return value
}

/** Who may read the secret from now on: exactly what this request says, whatever was before. */
export function accessPolicy(
  call: Call,
  organization: Organization,
  store: Store,
): Pick<Metadata, 'visibility' | 'selectedRepositoryIds'> {
  requireAll(call.body, ['visibility'])
  const visibility = text(call.body, 'visibility')
  if (!isVisibility(visibility)) {
    throw invalidRequest(
      `For 'properties/visibility', ${visibility} is not a member of ["all", "private", "selected"].`,
    )
  }
  const selectedRepositoryIds = selectedIds(call, organization, store, false)
  if (visibility !== 'selected' && selectedRepositoryIds.length > 0) {
    throw invalidRequest('You can only provide a list of repository ids when the visibility is set to selected.')
  }
  return { visibility, selectedRepositoryIds }
}

const isVisibility = (value: string | undefined): value is SecretVisibility =>
  value === 'all' || value === 'private' || value === 'selected'

export function selectedIds(
  { world, body }: Call,
  organization: Organization,
  store: Store,
  mustBeThere: boolean,
): readonly number[] {
  if (mustBeThere) requireAll(body, ['selected_repository_ids'])
  const given: unknown = body.selected_repository_ids ?? []
  if (!Array.isArray(given)) throw invalidRequest("For 'properties/selected_repository_ids', it is not an array.")
  const takesText = !mustBeThere && (store === 'actions' || store === 'dependabot')
  const ids = given.map((item: unknown) => {
    if (typeof item === 'number' && Number.isInteger(item)) return item
    if (takesText && typeof item === 'string' && /^\d+$/.test(item)) return Number(item)
    throw invalidRequest(`For 'items', ${JSON.stringify(item)} is not an integer.`)
  })
  for (const id of ids) {
    const owner = world.repositoryById(id)?.owner.toLowerCase()
    if (owner !== organization.login.toLowerCase()) {
      throw new Refusal(422, `Repository ${id} does not belong to the organization.`)
    }
  }
  return [...new Set(ids)]
}

/** Writes the secret: 201 when it is new, 204 when it was there. Without a value only the access changes. */
export function put(
  world: World,
  place: string,
  policy: Pick<Metadata, 'name' | 'visibility' | 'selectedRepositoryIds'>,
  value: string | undefined,
  by: string,
): WireAnswer {
  const { name, visibility, selectedRepositoryIds } = policy
  const key = `${place} ${name}`
  const now = world.now()
  const existing = world.secrets.get(key)
  if (existing === undefined) refuseOneTooMany(world, place, name)
  const secret = existing ?? { metadata: { ...policy, createdAt: now, updatedAt: now }, value: '', history: [] }
  const before = existing?.metadata
  secret.metadata = { name, visibility, selectedRepositoryIds, createdAt: secret.metadata.createdAt, updatedAt: now }
  if (value !== undefined) {
    secret.value = value
    secret.history.push({ value, at: now, by })
  }
  const { eventual } = world.modes
  if (eventual === undefined) delete secret.outdated
  else {
    const { seconds, readings } = eventual
    const until = seconds === undefined && readings !== undefined ? Infinity : now + (seconds ?? 0) * 1000
    secret.outdated = { shown: before, until, readings: readings ?? Infinity }
  }
  world.secrets.set(key, secret)
  return existing === undefined ? { status: 201, body: {} } : { status: 204 }
}

function refuseOneTooMany(world: World, place: string, name: string): void {
  const limit = place.startsWith('organization:') ? organizationLimit : repositoryLimit
  const count = [...world.secrets.keys()].filter((key) => key.startsWith(`${place} `)).length
  if (count >= limit) throw new Refusal(422, `${name} cannot be added: there are ${limit} secrets already.`)
}
