import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createScene, type Scene } from '../__tests__/scene.ts'
import { seedLive, seedManaged, seedSecret } from '../__tests__/world.ts'
import { summaryOf } from '../src/report/summary.ts'
import { Secrets } from '../src/secrets.ts'

/**
 * Draws docs/pictures: the summaries of real runs against the emulator, as GitHub shows them. What it needs is too big for
 * every `npm ci`: Chromium, and three packages in a folder of their own, which PICTURES_TOOLS names:
 *   npm install --prefix ~/pictures marked mermaid github-markdown-css
 *   PICTURES_TOOLS=~/pictures npm run pictures
 */
const tools = join(resolve(process.env.PICTURES_TOOLS ?? '.'), 'node_modules')
const chromium = process.env.CHROMIUM ?? 'chromium'
const WIDTH = 1000
const MOST_BYTES = 300_000
const BASE64 = 'AZURE_DEVOPS_ARTIFACT_TOKEN_BASE64'

interface Picture {
  readonly name: string
  readonly outcome: string
  readonly inputs?: (scene: Scene) => Readonly<Record<string, string>>
  readonly prepare: (scene: Scene) => void
}

const pictures: readonly Picture[] = [
  {
    name: 'renewed',
    outcome: 'renewed',
    prepare: (scene) => {
      seedManaged(scene, { ageDays: 55, daysLeft: -25, revoked: true })
      const old = seedManaged(scene, { ageDays: 40, daysLeft: 4 })
      seedSecret(scene, 'hmcts/app-a', old)
      const live = seedLive(scene, { ageDays: 21, daysLeft: 9 })
      seedSecret(scene, 'hmcts', live, { name: BASE64, base64: true })
    },
    inputs: () => ({ repositories: 'app-a, app-b', 'secret-name-base64': BASE64 }),
  },
  {
    name: 'fallback',
    outcome: 'renewed',
    prepare: (scene) => void seedLive(scene, { ageDays: 21, daysLeft: 9 }),
    inputs: ({ github }) => ({
      repositories: 'app-a, app-b',
      'github-token': github.token({ kind: 'app', permissions: { organization_secrets: 'read', secrets: 'write' } }),
    }),
  },
  {
    name: 'not-due',
    outcome: 'not-due',
    prepare: (scene) => {
      const old = seedManaged(scene, { ageDays: 27, daysLeft: 3 })
      seedLive(scene, { ageDays: 6, daysLeft: 24 })
      seedSecret(scene, 'hmcts/app-b', old)
    },
    inputs: () => ({ repositories: 'app-a, app-b', 'stale-copies': 'report' }),
  },
  {
    name: 'failed',
    outcome: 'failed',
    prepare: (scene) => {
      seedLive(scene, { ageDays: 24, daysLeft: 6 })
      scene.ado.policies.creation = 'nobody'
    },
  },
]

const { marked } = (await import(pathToFileURL(join(tools, 'marked/lib/marked.esm.js')).href)) as {
  marked: { parse(text: string): string }
}
mkdirSync('docs/pictures', { recursive: true })
for (const picture of pictures) await draw(picture)

async function draw({ name, outcome, inputs, prepare }: Picture): Promise<void> {
  const scene = await createScene()
  prepare(scene)
  const { conclusion, warnings } = await scene.run(inputs?.(scene))
  if (conclusion.outcome !== outcome) throw new Error(`${name}: the outcome is ${conclusion.outcome}`)
  const runUrl = 'https://github.com/hmcts/.github/actions/runs/7014'
  const result = { ...conclusion, warnings, finishedAt: scene.clock.now(), runUrl }
  const file = `docs/pictures/${name}.png`
  photograph(htmlOf(summaryOf(result, new Secrets(() => undefined)), result.finishedAt), file)
  const { size } = statSync(file)
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes`)
  console.log(`${file}: ${size} bytes`)
}

/** GitHub draws Mermaid itself; here its own script does, with the day of the scene as today. */
function htmlOf(markdown: string, now: number): string {
  const body = marked
    .parse(markdown)
    .replace(/<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g, '<pre class="mermaid">$1</pre>')
  const style = readFileSync(join(tools, 'github-markdown-css/github-markdown-light.css'), 'utf8')
  const mermaid = pathToFileURL(join(tools, 'mermaid/dist/mermaid.min.js')).href
  return `<!doctype html><meta charset="utf-8"><style>${style}
    body { margin: 0; padding: 24px; width: ${WIDTH - 48}px; } pre.mermaid { background: none !important; padding: 0 !important; }</style>
    <body class="markdown-body">${body}<script>
    window.Date = class extends Date { constructor(...given) { super(...(given.length > 0 ? given : [${now}])) } }
    </script><script src="${mermaid}"></script><script>
    mermaid.initialize({ startOnLoad: false, theme: 'default' })
    mermaid.run().then(() => { document.title = String(Math.ceil(document.body.getBoundingClientRect().height)) })</script>`
}

/** Twice: the first time tells how high the page is. */
function photograph(html: string, file: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
  try {
    const page = join(folder, 'page.html')
    writeFileSync(page, html)
    const browse = (height: number, ...what: readonly string[]): string =>
      execFileSync(
        chromium,
        [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--hide-scrollbars',
          '--allow-file-access-from-files',
          '--virtual-time-budget=20000',
          `--user-data-dir=${join(folder, 'profile')}`,
          `--window-size=${WIDTH},${height}`,
          ...what,
          pathToFileURL(page).href,
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      )
    const height = Number(/<title>(\d+)<\/title>/.exec(browse(800, '--dump-dom'))?.[1])
    if (!(height > 0)) throw new Error('the page was not drawn')
    browse(height + 20, `--screenshot=${resolve(file)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
