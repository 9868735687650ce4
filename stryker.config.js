/**
 * Which mutants of the rules of renewal, of the operations and of the fallback table the tests notice.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  plugins: ['./scripts/mutation/runner.ts'],
  testRunner: 'in-one-process',
  testRunnerNodeArgs: ['--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  mutate: ['src/renewal/**/*.ts', 'src/operations/**/*.ts', 'src/github/refusals.ts'],
  // Nearly all of them are words for people. Tests hold what those words must say, and none of them to the letter.
  mutator: { excludedMutations: ['StringLiteral'] },
  thresholds: { high: 95, low: 85, break: 85 },
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
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
  timeoutMS: 30_000,
}
