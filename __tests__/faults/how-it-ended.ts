import { type World } from '../world.ts'
import { type Evidence, unless } from './evidence.ts'
import { acceptedWrites, type LedgerEntry, managedOf } from './ledger.ts'
import { nowIn, pathOf, placesOf, secretsWanted } from './places.ts'
import type { Scene } from './scenes.ts'

/** Struck runs have AZURE_LOG_LEVEL=verbose, with which Azure's libraries write there. Leaks are looked for in it too. */
const AZURE_SDK_LOG = 'azure:'

/** 4: exit 0 after a renewal, exit 1 with one sentence that helps where it failed. */
export function wrongEnd(evidence: Evidence, last: LedgerEntry): readonly string[] {
  const { struck } = last
  const run = withoutLateSignal(last)
  if (struck?.kind === 'stop' && struck.by === 'sigkill')
    return unless(run.signal === 'SIGKILL', '4: the process was not killed')
  // What main says last is why the step failed.
  const said = [...run.shown.matchAll(/^(?: {2})?Error: (.*)$/gm)].at(-1)?.[1] ?? ''
  return [
    ...unless(run.signal === null, `4: the run did not end by itself (${run.signal})`),
    ...unless(run.exitCode === 0 || run.exitCode === 1, `4: exit code ${run.exitCode}`),
    ...unless(
      run.stderr === '' || (struck !== undefined && run.stderr.startsWith(AZURE_SDK_LOG)),
      `4: standard error says: ${run.stderr.slice(0, 300)}`,
    ),
    ...unless(!run.shown.includes('The action broke'), '4: the action broke'),
    ...(run.exitCode === 0 ? wrongSuccess : wrongFailure)(evidence, last, said),
    ...(struck?.kind === 'stop' ? leftBehind(evidence, last) : []),
  ]
}

/** A runner's SIGTERM may meet a process that has reported everything and is being torn down by Node: as if it had come later. */
function withoutLateSignal({ run, struck }: LedgerEntry): LedgerEntry['run'] {
  const reported = /^ *Outcome: (.+)\.$/m.exec(run.shown)?.[1]
  const late = struck?.kind === 'stop' && struck.by === 'cancel' && run.signal === 'SIGTERM' && reported !== undefined
  return late ? { ...run, signal: null, exitCode: reported === 'failed' ? 1 : 0 } : run
}

function wrongFailure({ scene }: Evidence, last: LedgerEntry, said: string): readonly string[] {
  const { outcome, reason = '' } = last.run.outputs
  // What was answered after the signal was sent, a cancelled run may not have read any more.
  const stopped = last.exchanges.find(({ struck }) => last.struck?.kind === 'stop' && struck === true)?.arrived
  const known = last.exchanges.filter(({ left = Infinity }) => left <= (stopped ?? Infinity))
  return [
    ...unless(outcome === 'failed', `4: exit 1, and the outcome ${outcome}`),
    ...unless(/^Could not .+?\. .+\S{3}.*\.$/.test(said), `4: no sentence with a hint: ${said}`),
    ...unless(reason === said || reason.startsWith(said.slice(0, 200)), `4: another reason than the error: ${reason}`),
    ...unless(!reachedAll(scene, acceptedWrites(known)), '4: exit 1, though every place got the new PAT'),
  ]
}

/** Each secret is written to the organization or, in its place, to all that `repositories` names. */
function reachedAll(scene: Scene, accepted: ReadonlySet<string>): boolean {
  return secretsWanted(scene).every(
    (secret) =>
      accepted.has(pathOf('hmcts', secret)) || scene.repositories.every((name) => accepted.has(pathOf(name, secret))),
  )
}

function wrongSuccess({ scene, world, runs }: Evidence, { run, before }: LedgerEntry, said: string): readonly string[] {
  const { outcome } = run.outputs
  const renewed = secretsWanted(scene).every((secret) => {
    const isNew = (home: string): boolean => {
      const pat = world.held(home, secret.store, secret.name)
      return pat !== undefined && !before.includes(pat)
    }
    return isNew('hmcts') || served(world, scene, secret, isNew)
  })
  return [
    ...unless(
      outcome === 'renewed' || (outcome === 'not-due' && runs.length > 1),
      `4: exit 0, and the outcome ${outcome}`,
    ),
    ...unless(outcome !== 'renewed' || renewed, '4: "renewed", and not every place has a newer PAT'),
    ...unless(said === '', `4: exit 0 with an error: ${said}`),
  ]
}

/** Whether all of `repositories` hold a newer PAT than the organization, and one of them has it from this run. */
function served(
  world: World,
  { repositories }: Scene,
  { store, name }: ReturnType<typeof secretsWanted>[number],
  isNew: (home: string) => boolean,
): boolean {
  const since = (home?: string): number => world.held(home, store, name)?.validFrom ?? 0
  return repositories.some(isNew) && repositories.every((home) => since(home) > since())
}

/** Of a cancelled run: what it minted is delivered, revoked, or named in the log. */
function leftBehind({ scene, world }: Evidence, { run, before }: LedgerEntry): readonly string[] {
  const held = placesOf(world, scene).map(nowIn)
  return managedOf(world)
    .filter((pat) => !before.includes(pat) && !pat.revoked && !held.includes(pat))
    .filter(({ displayName }) => !run.shown.includes(displayName))
    .map(({ displayName }) => `4: "${displayName}" is delivered nowhere, neither revoked nor named in the log`)
}
