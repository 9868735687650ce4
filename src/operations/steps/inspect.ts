import { feedRoleOf } from '../../azure-devops/feed-role.ts'
import { momentInWords } from '../../clock.ts'
import { Failure } from '../../errors.ts'
import { END_OF_GLOBAL_PATS } from '../../renewal/health.ts'
import type { Finding } from '../../report/result.ts'
import type { Bot, Run } from '../run.ts'
import { nameOf } from './revoke.ts'

/** Looks at what a renewal depends on beside the PATs and the secrets. Reads only. What is amiss is a warning too. */
export async function inspect(run: Run, bot: Bot): Promise<readonly Finding[]> {
  const [role, tenant] = await Promise.all([roleOnFeed(run, bot), tenantOfOrganization(run, bot)])
  return [role, tenant, globalPats(run)]
}

/** Tells a finding in the log: as a warning where somebody has to act. */
export function told(run: Run, finding: Finding): Finding {
  const line = `${finding.what}: ${finding.words}`
  if (finding.verdict === 'amiss') run.log.warning(line)
  else run.log.info(line)
  return finding
}

async function roleOnFeed(run: Run, { organization }: Bot): Promise<Finding> {
  const what = 'Role of the bot on the feed'
  const { feed, ...owner } = run.inputs.feed
  if (feed === undefined) return told(run, { what, verdict: 'unknown', words: 'unknown; ado-feed names no feed.' })
  try {
    const [permissions, identity] = await Promise.all([
      organization.feedPermissions({ ...owner, feed }),
      organization.identity(),
    ])
    const role = feedRoleOf(permissions, identity)
    if (role.kind === 'unknown' && role.own !== undefined) {
      const words = `unknown. Its own role on ${feed} is ${role.own}, which does not say whether it may publish.`
      return told(run, { what, verdict: 'unknown', words })
    }
    if (role.kind === 'unknown') {
      const groups = role.groups.length === 0 ? 'a group' : role.groups.join(', ')
      const words = `unknown. It has no role of its own on ${feed} that lets it publish, and may have one through ${groups}: who is in a group is not shown there.`
      return told(run, { what, verdict: 'unknown', words })
    }
    if (role.kind === 'publishes') return told(run, { what, verdict: 'good', words: `${role.role} on ${feed}.` })
    const words = `its own role on ${feed} is only ${role.role}, with which packages can be restored and not published; a feed administrator of the organization may publish all the same. Unless it is one, give the bot the role Feed Publisher (Contributor) in the settings of the feed, Permissions.`
    return told(run, { what, verdict: 'amiss', words })
  } catch (error) {
    return told(run, { what, verdict: 'unknown', words: `unknown. ${wordsOf(error)}` })
  }
}

const WITHOUT_ENTRA = '00000000-0000-0000-0000-000000000000'

/**
 * Whether the organization belongs to the tenant that the bot signs in to. Only once the bot is signed in: a rolled refresh
 * token is stored before Azure DevOps is asked anything.
 */
export async function tenantOfOrganization(run: Run, { tenantId }: Bot): Promise<Finding> {
  const what = 'Tenant of the organization'
  const { organization } = run.inputs.feed
  try {
    const actual = await run.services.organization.tenant()
    if (actual === undefined)
      return told(run, { what, verdict: 'unknown', words: 'unknown; Azure DevOps does not name it.' })
    if (actual === WITHOUT_ENTRA) {
      const words = `${organization} is not connected to Microsoft Entra, so PATs cannot be managed from here. Connect it (Organization settings > Microsoft Entra).`
      return told(run, { what, verdict: 'amiss', words })
    }
    return told(run, { what, ...comparison(run, actual, tenantId) })
  } catch (error) {
    return told(run, { what, verdict: 'unknown', words: `unknown. ${wordsOf(error)}` })
  }
}

/**
 * The tenant that the bot signed in to counts; where its access token does not name it, that of azure-tenant-id, unless a
 * domain stands there.
 */
function comparison({ inputs }: Run, actual: string, tokenTenant: string | undefined): Omit<Finding, 'what'> {
  const { tenant } = inputs
  const signedInTo = tokenTenant?.toLowerCase()
  const configured = tenant?.includes('.') === true ? undefined : tenant?.toLowerCase()
  const known = signedInTo ?? configured
  if (known === undefined) {
    const why =
      tenant === undefined
        ? 'neither the access token nor azure-tenant-id names one to compare'
        : `which tenant ${tenant} is cannot be told from here`
    return { verdict: 'unknown', words: `${actual}; ${why}.` }
  }
  const other = configured === undefined || configured === known ? undefined : configured
  if (known === actual) {
    const asGiven = tenant === undefined ? 'where the bot signed in' : 'as azure-tenant-id says'
    const words = other === undefined ? asGiven : `where the bot signed in; azure-tenant-id is another, ${other}`
    return { verdict: 'good', words: `${actual}, ${words}.` }
  }
  const found = signedInTo === undefined ? `azure-tenant-id is ${known}` : `the bot signed in to ${signedInTo}`
  const though = other === undefined ? '' : `, though azure-tenant-id is ${other}`
  const remedy =
    configured === actual
      ? 'take bot-access-token from there, or sign in there on this machine'
      : `set azure-tenant-id to ${actual} and sign in again`
  const words = `${inputs.feed.organization} belongs to ${actual}, and ${found}${though}. Users of another tenant are unknown there: ${remedy}.`
  return { verdict: 'amiss', words }
}

/** Those of others count too: a PAT made by hand may be the one in a secret. */
function globalPats(run: Run): Finding {
  const what = 'Global PATs of the bot'
  const now = run.clock.now()
  const global = run.journal.listed.filter((pat) => pat.global && !pat.revoked && pat.expiresAt > now)
  if (global.length === 0) return told(run, { what, verdict: 'good', words: 'none.' })
  const stop = now < END_OF_GLOBAL_PATS ? 'stop working' : 'have stopped working'
  const words = `${global.map(nameOf).join(', ')}. Global PATs ${stop} on ${momentInWords(END_OF_GLOBAL_PATS).slice(0, 10)}: replace each by one of this organization alone.`
  return told(run, { what, verdict: 'amiss', words })
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Failure) || error.kind === 'cancelled') throw error
  return error.message
}
