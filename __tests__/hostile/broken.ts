import type { Run, Services } from '../../src/operations/run.ts'

/** What only a mistake in the code of this action throws. */
export const BUG = new TypeError('a bug')

/** Made anew for each run, since it counts. */
export type Break = () => (services: Services) => Services

/** The run with services that have a bug, those of its last seconds too. */
export function withBug(broken: Break): (run: Run) => Run {
  return (run) => {
    const broke = broken()
    return { ...run, services: broke(run.services), lastServices: () => broke(run.lastServices()) }
  }
}

/** The method has the bug, once it has worked so many times. */
function breaking<T extends object>(service: T, method: string, state: { works: number }): T {
  return new Proxy(service, {
    get: (target, name): unknown => {
      if (name !== method || state.works-- > 0) return Reflect.get(target, name)
      return () => Promise.reject(BUG)
    },
  })
}

export function inGitHub(method: string, works = 0): Break {
  return () => {
    const state = { works }
    return (services) => ({ ...services, github: async () => breaking(await services.github(), method, state) })
  }
}

export function inWorkflowGitHub(method: string): Break {
  return () => (services) => ({
    ...services,
    workflowGitHub: async () => breaking(await services.workflowGitHub(), method, { works: 0 }),
  })
}

export function inAzureDevOps(method: string, works = 0): Break {
  return () => {
    const state = { works }
    return (services) => ({ ...services, azureDevOps: (token) => breaking(services.azureDevOps(token), method, state) })
  }
}

export function inVault(method: string): Break {
  return () => (services) => ({ ...services, keyVault: () => breaking(services.keyVault(), method, { works: 0 }) })
}

export function inEntra(method: string): Break {
  return () => (services) => ({ ...services, entra: breaking(services.entra, method, { works: 0 }) })
}

/** In one of what is no service with methods of its own. */
export function inItself(method: 'proveOnFeed' | 'writeSealed' | 'tellWebhook'): Break {
  return () => (services) => breaking(services, method, { works: 0 })
}

export const inAuditLog: Break = () => (services) => ({
  ...services,
  organization: {
    ...services.organization,
    as: (token) => breaking(services.organization.as(token), 'auditLog', { works: 0 }),
  },
})
