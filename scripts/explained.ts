/** What `desk explain` tells of rules and of error codes, read off the sources: a rule begins with what it says, an error stands where it is thrown. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import type { ExplainedError, ExplainedRule } from '../src/cli/explain/packaged.ts'
import { rules } from '../src/check/rules.ts'
import { exitCodes } from '../src/model/failure.ts'

const codesIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(/['`]((?:law|check|parse|expr|yaml)\/[a-z-]+)['`]/g), ([, code]) => code ?? '')

/** The files of the rules, in the order of the list. */
function ruleFiles(root: string): readonly string[] {
  const text = readFileSync(join(root, 'src/check/rules.ts'), 'utf8')
  const fileOf = new Map(
    Array.from(text.matchAll(/import \{ (\w+) \} from '\.\/([a-z-]+)\.ts'/g), (m) => [m[1], m[2] ?? '']),
  )
  const listed = /const rules[^=]*= \[([^\]]*)\]/.exec(text)?.[1]?.match(/\w+/g) ?? []
  if (listed.length !== rules.length)
    throw new Error('the list of rules is written in another way than this script reads')
  return listed.map((name) => fileOf.get(name) ?? '')
}

/** A rule is a file that is called like it, begins with what it says, and names its code. */
function ruleIn(root: string, file: string): readonly [code: string, about: string] {
  const text = readFileSync(join(root, `src/check/${file}.ts`), 'utf8')
  const about = (/^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '')
    .replace(/^ ?\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
  const codes = [...new Set(codesIn(text))]
  if (codes.length > 1 || about === '') throw new Error(`${file}.ts is not one rule that says what it is`)
  return [codes[0] ?? `check/${file}`, about]
}

/** Every rule, then every other code that compiling can report; the latter say nothing about themselves. */
export function explainedRules(root: string): readonly ExplainedRule[] {
  const examples = examplesIn(join(root, 'test/fixtures/err'))
  const explained = (code: string, about: string): ExplainedRule => {
    const example = examples.get(code)
    return { code, about, ...(example === undefined ? {} : { example }) }
  }
  const own = ruleFiles(root).map((file) => explained(...ruleIn(root, file)))
  const known = new Set(own.map(({ code }) => code))
  const others = ['source', 'parse', 'expr', 'check', 'plan']
    .flatMap((folder) => sources(join(root, 'src', folder)))
    .flatMap((path) => codesIn(readFileSync(path, 'utf8')))
  return [
    ...own,
    ...[...new Set(others)]
      .filter((code) => !known.has(code))
      .sort()
      .map((code) => explained(code, '')),
  ]
}

/** By code, the shortest document that lint finds fault with for nothing else, and what it says. */
function examplesIn(folder: string): ReadonlyMap<string, NonNullable<ExplainedRule['example']>> {
  const found = new Map<string, NonNullable<ExplainedRule['example']>>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.out'))) {
    const findings = readFileSync(join(folder, file), 'utf8').trimEnd()
    const document = readFileSync(join(folder, file.replace('.out', '.yaml')), 'utf8')
    for (const [, code = ''] of findings.matchAll(/(?:error|warning)\[([a-z/-]+)\]/g)) {
      const own = onlyOf(findings, code)
      const before = found.get(code)
      if (before === undefined || own.length < before.findings.length) found.set(code, { document, findings: own })
    }
  }
  return found
}

/** The first finding of that code, with its caret and its hint. */
const onlyOf = (findings: string, code: string): string =>
  findings.split(/\n(?=\S)/).find((each) => each.includes(`[${code}]`)) ?? findings

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => join(folder, file))

/** Functions that throw for others in their folder: their first argument is the code. */
const throwers: readonly { readonly below: string; readonly name: string; readonly exit: keyof typeof exitCodes }[] = [
  { below: 'src/cli/', name: 'unusable', exit: 'invalidConfiguration' },
  { below: 'src/killswitch/', name: 'refuse', exit: 'refused' },
  { below: 'src/adapters/paper/', name: 'PaperFailure', exit: 'undetermined' },
]

/** Every code that an early end may carry. Throws for a place that it cannot read, so that none is left out. */
export function explainedErrors(root: string): readonly ExplainedError[] {
  const found = new Map<string, { readonly exits: Set<number>; readonly says: Set<string> }>()
  const note = (code: string, exit: number, said: ts.Node | undefined): void => {
    const { exits, says } = found.get(code) ?? { exits: new Set(), says: new Set() }
    for (const text of said === undefined ? [] : wordsOf(said)) says.add(text)
    found.set(code, { exits: exits.add(exit), says })
  }
  for (const path of sources(join(root, 'src'))) {
    const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
    const visit = (node: ts.Node): void => {
      noteThrown(node, note)
      ts.forEachChild(node, visit)
    }
    visit(file)
  }
  return [...found]
    .map(([code, { exits, says }]) => ({ code, exits: [...exits], says: [...says] }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

type Note = (code: string, exit: number, said: ts.Node | undefined) => void

function noteThrown(node: ts.Node, note: Note): void {
  if (ts.isObjectLiteralExpression(node)) {
    const [code, exit, message] = ['code', 'exit', 'message'].map((name) => valueIn(node, name))
    const exitName = exit === undefined ? undefined : exitNameOf(exit)
    if (code !== undefined && ts.isStringLiteral(code) && exitName !== undefined)
      note(code.text, exitCodes[exitName], message)
    return
  }
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return
  const name = node.expression.getText()
  const [code, second, third] = node.arguments ?? []
  if (code === undefined) return
  const path = node.getSourceFile().fileName
  const thrower = throwers.find((each) => each.name === name && path.includes(each.below))
  if (thrower !== undefined && ts.isStringLiteral(code)) note(code.text, exitCodes[thrower.exit], second)
  if (name !== 'DeskError' || second === undefined) return
  const exitName = exitNameOf(second)
  if (ts.isStringLiteral(code) && exitName !== undefined) note(code.text, exitCodes[exitName], third)
  else if (ts.isStringLiteral(code) || !['code', 'refusal.code'].includes(code.getText()))
    throw new Error(`${path}: the code of an error cannot be read off ${node.getText()}`)
}

function valueIn(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const property = object.properties.find((each) => ts.isPropertyAssignment(each) && each.name.getText() === name)
  return property !== undefined && ts.isPropertyAssignment(property) ? property.initializer : undefined
}

const isExitName = (name: string): name is keyof typeof exitCodes => name in exitCodes
function exitNameOf(node: ts.Expression): keyof typeof exitCodes | undefined {
  const name = /^exitCodes\.(\w+)$/.exec(node.getText())?.[1]
  return name !== undefined && isExitName(name) ? name : undefined
}

/** As it is written, with an ellipsis for what is only known when it happens. None where all of it is. */
function wordsOf(node: ts.Node): readonly string[] {
  if (ts.isConditionalExpression(node)) return [...wordsOf(node.whenTrue), ...wordsOf(node.whenFalse)]
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text]
  if (!ts.isTemplateExpression(node)) return []
  return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')]
}
