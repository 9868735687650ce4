/**
 * Which mutants of the rules of renewal and of the fallback table the tests notice.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'],
  jest: {
    configFile: 'jest.mutation.config.js',
    config: { testMatch: ['<rootDir>/scripts/mutation/{rules,refusals}.ts'] },
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  // What a check says of the slot is held by its scenes, so it is among the operations.
  mutate: ['src/renewal/**/*.ts', '!src/renewal/health.ts', 'src/github/refusals.ts'],
  // Nearly all of them are words for people. Tests hold what those words must say, and none of them to the letter.
  mutator: { excludedMutations: ['StringLiteral'] },
  thresholds: { high: 95, low: 85, break: 85 },
  incremental: true,
  incrementalFile: 'reports/mutation/rules.incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'reports/mutation/rules.json' },
  clearTextReporter: {
    allowColor: false,
    allowEmojis: false,
    logTests: false,
    reportTests: false,
    reportMutants: false,
  },
  ignorePatterns: ['/dist', '/docs', '/coverage', '/reports', '/.git*'],
  concurrency: 2,
  // An endless loop is told by its count. Time alone tells little on a machine that has other work.
  timeoutMS: 120_000,
  dryRunTimeoutMinutes: 30,
  // Modules that are loaded anew for every mutant fill the memory.
  maxTestRunnerReuse: 40,
}
