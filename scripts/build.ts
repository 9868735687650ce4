import { rmSync, writeFileSync } from 'node:fs'
import { build, type Plugin } from 'esbuild'

/**
 * @actions/core pulls the HTTP client in for `getIDToken` alone, and with it undici, `http` and `https`: two thirds of the
 * time that a run takes to say that an input is wrong. Here it is loaded when the OIDC token is asked for.
 */
const oidcClientWhenNeeded: Plugin = {
  name: 'oidc-client-when-needed',
  setup(bundler) {
    bundler.onResolve({ filter: /^@actions\/http-client$/ }, ({ importer, path, resolveDir }) =>
      /@actions.core.lib.oidc-utils\.js$/.test(importer)
        ? { path, namespace: 'when-needed', pluginData: resolveDir }
        : undefined,
    )
    bundler.onLoad({ filter: /.*/, namespace: 'when-needed' }, ({ pluginData }) => ({
      resolveDir: String(pluginData),
      loader: 'js',
      contents: `export class HttpClient {
        constructor(...how) { this.how = how }
        async getJson(url) {
          const { HttpClient } = await import('@actions/http-client')
          return new HttpClient(...this.how).getJson(url)
        }
      }`,
    }))
  },
}

const outdir = 'dist'
rmSync(outdir, { recursive: true, force: true })
await build({
  // Beside the action what people run on a machine of their own, from a clone as it is.
  entryPoints: { index: 'src/index.ts', 'sign-in': 'scripts/sign-in.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  keepNames: true,
  legalComments: 'external',
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS dependencies (undici, MSAL) ask for Node's own modules with require, which an ES module does not have.
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  plugins: [oidcClientWhenNeeded],
  logLevel: 'warning',
})
// The runner looks for the nearest package.json to tell an ES module.
writeFileSync(`${outdir}/package.json`, '{"type":"module"}\n')
