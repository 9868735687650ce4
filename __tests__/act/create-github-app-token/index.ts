import { appendFileSync } from 'node:fs'

const input = (name: string): string => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim()

const permissions = Object.fromEntries<string>(
  ['organization-secrets', 'secrets', 'environments']
    .map((name) => [name.replaceAll('-', '_'), input(`permission-${name}`)] as const)
    .filter(([, level]) => level !== ''),
)
const answer = await fetch(process.env.EMULATED_APPS ?? '', {
  method: 'POST',
  body: JSON.stringify({
    clientId: input('client-id'),
    privateKey: input('private-key'),
    owner: input('owner'),
    permissions,
  }),
})
const said = await answer.text()
if (answer.ok) {
  console.log(`::add-mask::${said}`)
  appendFileSync(process.env.GITHUB_OUTPUT ?? '', `token=${said}\n`)
} else {
  console.log(`::error::${said}`)
  process.exitCode = 1
}
