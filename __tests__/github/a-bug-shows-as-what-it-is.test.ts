import { expect, it } from '@jest/globals'
import { read } from '../../src/github/answers.ts'
import { answering, connected, placeIn, repository } from './github.ts'

const sealed = { keyId: '1', encryptedValue: 'c2VhbGVk' }

function bug(error: Error): () => never {
  return () => {
    throw error
  }
}

it('in the reading of an answer', async () => {
  const { secrets, wire } = await connected()
  const answer = { status: 200, headers: new Headers(), text: '{}' }
  const about = { home: repository }
  const question = { doing: 'look', about, change: false, decode: bug(new RangeError('a bug')) }
  expect(() => read(answer, question, { secrets, clock: wire.clock })).toThrow(RangeError)
})

it.each([new RangeError('a bug'), Object.assign(new Error('a bug'), { name: 'AbortError' })])(
  'below octokit, without the request that octokit adds: %s',
  async (error) => {
    const { github, wire } = await connected({ fetch: answering() })
    wire.clock.deadline = bug(error)
    await expect(github.write(placeIn(repository), sealed)).rejects.toBe(error)
  },
)
