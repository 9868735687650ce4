import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'

/**
 * Runs every file that tests properties, with cases that `npm test` does not draw: `node scripts/properties.ts 20` tries each
 * property 20 times as often; a second number is the seed, to run the same again.
 */
const [times = '10', seed = String(randomInt(2 ** 31))] = process.argv.slice(2)
const files = globSync('__tests__/**/*.test.ts').filter((file) => readFileSync(file, 'utf8').includes('/properties.ts'))

console.log(`${files.length} files, ${times} times as often, seed ${seed}`)
const options = ['--testTimeout', String(60_000 * Number(times)), '--testPathIgnorePatterns', '/node_modules/']
const { status } = spawnSync('npm', ['test', '--', ...files, ...options], {
  stdio: 'inherit',
  env: { ...process.env, PROPERTY_TIMES: times, PROPERTY_SEED: seed },
  // On Windows npm is a script of the shell's.
  shell: process.platform === 'win32',
})
console.log(`again: npm run test:properties -- ${times} ${seed}`)
process.exitCode = status ?? 1
