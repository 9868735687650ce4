import type { Circus } from '@jest/types'
import { TestEnvironment } from 'jest-environment-node'

/** Tests that take seconds to say at length what others say too: every mutant that is not noticed would wait for them. */
const LONG = /\b(?:run after run fails|(?:hourly|daily) runs\b.*:|for as long as the fallback|a sweep in which each)/

/** One failing test is enough to tell that a mutant was noticed; Jest itself only stops between files. */
export default class StopAtTheFirstFailure extends TestEnvironment {
  #failed = false

  readonly handleTestEvent = (event: Circus.AsyncEvent): void => {
    if (event.name === 'test_done' && event.test.errors.length > 0) this.#failed = true
    if (event.name === 'test_start' && (this.#failed || LONG.test(event.test.name))) event.test.mode = 'skip'
  }
}
