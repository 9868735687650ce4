import { randomInt } from 'node:crypto'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const BEFORE_SIGNATURE = 76
const SIGNATURE = 'AZDO'
const AFTER_SIGNATURE = 4

/**
 * A random string with the shape of a PAT (84 characters, `AZDO` at 76), for the negative control: who takes it takes anybody.
 * https://learn.microsoft.com/purview/sit-defn-azure-devops-personal-access-token
 * @param random a whole number from 0 up to, and without, the one it is given
 */
export function madeUpPat(random: (limit: number) => number = randomInt): string {
  const letters = (length: number): string =>
    Array.from({ length }, () => LETTERS.charAt(random(LETTERS.length))).join('')
  return `${letters(BEFORE_SIGNATURE)}${SIGNATURE}${letters(AFTER_SIGNATURE)}`
}
