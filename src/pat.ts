/** A personal access token of Azure DevOps as its own list shows it. Never its value. Times are milliseconds since 1970. */
export interface Pat {
  /** Azure DevOps' id; the only identity a PAT has (display names may stand twice). */
  readonly authorizationId: string
  readonly displayName: string
  readonly scopes: readonly string[]
  /** `validFrom`, by the clock of Azure DevOps. */
  readonly mintedAt: number
  /** `validTo` as granted, by the clock of Azure DevOps. */
  readonly expiresAt: number
  /** Valid in every organization of the bot. Global PATs stop working on 2026-12-01. */
  readonly global: boolean
  readonly revoked: boolean
}

/** A PAT just minted: the only moment at which its value is known. */
export interface MintedPat {
  readonly pat: Pat
  readonly value: string
}
