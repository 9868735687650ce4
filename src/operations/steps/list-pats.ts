import type { AzureDevOps } from '../../azure-devops/connect.ts'
import type { Pat } from '../../pat.ts'
import { stateIn } from '../../renewal/names.ts'
import type { Run } from '../run.ts'
import { slotOf } from './places.ts'

/**
 * Every PAT of the bot. One that cannot be read is left out, unless it is one of the slot's.
 * @throws Failure
 */
export async function listPats(run: Run, azureDevOps: AzureDevOps): Promise<readonly Pat[]> {
  const slot = slotOf(run.inputs)
  return azureDevOps.listPats((displayName, why) => {
    if (stateIn(displayName, slot) !== undefined) return false
    run.log.info(`The PAT "${displayName}", which is none of this slot, cannot be read and is left out: ${why}.`)
    return true
  })
}
