import { globSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Circus } from '@jest/types'
import type { InstrumenterContext } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  determineHitLimitReached,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'
import { addEventHandler, getState, run } from 'jest-circus'
import { tests, tooLong } from './tests.ts'

/** Shared with the instrumented code. */
const stryker: InstrumenterContext = ((globalThis as { __stryker__?: InstrumenterContext }).__stryker__ ??= {})

const LONGEST_TEST = 20_000

interface Test {
  readonly id: string
  readonly file: string
  readonly entry: Circus.TestEntry
  readonly mode: Circus.TestMode
  /** Milliseconds when it last passed. */
  took: number
}

/**
 * Runs the tests as Jest does, with its own engine, but without its module registry: a mutant that is switched on at run
 * time needs no module loaded anew, and code stays warm from one mutant to the next. That is what makes the difference
 * between minutes and hours for thousands of mutants.
 */
class InOneProcess implements TestRunner {
  #loaded: Promise<readonly Test[]> | undefined
  #hooks: readonly { readonly file: string | undefined; readonly hook: Circus.Hook }[] = []
  #current: Circus.TestEntry | undefined
  #failed: Circus.TestEntry | undefined

  // A mutant that is on while modules load gets a process of its own.
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false }
  }

  async dryRun(): Promise<DryRunResult> {
    const all = await this.#load()
    const results = await this.#run(all)
    const { mutantCoverage } = stryker
    return {
      status: DryRunStatus.Complete,
      tests: results,
      ...(mutantCoverage === undefined ? {} : { mutantCoverage }),
    }
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, mutantActivation, testFilter } = options
    if (mutantActivation === 'static') stryker.activeMutant = activeMutant.id
    const all = await this.#load()
    const chosen = testFilter === undefined ? all : all.filter(({ id }) => testFilter.includes(id))
    Object.assign(stryker, {
      activeMutant: activeMutant.id,
      hitLimit,
      hitCount: hitLimit === undefined ? undefined : 0,
    })
    const results = await this.#run([...chosen].sort((a, b) => a.took - b.took))
    delete stryker.activeMutant
    const tooOften = determineHitLimitReached(stryker.hitCount, stryker.hitLimit)
    return toMutantRunResult(tooOften ?? { status: DryRunStatus.Complete, tests: results })
  }

  #load(): Promise<readonly Test[]> {
    return (this.#loaded ??= this.#loadOnce())
  }

  async #loadOnce(): Promise<readonly Test[]> {
    const globals = pathToFileURL(join(import.meta.dirname, 'jest-globals.ts')).href
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === '@jest/globals' ? { url: globals, shortCircuit: true } : next(specifier, context),
    })
    addEventHandler((event) => {
      if (event.name === 'test_start') this.#begin(event.test)
      if (event.name === 'test_done' && event.test.errors.length > 0) this.#failed ??= event.test
    })
    process.on('uncaughtException', (error) => this.#current?.errors.push(error))
    Reflect.set(globalThis, Symbol.for('TEST_TIMEOUT_SYMBOL'), LONGEST_TEST)
    // The action loads its operations when it needs them. Here that must be before any mutant is switched on: what a module
    // computes once would else keep the mutant for good.
    for (const file of globSync(['src/operations/*.ts', ...tests]).sort()) await import(pathToFileURL(file).href)
    const root = getState().rootDescribeBlock
    // What is tidied up in the end is needed by the next mutant.
    this.#hooks = root.hooks
      .filter(({ type }) => type !== 'afterAll')
      .map((hook) => ({ file: testFileOf(hook.asyncError), hook }))
    root.hooks = this.#hooks.map(({ hook }) => hook)
    return testsBelow(root).filter(({ id }) => !tooLong.test(id))
  }

  async #run(chosen: readonly Test[]): Promise<TestResult[]> {
    this.#failed = undefined
    for (const { entry, mode } of chosen) Object.assign(entry, { errors: [], mode, status: null, invocations: 0 })
    const root = getState().rootDescribeBlock
    root.children = chosen.map(({ entry }) => entry)
    await run()
    return chosen.map((test) => {
      const { id, file, entry } = test
      if (entry.errors.length === 0) test.took = entry.duration ?? test.took
      const result = { id, name: id, fileName: file, timeSpentMs: entry.duration ?? 0 }
      if (entry.errors.length > 0)
        return { ...result, status: TestStatus.Failed, failureMessage: wordsOf(entry.errors) }
      return { ...result, status: entry.status === 'done' ? TestStatus.Success : TestStatus.Skipped }
    })
  }

  /** One failing test is enough to tell that a mutant was noticed. The hooks of a file are for its own tests alone. */
  #begin(test: Circus.TestEntry): void {
    this.#current = test
    stryker.currentTestId = idOf(test)
    if (this.#failed !== undefined) test.mode = 'skip'
    const file = testFileOf(test.asyncError)
    getState().rootDescribeBlock.hooks = this.#hooks
      .filter((one) => one.file === undefined || one.file === file)
      .map(({ hook }) => hook)
  }
}

function testsBelow({ children }: Circus.DescribeBlock): readonly Test[] {
  return children.flatMap((child) =>
    child.type === 'describeBlock'
      ? testsBelow(child)
      : [{ id: idOf(child), file: testFileOf(child.asyncError) ?? '', entry: child, mode: child.mode, took: 0 }],
  )
}

function idOf(test: Circus.TestEntry): string {
  const names = [test.name]
  for (let block = test.parent; block.parent !== undefined; block = block.parent) names.unshift(block.name)
  return `${testFileOf(test.asyncError) ?? ''}: ${names.join(' ')}`
}

/** Where it was defined, unless in a file that tests share. */
function testFileOf(error: Circus.Exception): string | undefined {
  return /(?:__tests__|scripts)\/[^\s(]+\.test\.ts/.exec((error as Error).stack ?? '')?.[0]
}

function wordsOf(errors: readonly Circus.TestError[]): string {
  return errors
    .flat()
    .map((error: unknown) => (error instanceof Error ? error.message : String(error)))
    .join('\n')
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-one-process', InOneProcess)]
