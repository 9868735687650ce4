/** Stands in for `@jest/globals`, which Jest alone can load: the same functions, from the packages that Jest has them from. */
export { jestExpect as expect } from '@jest/expect'
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus'
import { ModuleMocker } from 'jest-mock'

const mocker = new ModuleMocker(globalThis)
export const jest = {
  spyOn: mocker.spyOn.bind(mocker),
  restoreAllMocks: (): void => {
    mocker.restoreAllMocks()
  },
}
