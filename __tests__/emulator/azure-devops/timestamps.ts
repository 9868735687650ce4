/** Azure DevOps keeps dates as SQL Server's `datetime`: 300 ticks a second. */
const TICKS = 300

const tickOf = (milliseconds: number): number => Math.round((milliseconds * TICKS) / 1000)
const millisecondsOf = (tick: number): number => Math.round((tick * 1000) / TICKS)

/** What is kept of a date. Never the very millisecond that was asked for, so that nobody compares for equality. */
export function stored(milliseconds: number): number {
  const kept = millisecondsOf(tickOf(milliseconds))
  return kept === milliseconds ? millisecondsOf(tickOf(milliseconds) + 1) : kept
}

/** As .NET prints it: up to seven fractional digits without the zeros at the end, `2020-11-23T04:04:38.5233333Z`. */
export function dotNet(milliseconds: number): string {
  const tick = tickOf(milliseconds)
  const whole = new Date(Math.floor(tick / TICKS) * 1000).toISOString().slice(0, 19)
  const fraction = String(Math.round(((tick % TICKS) * 10_000_000) / TICKS))
    .padStart(7, '0')
    .replace(/0+$/, '')
  return fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`
}
