import config, { slow } from './jest.config.js'

/** What takes its time: `npm run test:slow`. CI runs it after `npm test`. */
export default {
  ...config,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: slow.map((file) => `<rootDir>/__tests__/${file}`),
}
