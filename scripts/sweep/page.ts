import type { Figures } from '../bench-sweep.ts'
import type { Measured } from './measure.ts'

const MINUTE = 60_000

/** docs/sweep.md: what was measured, and how to read it. */
export function pageOf({ action, loop, heap }: Figures): string {
  const rows = action.flatMap((ours, index) => [
    row('the action', ours),
    ...(loop[index] ? [row('plain loop', loop[index])] : []),
  ])
  const [ours, plain] = [action.at(-1), loop.at(-1)]
  if (ours === undefined || plain === undefined) throw new Error('nothing was measured')
  const [[few, small] = [0, 0], [many, large] = [1, 0]] = heap
  const each = (large - small) / (many - few) / 1024
  return `# How fast many repositories are written

Written by \`npm run bench:sweep\`; run it to have the figures of your own machine.

When GitHub refuses to write the organization secret, the PAT goes to \`repositories\`, and there may be thousands. The bench lets the action renew with \`repositories: all\` against the emulator of the tests, which enforces [GitHub's documented limits](https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api): 900 points in any 60 seconds (a GET costs 1, a write 5), 100 requests at once, and the hourly amount (12,500, as of an App that is installed on 2,000 repositories). Each answer takes 200 ms. Time passes only by waiting, so that ${(ours.took / MINUTE).toFixed(0)} minutes take seconds.

The plain loop is what one writes by hand: for each repository its public key and one write, one write a second, as GitHub's guide recommends. \`write-pace: gentle\` is that slow too.

| who | repositories | minutes | repositories a minute | points a repository | share of 900 points a minute, after the first minute | fullest minute | limits met |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

![${ours.repositories} repositories: writes over time](sweep.svg)

## How to read it

- **Seven points a repository** are one look whether there is a copy and of when, one public key, and one write. The rest is the list of repositories, a point for each hundred, and the organization's own secret. The plain loop looks at nothing, and so does not know what an earlier run has written.
- **The flat beginning** of the action's line is the look at every repository, before anything is minted.
- **The lower picture** is the sum of points in the minute before. It reaches 900 and never passes it: a request counts from its start until a minute after its end, since GitHub may count it anywhere between. The bump at the beginning is the burst of 4 seconds that lets short runs go at once.
- **Memory**: what a sweep has gathered when its last secret is written grows by ${each.toFixed(2)} KB a repository (${inMegabytes(small)} at ${few}, ${inMegabytes(large)} at ${many}, after garbage collection): the name, its place, and its receipt. No request, answer, key or sealed box is kept.
- **What bounds a sweep**: no write starts more than 45 minutes after the PAT was minted, which is about ${Math.floor((45 * 900) / 6 / 100) * 100} repositories, and an App's token lives an hour. A sweep that will not fit says so before it mints. Whatever stops it, what is written stays, and the next run delivers a new PAT to those that lag.
`
}

function row(who: string, { repositories, took, points, share, mostInAMinute, limitsMet }: Measured): string {
  const minutes = took / MINUTE
  const cells = [
    who,
    repositories,
    minutes.toFixed(1),
    (repositories / minutes).toFixed(0),
    (points / repositories).toFixed(2),
    `${(share * 100).toFixed(1)} %`,
    mostInAMinute,
    limitsMet,
  ]
  return `| ${cells.join(' | ')} |`
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(2)} MB`
}
