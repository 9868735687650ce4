import { createScene, type Scene } from '../../scene.ts'

/** hmcts with repositories of every kind beside its three private ones. */
export async function everyKind(): Promise<Scene> {
  const scene = await createScene()
  scene.github.addRepository('hmcts/public', { visibility: 'public' })
  scene.github.addRepository('hmcts/internal', { visibility: 'internal' })
  scene.github.addRepository('hmcts/archived', { archived: true })
  scene.github.addRepository('hmcts/disabled', { disabled: true })
  scene.github.addUser('somebody')
  scene.github.addRepository('somebody/private')
  return scene
}
