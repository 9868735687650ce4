import type { WireAnswer } from '../wire.ts'
import type { KeptSecret, KeyVault, SecretVersion } from './key-vault.ts'

/** An error as the vault writes it; `inner` tells the cause. */
export function vaultError(status: number, code: string, message: string, inner?: string): WireAnswer {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } }
  return { status, headers: usual, body: { error: { code, message, ...innererror } } }
}

/** 401 with the challenge: who issues the access tokens that this vault takes, and for which resource. */
export function challenge(vault: KeyVault, message: string): WireAnswer {
  const [authority = ''] = vault.entra.hosts
  return {
    status: 401,
    headers: {
      ...usual,
      'www-authenticate': `Bearer authorization="https://${authority}/${vault.tenant}", resource="${resourceOf(vault)}"`,
    },
    body: { error: { code: 'Unauthorized', message } },
  }
}

/** The resource that access tokens must be for. */
export function resourceOf(vault: KeyVault): string {
  return `https://${(vault.hosts[0] ?? '').split('.').slice(1).join('.')}`
}

export function bundle(vault: KeyVault, { name }: KeptSecret, version: SecretVersion): WireAnswer {
  const { value, contentType, tags, exp, enabled, createdAt, updatedAt, id } = version
  return {
    status: 200,
    headers: usual,
    body: {
      value,
      ...(contentType === undefined ? {} : { contentType }),
      id: `${vault.url}/secrets/${name}/${id}`,
      attributes: {
        enabled,
        ...(exp === undefined ? {} : { exp }),
        created: Math.floor(createdAt / 1000),
        updated: Math.floor(updatedAt / 1000),
        recoveryLevel: 'Recoverable+Purgeable',
        recoverableDays: 90,
      },
      ...(tags === undefined ? {} : { tags }),
    },
  }
}

const usual = {
  'cache-control': 'no-cache',
  'strict-transport-security': 'max-age=31536000;includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-ms-keyvault-region': 'uksouth',
  'x-ms-keyvault-service-version': '1.9.2784.1',
}
