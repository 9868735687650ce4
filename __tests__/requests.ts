import { expect } from '@jest/globals'
import type { Pat } from './emulator/azure-devops/azure-devops.ts'
import type { Scene, Told } from './scene.ts'

const verbs: readonly (readonly [RegExp, string])[] = [
  [/^GET vssps\./, 'list'],
  [/^POST vssps\./, 'mint'],
  [/^PUT vssps\./, 'change'],
  [/^DELETE vssps\./, 'revoke'],
  [/^GET feeds\..*\/permissions$/, 'permissions'],
  [/^GET feeds\./, 'probe'],
  [/^GET dev\.azure\.com\//, 'connect'],
  [/^GET auditservice\./, 'audit'],
  [/^POST login\./, 'redeem'],
  [/^GET hmcts\.vault\./, 'open vault'],
  [/^PUT hmcts\.vault\./, 'fill vault'],
  [/^GET api\.github\..*\/public-key$/, 'key'],
  [/^GET api\.github\..*\/repositories$/, 'selected'],
  [/^GET api\.github\./, 'look'],
  [/^PUT api\.github\./, 'write'],
  [/^DELETE api\.github\./, 'remove'],
]

/** What a run asked for, a verb a request, in order: `list`, `mint`, `probe`, `write` … */
export function verbsOf({ requests }: Pick<Told, 'requests'>): readonly string[] {
  return requests.map((request) => verbs.find(([pattern]) => pattern.test(request))?.[1] ?? request)
}

/** What a run changed, in order. */
export function changesOf(told: Pick<Told, 'requests'>): readonly string[] {
  return verbsOf(told).filter((verb) => ['mint', 'change', 'revoke', 'write', 'remove'].includes(verb))
}

/** Requests with what is drawn by lot taken out: authorization ids and ids of keys. */
export function withoutIds({ requests }: Pick<Told, 'requests'>): readonly string[] {
  return requests.map((request) =>
    request.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>').replace(/"key_id":"\d+"/, '"key_id":"<key>"'),
  )
}

/** The bot's PATs that still work, oldest first. */
export function alive(scene: Scene): readonly Pat[] {
  return scene.ado.pats.filter((pat) => !pat.revoked && pat.validTo > scene.ado.now())
}

/** Which of the bot's PATs are revoked: a flag for each, in the order in which they came to be. */
export function revoked(scene: Scene): readonly boolean[] {
  return scene.ado.pats.map((pat) => pat.revoked)
}

/**
 * Whatever happened: the next run renews, and once the grace time is over the state is as if nothing had happened.
 * One live PAT, held by the secret, nothing orphaned.
 */
export async function endsWell(scene: Scene, inputs: Readonly<Record<string, string>> = {}): Promise<void> {
  expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'renewed', deliveredTo: 'organization' })
  scene.daysPass(2)
  expect((await scene.run(inputs)).conclusion).toMatchObject({ outcome: 'not-due', superseded: [] })
  expect(alive(scene)).toEqual([scene.held()])
}
