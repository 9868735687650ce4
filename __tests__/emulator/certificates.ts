export interface ServerCertificate {
  /** PEM of the throw-away authority: what a client must trust. */
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' }
const DAY = 24 * 60 * 60 * 1000

/** One certificate for all the hosts, issued by an authority whose key is forgotten at once. Valid by the real clock. */
export async function issueCertificate(hosts: readonly string[]): Promise<ServerCertificate> {
  standInForReflectMetadata()
  const x509 = await import('@peculiar/x509')
  const { subtle } = globalThis.crypto
  const [authorityKeys, serverKeys] = await Promise.all([
    subtle.generateKey(ALGORITHM, true, ['sign', 'verify']),
    subtle.generateKey(ALGORITHM, true, ['sign', 'verify']),
  ])
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) }
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Emulator Throw-Away CA',
    ...validity,
    signingAlgorithm: SIGNING,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const server = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=emulator',
    issuer: authority.subject,
    ...validity,
    signingAlgorithm: SIGNING,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(hosts.map((host) => ({ type: 'dns', value: host }) as const)),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const key = Buffer.from(await subtle.exportKey('pkcs8', serverKeys.privateKey)).toString('base64')
  return {
    authority: authority.toString('pem'),
    certificate: server.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
  }
}

/** @peculiar/x509 resolves its parts with tsyringe, which wants the three functions of reflect-metadata that it uses. */
function standInForReflectMetadata(): void {
  if ('getMetadata' in Reflect) return
  const kept = new WeakMap<object, Map<unknown, unknown>>()
  const own = (key: unknown, target: object): unknown => kept.get(target)?.get(key)
  Object.assign(Reflect, {
    getOwnMetadata: own,
    getMetadata(key: unknown, target: object): unknown {
      for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
        const value = own(key, at)
        if (value !== undefined) return value
      }
      return undefined
    },
    defineMetadata(key: unknown, value: unknown, target: object): void {
      kept.set(target, (kept.get(target) ?? new Map<unknown, unknown>()).set(key, value))
    },
  })
}
