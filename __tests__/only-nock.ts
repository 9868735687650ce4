import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import nock from 'nock'

/**
 * For test files whose requests nock answers: an unknown request fails, an answer nobody asked for fails, and the file
 * leaves `fetch` and `node:http` as it found them (files in one Jest worker share them).
 */
export function onlyNock(): void {
  beforeAll(() => {
    nock.disableNetConnect()
  })
  afterEach(() => {
    const unasked = nock.pendingMocks()
    nock.cleanAll()
    expect(unasked).toEqual([])
  })
  afterAll(() => {
    nock.restore()
  })
}
