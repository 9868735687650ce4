/** The tests that run in one process: without the bundle, a server or the pages of docs. */
export const tests = [
  '__tests__/{afterwards,audit,check,extend,federate,github,renewal,revoke,time,vault}/*.test.ts',
  '__tests__/sign-in/a-person-signs-in-once.test.ts',
  '__tests__/hostile/a-bug-is-told-as-a-bug.test.ts',
  '__tests__/traps/azure-devops-07-to-09-which-pats-are-ours.test.ts',
  '__tests__/renew/*.test.ts',
  '__tests__/renew/{azure,bot,copies,fallback,github}/*.test.ts',
  '__tests__/renew/sweep/{a-sweep-tells,a-sweep-begins,a-sweep-that-will-not-fit,repositories-all,the-log-stays-short,many-stale}*.test.ts',
  'scripts/mutation/simulated.test.ts',
]

/** Those that take seconds to say at length what others say too: every mutant that is not noticed would wait for them. */
export const tooLong =
  /months-go-by|no-single-answer|: run after run fails|: hourly runs|as long as the fallback stands/
