/** Left out of `npm test`, which is to stay short: `npm run test:slow` runs these, `npm run coverage` runs all. */
export const slow = [
  'bundle/a-sweep-over-all-repositories-is-completed-after-a-kill.test.ts',
  'bundle/a-person-signs-in-once-and-renewals-find-the-refresh-token.test.ts',
  'bundle/every-client-honours-the-proxy-and-its-exceptions.test.ts',
  'bundle/however-answers-are-carried-they-are-read.test.ts',
  'bundle/people-are-told-and-a-build-verifies.test.ts',
  'docs/every-recipe-is-run.test.ts',
  'leaks/no-run-shows-a-secret.test.ts',
  'races/*.test.ts',
  'renew/azure/no-single-answer-breaks-the-renewal-for-good.test.ts',
  'renew/github/months-go-by.test.ts',
  'report/a-summary-of-any-size-fits.test.ts',
]

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...slow.map((file) => `/__tests__/${file.replace('*', '[^/]*')}$`)],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] },
  collectCoverageFrom: ['src/**/*.ts', '!src/index.ts'],
  coverageReporters: ['text-summary', 'lcovonly'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
  // Jest leaves one core idle, which on a machine with two is half of it.
  maxWorkers: '100%',
  testTimeout: 60_000,
}
