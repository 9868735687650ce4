/**
 * Seeds that have shown a bug, each with what it was. A seed plays another story once the simulation throws its dice in
 * another order, so what it showed is written down too.
 */
export const keptSeeds: readonly (readonly [seed: number, bug: string])[] = [
  [
    923,
    'a mixed delivery was marked delivered: what the refused store still held was revoked after a change of access',
  ],
  [1495, 'a mixed delivery was marked delivered: what the refused, unreadable store still held was never extended'],
  [
    493,
    'a revoked PAT no longer ended its sweep: a copy that held an old unfinished PAT made a renewal due again and again',
  ],
  [169, "current-pat showed a stale copy of the job's own repository: every run renewed, and none mended it"],
  [7245, 'what repositories and some stores held of a fallback was not extended while GitHub refused the credential'],
  [8329, 'what a store held of a mixed fallback was not extended once somebody had changed who can read it'],
  [17274, 'a change of visibility between two readings would have left the secret to no repository at all'],
  [56616, 'a 5xx write that did happen: its PAT, marked fallback, was not extended while the secret could not be read'],
]
