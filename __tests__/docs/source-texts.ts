import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A text that the source may show somebody. */
export interface SourceText {
  /** `…` stands for what is filled in. */
  readonly text: string
  readonly file: string
  readonly line: number
  /** It tells of trouble, so docs/troubleshooting.md must know it. */
  readonly trouble: boolean
}

/** What stands in for `${…}` in a text. */
export const HOLE = '…'

/** Every text of every file below `src/`. */
export function textsOfSource(): readonly SourceText[] {
  const folder = new URL('../../src', import.meta.url).pathname
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => textsIn(`src/${name}`, readFileSync(join(folder, name), 'utf8')))
}

/**
 * Every text of one source file that people can read. Not by where it is thrown: a hint reaches its Failure through
 * constants, tables and functions. Every sentence counts as trouble, whatever becomes of it, unless it stands where only
 * progress, plans or bugs are told.
 */
export function textsIn(file: string, source: string): readonly SourceText[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found: SourceText[] = []
  const visit = (node: ts.Node): void => {
    const text = textOf(node)
    if (text !== undefined && !isPartOfText(node)) {
      const said = saidAsInputProblem(node) ? `expected ${text}` : codeOf(node) + text
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
      const sentence =
        saidAsInputProblem(node) || isProblem(node) || isHint(node) || isFinding(node) || isSentence(text)
      const trouble =
        sentence &&
        /[a-z]\W+[a-z]/i.test(text) &&
        !/^src\/(report\/|operations\/steps\/plan)/.test(file) &&
        !isHarmless(node)
      found.push({ text: said, file, line: line + 1, trouble })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** The text of a literal, or of literals that are added up. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => HOLE + literal.text).join('')
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const sides = [textOf(node.left), textOf(node.right)]
    return sides.every((side) => side === undefined) ? undefined : sides.map((side) => side ?? HOLE).join('')
  }
  return undefined
}

function isPartOfText({ parent }: ts.Node): boolean {
  return ts.isBinaryExpression(parent) && textOf(parent) !== undefined
}

/** What was expected of an input: a property `expected`, or what such a function is given as that. */
function saidAsInputProblem({ parent }: ts.Node): boolean {
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === 'expected'
  return ts.isCallExpression(parent) && /^(rules\.)?matching$/.test(parent.expression.getText())
}

/** What `reader.problem(input, …)` is told. */
function isProblem(node: ts.Node): boolean {
  const { parent } = node
  return ts.isCallExpression(parent) && parent.expression.getText().endsWith('.problem') && parent.arguments[1] === node
}

/** Whatever it begins with: names of inputs are in small letters. */
function isHint({ parent }: ts.Node): boolean {
  return ts.isPropertyAssignment(parent)
    ? parent.name.getText() === 'hint'
    : ts.isCallExpression(parent) && /\.(warning|error)$/.test(parent.expression.getText())
}

/** What `check` found, in the middle of a sentence. */
function isFinding({ parent }: ts.Node): boolean {
  return ts.isVariableDeclaration(parent) && parent.name.getText() === 'words'
}

/** In a table of `hints`, the service's own word stands before each: Entra says AADSTS and the number. */
function codeOf({ parent }: ts.Node): string {
  if (!ts.isPropertyAssignment(parent)) return ''
  const name = parent.name.getText()
  for (let at: ts.Node = parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isVariableDeclaration(at))
      return at.name.getText() === 'hints' ? `${/^\d+$/.test(name) ? 'AADSTS' : ''}${name}: ` : ''
  }
  return ''
}

/** Whole sentences begin with a capital or a name that is filled in, and end like one. */
function isSentence(text: string): boolean {
  const words = text.split(/\s+/).filter((word) => /[a-z]{2}/i.test(word))
  return words.length >= 3 && /^[\p{Lu}…"(]/u.test(text.trim()) && /[.!?…]\s*$/.test(text.trim())
}

/** Progress, plans, and what only a bug can show. */
const HARMLESS_CALLS = /(\.(info|debug|notice|group|commentOnIssue)|^tell)$/
const BUGS = /^(TypeError|RangeError|UnexpectedShape|Error)$/

function isHarmless(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isFunctionDeclaration(at)) return at.name?.text === 'plan'
    if (ts.isFunctionLike(at)) continue
    if (ts.isCallExpression(at) && HARMLESS_CALLS.test(at.expression.getText())) return true
    if (ts.isNewExpression(at) && BUGS.test(at.expression.getText())) return true
    if (ts.isImportDeclaration(at)) return true
    if ((ts.isPropertyAssignment(at) || ts.isVariableDeclaration(at)) && at.name.getText() === 'reason') return true
    if (ts.isObjectLiteralExpression(at) && /\bverdict: '(good|passed)'/.test(at.getText())) return true
  }
  return false
}
