/** What an expression of a workflow can be about: `secrets`, `vars`, `github`, `inputs`, `steps`, `env`, `matrix`. */
export type Context = Readonly<Record<string, unknown>>

/**
 * Fills the expressions of a text in, as GitHub does: names of what is missing are empty. Knows what the recipes use: paths,
 * `[…]`, text in quotes, `true`, `false`, `!`, `==`, `!=`, `&&`, `||`.
 * https://docs.github.com/actions/reference/workflows-and-actions/expressions
 */
export function filledIn(text: string, context: Context): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = valueOf(expression, context)
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
  })
}

/** Whether a step is run, by its `if`, which needs no braces. */
export function holds(condition: string, context: Context): boolean {
  return isTrue(valueOf(condition.replace(/^\$\{\{\s*(.*?)\s*\}\}$/, '$1'), context))
}

type Parser = (tokens: string[], context: Context) => unknown

function valueOf(expression: string, context: Context): unknown {
  const tokens = expression.match(/'[^']*'|&&|\|\||==|!=|[!()[\].]|[\w-]+/g) ?? []
  if (tokens.join('') !== expression.replace(/\s+(?=(?:[^']*'[^']*')*[^']*$)/g, '')) throw notKnown(expression)
  const left = [...tokens]
  const value = either(left, context)
  if (left.length > 0) throw notKnown(expression)
  return value
}

function notKnown(expression: string): Error {
  return new Error(`This expression uses more than the tests know: ${expression}`)
}

const either: Parser = (tokens, context) => {
  let value = both(tokens, context)
  while (tokens[0] === '||') {
    tokens.shift()
    const other = both(tokens, context)
    value = isTrue(value) ? value : other
  }
  return value
}

const both: Parser = (tokens, context) => {
  let value = compared(tokens, context)
  while (tokens[0] === '&&') {
    tokens.shift()
    const other = compared(tokens, context)
    value = isTrue(value) ? other : value
  }
  return value
}

const compared: Parser = (tokens, context) => {
  const value = single(tokens, context)
  if (tokens[0] !== '==' && tokens[0] !== '!=') return value
  const same = tokens.shift() === '=='
  const other = single(tokens, context)
  // What is missing equals an empty text: both count as zero.
  return ((value ?? '') === (other ?? '')) === same
}

const single: Parser = (tokens, context) => {
  const token = tokens.shift() ?? ''
  if (token === '!') return !isTrue(single(tokens, context))
  if (token.startsWith("'")) return token.slice(1, -1)
  if (token === 'true' || token === 'false') return token === 'true'
  if (token === '(') {
    const value = either(tokens, context)
    tokens.shift()
    return value
  }
  return path(context[token], tokens, context)
}

function path(from: unknown, tokens: string[], context: Context): unknown {
  let value = from
  while (tokens[0] === '.' || tokens[0] === '[') {
    const key = tokens.shift() === '.' ? tokens.shift() : inBrackets(tokens, context)
    value = typeof value === 'object' && value !== null ? (value as Context)[String(key)] : undefined
  }
  return value
}

function inBrackets(tokens: string[], context: Context): unknown {
  const key = either(tokens, context)
  tokens.shift()
  return key
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== '' && value !== false && value !== null && value !== 0
}
