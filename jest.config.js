/**
 * Left out of `npm test`, which is to stay within three minutes on two cores: `npm run test:slow` runs these, and
 * `npm run coverage` runs all.
 */
export const slow = [
  'afterwards/*.test.ts',
  'audit/*.test.ts',
  'bundle/a-job-does-without-a-pat.test.ts',
  'bundle/a-person-signs-in-once-and-renewals-find-the-refresh-token.test.ts',
  'bundle/a-person-signs-in-with-a-browser-of-their-own.test.ts',
  'bundle/a-real-npm-restores-a-package.test.ts',
  'bundle/a-refused-organization-write-falls-back-to-repositories.test.ts',
  'bundle/a-rolled-refresh-token-is-stored-before-azure-devops-is-asked.test.ts',
  'bundle/a-sweep-over-all-repositories-is-completed-after-a-kill.test.ts',
  'bundle/every-client-honours-the-proxy-and-its-exceptions.test.ts',
  'bundle/every-store-is-written-and-confirmed.test.ts',
  'bundle/github-enterprise-is-asked-below-its-base-path.test.ts',
  'bundle/however-answers-are-carried-they-are-read.test.ts',
  'bundle/people-are-told-and-a-build-verifies.test.ts',
  'bundle/the-bot-signs-in-by-a-person-or-by-a-tool.test.ts',
  'bundle/the-log-is-shown-as-the-runner-shows-it.test.ts',
  'bundle/the-other-operations-leave-the-secrets-alone.test.ts',
  'bundle/the-vault-is-reached-by-the-oidc-token-of-the-job.test.ts',
  'docs/*.test.ts',
  'emulator/*.test.ts',
  'emulator/github/*.test.ts',
  'federate/*.test.ts',
  'github/github-is-asked-at-a-pace-it-allows.test.ts',
  'hostile/*.test.ts',
  'key-vault/*.test.ts',
  'leaks/*.test.ts',
  'races/*.test.ts',
  'renew/azure/no-single-answer-breaks-the-renewal-for-good.test.ts',
  'renew/github/months-go-by.test.ts',
  'renew/sweep/*.test.ts',
  'report/*.test.ts',
  'sign-in/*.test.ts',
  'simulation/every-bug-found-so-far-is-noticed.test.ts',
  'time/*.test.ts',
  'vault/*.test.ts',
  'workflows/*.test.ts',
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
