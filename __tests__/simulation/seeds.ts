/**
 * Seeds that show a bug as soon as its fix is taken back, each with what it was. A seed plays another story once the
 * simulation throws its dice in another order: then take the fix back, look for the first seed that fails, and keep that.
 */
export const keptSeeds: readonly (readonly [seed: number, bug: string])[] = [
  [
    187,
    'a mixed delivery was marked delivered: the refused store lagged behind it from then on, and every run renewed',
  ],
  [138, 'a revoked PAT no longer ended its sweep: an old unfinished one that a copy held made every run renew'],
  [8, "current-pat showed a stale copy of the job's own repository: every run renewed, and none mended it"],
  [4983, 'what repositories hold of a fallback was not extended while GitHub refused the credential'],
  [54798, 'what a store holds of a mixed fallback was not extended once somebody had changed who can read it'],
  [4528, 'a change of visibility between two readings would have left the secret to no repository at all'],
]
