import type { Figures } from '../bench-sweep.ts'
import type { Measured } from './measure.ts'

const MINUTE = 60_000
const [WIDTH, LEFT, RIGHT] = [860, 70, 30]
const PANELS = { written: { top: 50, height: 240 }, points: { top: 350, height: 130 } } as const
const HEIGHT = 540
const COLOURS = { action: '#0969da', loop: '#cf222e', limit: '#57606a' }
const BUDGET = 900
/** The points of the minute before, told every so many milliseconds. */
const STEP = 5000

/** The writes over time of the longest list, by the action and by a plain loop, as an SVG picture. */
export function pictureOf({ action, loop }: Figures): string {
  const [ours, plain] = [action.at(-1), loop.at(-1)]
  if (ours === undefined || plain === undefined) throw new Error('nothing was measured')
  const end = Math.ceil(Math.max(ours.took, plain.took) / (5 * MINUTE)) * 5
  const x = (time: number): number => LEFT + (time / (end * MINUTE)) * (WIDTH - LEFT - RIGHT)
  const written = scale(PANELS.written, ours.repositories)
  const points = scale(PANELS.points, 1000)
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<title>${ours.repositories} repositories: writes over time</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 30, `Repositories written, of ${ours.repositories}`),
    ...axes(PANELS.written, written, [0, ours.repositories / 2, ours.repositories], end, x),
    line(cumulative(ours), x, written, COLOURS.action),
    line(cumulative(plain), x, written, COLOURS.loop),
    text(x(ours.took) + 8, written(ours.repositories) + 14, `the action, ${inMinutes(ours)}`, COLOURS.action),
    text(x(plain.took), written(ours.repositories) - 8, `one write a second, ${inMinutes(plain)}`, COLOURS.loop, 'end'),
    text(LEFT, 335, 'Points spent in the minute before; GitHub allows 900'),
    ...axes(PANELS.points, points, [0, BUDGET], end, x),
    `<path d="M${LEFT} ${points(BUDGET)}H${WIDTH - RIGHT}" stroke="${COLOURS.limit}" stroke-dasharray="5 4" fill="none"/>`,
    line(spent(ours), x, points, COLOURS.action),
    line(spent(plain), x, points, COLOURS.loop),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'minutes since the first request', undefined, 'middle'),
    '</svg>',
  ].join('\n')}\n`
}

type Scale = (value: number) => number
type Point = readonly [time: number, value: number]

function scale({ top, height }: { top: number; height: number }, most: number): Scale {
  return (value) => top + height - (value / most) * height
}

function axes(
  { top, height }: { top: number; height: number },
  y: Scale,
  marks: readonly number[],
  end: number,
  x: Scale,
): readonly string[] {
  const minutes = Array.from({ length: end / 5 + 1 }, (_, index) => index * 5)
  return [
    `<path d="M${LEFT} ${top}V${top + height}H${WIDTH - RIGHT}" stroke="${COLOURS.limit}" fill="none"/>`,
    ...marks.map((mark) => text(LEFT - 8, y(mark) + 4, String(mark), COLOURS.limit, 'end')),
    ...minutes.map((minute) => text(x(minute * MINUTE), top + height + 18, String(minute), COLOURS.limit, 'middle')),
  ]
}

function cumulative({ log }: Measured): readonly Point[] {
  const writes = log.filter(({ method, path }) => method === 'PUT' && path.startsWith('/repos/'))
  const every = Math.max(1, Math.floor(writes.length / 200))
  const points = writes.map(({ at }, index): Point => [at, index + 1])
  return [[0, 0], ...points.filter((_, index) => index === 0 || (index + 1) % every === 0)]
}

function spent({ log, took }: Measured): readonly Point[] {
  return Array.from({ length: Math.ceil(took / STEP) + 1 }, (_, index): Point => {
    const now = index * STEP
    const minute = log.filter(({ at }) => at > now - MINUTE && at <= now)
    return [Math.min(now, took), minute.reduce((sum, { points }) => sum + points, 0)]
  })
}

function line(points: readonly Point[], x: Scale, y: Scale, colour: string): string {
  const path = points.map(([time, value]) => `${x(time).toFixed(1)} ${y(value).toFixed(1)}`).join('L')
  return `<path d="M${path}" stroke="${colour}" stroke-width="2" fill="none"/>`
}

function text(x: number, y: number, words: string, colour = '#1f2328', anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${colour}" text-anchor="${anchor}">${words}</text>`
}

function inMinutes({ took }: Measured): string {
  return `${(took / MINUTE).toFixed(1)} min`
}
