import { DAY } from '../../src/clock.ts'
import { organizationPlaces, repositoryPlaces } from '../../src/operations/steps/places.ts'
import type { Place } from '../../src/place.ts'
import type { Dice } from './dice.ts'
import { inputsFor, type Setup } from './runs.ts'
import { type Access, keyOf, type Secret, type World, type WorldPat } from './world.ts'

const SCOPES = ['vso.packaging_write']

/** What people do by hand between and during the runs. */
export function meddle(world: World, dice: Dice, setup: Setup): void {
  const inputs = inputsFor(setup, {})
  const organization = organizationPlaces(inputs)
  const places = dice.chance(0.6) && organization.length > 0 ? organization : repositoryPlaces(inputs)
  const place = places[dice.whole(0, places.length - 1)]
  if (place === undefined) return
  const deed = dice.whole(0, 9)
  if (deed < 4) overwrite(world, dice, place)
  else if (deed < 6) revokeByHand(world, dice)
  else if (deed < 9) changeAccess(world, dice)
  else if (world.remove(place)) {
    world.removedByHand.set(keyOf(place), world.now)
    world.tell(`somebody removes ${keyOf(place)}`)
  }
}

/** A PAT of a person, or something that never was one. */
function overwrite(world: World, dice: Dice, place: Place): void {
  const pat = dice.chance(0.8) ? patByHand(world, dice.whole(5, 60)) : undefined
  const text = pat?.value ?? `no PAT at all, ${world.now}`
  world.write(place, place.form === 'plain' ? text : Buffer.from(text).toString('base64'), { byHand: true })
  world.tell(`somebody writes ${pat === undefined ? 'what is no PAT' : 'a PAT of their own'} to ${keyOf(place)}`)
}

export function patByHand(world: World, days: number): WorldPat {
  const validFrom = world.azureDevOpsTime()
  return world.addPat({
    displayName: 'AZURE_DEVOPS_ARTIFACT_TOKEN [hmcts] made by hand',
    scopes: SCOPES,
    validFrom,
    validTo: validFrom + days * DAY,
    knownFrom: world.now,
    proved: true,
  })
}

function revokeByHand(world: World, dice: Dice): void {
  const alive = world.pats.filter((pat) => world.isAlive(pat))
  const pat = alive[dice.whole(Math.max(0, alive.length - 3), alive.length - 1)]
  if (pat === undefined) return
  pat.revokedBy = 'person'
  world.tell(`somebody revokes "${pat.displayName}"`)
}

function changeAccess(world: World, dice: Dice): void {
  const secrets = [...world.secrets.values()].filter(({ place }) => place.home.kind === 'organization')
  const secret: Secret | undefined = secrets[dice.whole(0, secrets.length - 1)]
  if (secret === undefined) return
  const access: Access = dice.pick<Access>(
    { visibility: 'all', selected: [] },
    { visibility: 'private', selected: [] },
    { visibility: 'selected', selected: [1] },
    { visibility: 'selected', selected: [1, 2, 40] },
  )
  world.changeAccess(secret, access)
  world.tell(`somebody lets ${access.visibility} ${access.selected.join()} read ${keyOf(secret.place)}`)
}
