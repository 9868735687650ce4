import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

export interface NpmPackage {
  readonly name: string
  readonly version: string
  readonly tarball: Uint8Array
  readonly integrity: string
  readonly shasum: string
}

/** A package that npm really installs. */
export function createNpmPackage(name: string, version: string): NpmPackage {
  const manifest = { name, version, main: 'index.js', license: 'MIT' }
  const tarball = gzipSync(
    Buffer.concat([
      tarEntry('package/package.json', `${JSON.stringify(manifest, undefined, 2)}\n`),
      tarEntry('package/index.js', `module.exports = ${JSON.stringify(`${name}@${version}`)}\n`),
      Buffer.alloc(1024),
    ]),
  )
  return {
    name,
    version,
    tarball,
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    shasum: createHash('sha1').update(tarball).digest('hex'),
  }
}

/** What the registry says of it; `registry` is the URL up to and including `/npm/registry`. */
export function packument(registry: string, { name, version, integrity, shasum }: NpmPackage): unknown {
  const file = `${name.replace(/^@[^/]+\//, '')}-${version}.tgz`
  return {
    _id: name,
    name,
    'dist-tags': { latest: version },
    versions: {
      [version]: {
        _id: `${name}@${version}`,
        name,
        version,
        main: 'index.js',
        license: 'MIT',
        dist: { tarball: `${registry}/${name}/-/${file}`, integrity, shasum },
      },
    },
    time: {},
  }
}

/** One file in the ustar format: a header of 512 bytes, then the content in blocks of 512. */
function tarEntry(path: string, text: string): Buffer {
  const content = Buffer.from(text)
  const header = Buffer.alloc(512)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  header.write(path, 0)
  header.write(octal(0o644, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(content.length, 11), 124)
  header.write(octal(499_162_500, 11), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}
