import { availableParallelism } from 'node:os'
import config, { slow } from './jest.config.js'

/** What takes its time: `npm run test:slow`. CI runs it after `npm test`. */
export default {
  ...config,
  // Many of them wait for the bundle in a process of its own: one more keeps the cores busy.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: slow.map((file) => `<rootDir>/__tests__/${file}`),
}
