import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { caseName, type CaseResult, Recoveries } from '../__tests__/faults/case.ts'
import { learnCases, playAll, withLanes } from '../__tests__/faults/matrix.ts'

const USAGE = `Every request of a clean renewal meets every kind of fault, and what may never happen is held against it.
  --scene organization        only this scene (may be given several times); without it all but those that stand apart
  --fault reset-after         only this kind of fault (may be given several times)
  --only  text                only cases whose name contains the text
  --case  name                one case, with the log and the requests of all its runs
  --lanes 6                   how many cases run side by side
  --within 480                fails, too, where it takes more seconds than that
  --list                      names the cases`
const REPORT = 'reports/faults.json'

const { values } = parseArgs({
  options: {
    scene: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true },
    only: { type: 'string' },
    case: { type: 'string' },
    lanes: { type: 'string' },
    within: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(USAGE)
else if (values.within !== undefined && !(Number(values.within) > 0)) throw new Error('--within takes seconds.')
else process.exitCode = await main()

async function main(): Promise<number> {
  const began = performance.now()
  const named = (values.case ?? values.only) !== undefined
  return withLanes(
    async (lanes) => {
      const cases = (await learnCases(lanes)).filter((one) => {
        const name = caseName(one)
        return (
          (values.scene?.includes(one.scene.name) ?? (named || !one.scene.apart)) &&
          (values.fault?.includes(one.fault.name) ?? true) &&
          name.includes(values.only ?? '') &&
          (values.case === undefined || name === values.case)
        )
      })
      if (values.list) for (const one of cases) console.log(caseName(one))
      if (values.list) return 0
      if (cases.length === 0) throw new Error('No case has such a name; --list names them all.')
      const progress = progressOf(cases.length, began)
      const recoveries = new Recoveries()
      const told = (result: CaseResult): void => {
        progress(result)
        if (values.case !== undefined) console.log(inFull(result))
      }
      const results = await playAll(cases, lanes, told, recoveries)
      console.log(
        `${recoveries.shared} cases left the world as another had, from which the later runs were played already`,
      )
      return Math.max(report(results, began), inTime(began))
    },
    values.lanes === undefined ? undefined : Number(values.lanes),
  )
}

/** One line that is written over on a terminal; elsewhere a line now and then. */
function progressOf(all: number, began: number): (result: CaseResult) => void {
  let [done, failing] = [0, 0]
  return ({ name, wrong }) => {
    done += 1
    if (wrong.length > 0) failing += 1
    const line = `${done}/${all} cases, ${failing} do not hold, ${seconds(began)} s`
    if (process.stdout.isTTY)
      process.stdout.write(`\r\u001b[K${`${line}  ${name}`.slice(0, process.stdout.columns - 1)}`)
    else if (done % 100 === 0 || done === all) console.log(line)
  }
}

function report(results: readonly CaseResult[], began: number): number {
  const failing = results.filter(({ wrong }) => wrong.length > 0)
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K')
  for (const { name, wrong } of failing) console.log(`${name}\n${wrong.map((words) => `  ${words}`).join('\n')}`)
  console.log(`${results.length} cases, ${results.length - failing.length} hold (${seconds(began)} s)`)
  rmSync(REPORT, { force: true })
  if (failing.length === 0) return 0
  mkdirSync('reports', { recursive: true })
  const content = failing.map(({ name, wrong, runs }) => ({ name, wrong, runs: runs.map(shown) }))
  writeFileSync(REPORT, `${JSON.stringify(content, undefined, 2)}\n`)
  console.log(`The logs and requests of the others are in ${REPORT}.`)
  return 1
}

/** Machines differ, so no limit holds unless somebody asks for one. */
function inTime(began: number): number {
  const limit = Number(values.within ?? Infinity)
  if (Number(seconds(began)) <= limit) return 0
  console.log(`It took ${seconds(began)} s, more than the ${limit} s that --within allows.`)
  return 1
}

type Run = CaseResult['runs'][number]

/** PATs and tokens in the requests are shown by their names; boxes are opened. */
function shown({ run, exchanges }: Run): object {
  const requests = exchanges.map(({ name, outcome }) => `${name} → ${answerOf(outcome)}`)
  const { exitCode, signal, outputs, stderr } = run
  return { exitCode, signal, outputs, log: run.shown.split('\n'), stderr, requests, bodies: run.requests }
}

function answerOf(outcome: Run['exchanges'][number]['outcome']): string {
  if (outcome === undefined) return 'nothing yet'
  return outcome.kind === 'answer' ? `${outcome.answer.status}${outcome.truncate ? ', cut off' : ''}` : outcome.kind
}

function inFull({ name, runs }: CaseResult): string {
  const parts = runs.map(({ run, exchanges }, index) =>
    [
      `--- run ${index + 1}: exit ${run.exitCode ?? run.signal ?? ''} ---`,
      run.shown,
      run.stderr,
      ...exchanges.map((exchange) => `  ${exchange.name} → ${answerOf(exchange.outcome)}`),
    ].join('\n'),
  )
  return [`=== ${name}`, ...parts].join('\n')
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(0)
}
