import rules from './stryker.rules.config.js'

/**
 * Which mutants of the operations the scenes notice.
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  ...rules,
  jest: { ...rules.jest, config: { testMatch: ['<rootDir>/scripts/mutation/scenes.ts'] } },
  mutate: ['src/operations/**/*.ts', 'src/renewal/health.ts'],
  incrementalFile: 'reports/mutation/operations.incremental.json',
  jsonReporter: { fileName: 'reports/mutation/operations.json' },
}
