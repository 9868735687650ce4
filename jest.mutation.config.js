import { fileURLToPath } from 'node:url'
import usual from './jest.config.js'

/** @type {import('jest').Config} */
export default {
  ...usual,
  roots: ['<rootDir>/scripts/mutation', '<rootDir>/__tests__'],
  testMatch: ['<rootDir>/scripts/mutation/{rules,refusals,scenes}.ts'],
  testEnvironment: fileURLToPath(new URL('scripts/mutation/stop-at-the-first-failure.ts', import.meta.url)),
}
