import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.stryker-tmp/', 'reports/'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 200, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
      'no-control-regex': 'error',
    },
  },
  {
    files: ['__tests__/**', 'scripts/**'],
    rules: {
      '@typescript-eslint/explicit-function-return-type': 'off',
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: ['test', 'describe', 'it'] }],
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'fast-check', message: 'Import __tests__/properties.ts.' }] },
      ],
      'max-lines': ['error', { max: 260, skipComments: true, skipBlankLines: true }],
      'no-console': 'off',
    },
  },
  { files: ['__tests__/properties.ts'], rules: { 'no-restricted-imports': 'off' } },
)
