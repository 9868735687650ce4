import { randomUUID } from 'node:crypto'
import { createNpmPackage, type NpmPackage } from './npm-package.ts'

/** `collaborator` is the portal's "Feed and Upstream Reader", `contributor` its "Feed Publisher". */
export type FeedRole = 'none' | 'reader' | 'collaborator' | 'contributor' | 'administrator' | 'custom'

export interface Feed {
  readonly id: string
  readonly name: string
  /** `undefined`: a feed of the organization. */
  readonly project: { readonly id: string; readonly name: string } | undefined
  /** Of a public project: anybody reads it, whatever credential they bring. */
  anonymous: boolean
  /** By object id; the list of permissions shows groups instead, but for `shown`. */
  readonly roles: Record<string, FeedRole>
  /** Object ids of users whose role is given to themselves, so that the list of permissions shows it. */
  readonly shown: string[]
  /** The groups and build identities that the list of permissions shows. */
  readonly groups: FeedGroup[]
  readonly npm: NpmPackage[]
  /** By path below `maven/v1/`. */
  readonly maven: Map<string, string | Uint8Array>
}

export interface FeedGroup {
  readonly role: FeedRole
  readonly displayName: string
  readonly inherited?: boolean
  /** A build identity: no user is in it. */
  readonly build?: boolean
}

export interface FeedOptions {
  readonly name: string
  readonly project?: string
  readonly anonymous?: boolean
  readonly roles?: Readonly<Record<string, FeedRole>>
}

const POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>uk.gov.hmcts</groupId>
  <artifactId>sample</artifactId>
  <version>1.0.0</version>
</project>
`

/** An empty zip archive, which every jar reader takes. */
const JAR = Uint8Array.from([0x50, 0x4b, 0x05, 0x06, ...Array.from({ length: 18 }, () => 0)])

/** A feed with a package for each protocol: `hmcts-sample` and `@hmcts/sample` (npm), `uk.gov.hmcts:sample` (Maven). */
export function createFeed(options: FeedOptions): Feed {
  return {
    id: randomUUID(),
    name: options.name,
    project: options.project === undefined ? undefined : { id: randomUUID(), name: options.project },
    anonymous: options.anonymous ?? false,
    roles: { ...options.roles },
    shown: [],
    groups: [
      { role: 'administrator', displayName: 'Project Collection Administrators' },
      { role: 'collaborator', displayName: 'Project Collection Build Service (hmcts)', build: true },
      { role: 'contributor', displayName: '[hmcts]\\Artifact publishers' },
      { role: 'reader', displayName: 'Project Collection Valid Users', inherited: true },
    ],
    npm: [createNpmPackage('hmcts-sample', '1.0.0'), createNpmPackage('@hmcts/sample', '1.0.0')],
    maven: new Map<string, string | Uint8Array>([
      ['uk/gov/hmcts/sample/1.0.0/sample-1.0.0.pom', POM],
      ['uk/gov/hmcts/sample/1.0.0/sample-1.0.0.jar', JAR],
    ]),
  }
}
