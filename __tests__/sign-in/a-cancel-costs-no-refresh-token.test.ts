import { describe, expect, test } from '@jest/globals'
import { cancelled } from '../../src/errors.ts'
import { asksAzureDevOps, ROLLED, storedTokens, withRefreshToken } from '../renew/bot/sign-in.ts'
import { createScene, type Scene } from '../scene.ts'

const PUT = { method: 'PUT', at: ROLLED } as const
type Cancel = () => void

const moments: Readonly<Record<string, (scene: Scene, cancel: Cancel) => void>> = {
  'while it is stored': (scene, cancel) => {
    scene.fault({ ...PUT, kind: 'act', act: cancel })
  },
  'while GitHub does not answer': (scene, cancel) => {
    scene.fault({ ...PUT, kind: 'act', act: cancel })
    scene.fault({ ...PUT, kind: 'hang' })
  },
  'while a limit of GitHub is sat out': (scene, cancel) => {
    scene.fault({ ...PUT, kind: 'status', status: 429, headers: { 'retry-after': '90' } })
    const sleep = scene.clock.sleep.bind(scene.clock)
    scene.clock.sleep = (milliseconds, signal) => {
      if (milliseconds === 90_000) cancel()
      return sleep(milliseconds, signal)
    }
  },
}

describe.each(Object.entries(moments))('a cancel %s', (_, arrange) => {
  test.each(['renew', 'sign-in'])('in operation %s', async (operation) => {
    const scene = await createScene()
    scene.entra.keepsOld = false
    const { inputs, token } = withRefreshToken(scene)
    const cancel = new AbortController()
    arrange(scene, () => {
      cancel.abort(cancelled('go on', false, 'SIGINT'))
    })
    const { requests } = await scene.run({ ...inputs, operation }, { cancel })
    expect(cancel.signal.aborted).toBe(true)
    const newest = scene.entra.refreshTokens.at(-1)?.value
    expect(storedTokens(scene)).toEqual(operation === 'renew' ? [newest, token] : [newest])
    expect(newest).not.toBe(token)
    expect(asksAzureDevOps(requests)).toBe(false)
  })
})
