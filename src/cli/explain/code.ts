/** Exit codes, the codes of errors and the rules that documents obey. */
import { type ExplainedError, type ExplainedRule, packagedErrors } from './packaged.ts'
import type { Output } from '../output/published.ts'
import { exitMeanings } from '../topics.ts'
import { exitCodes } from '../../model/failure.ts'

type Explained = Output<'explain'>['explained']

const byCode = new Map<number, string>(
  Object.entries(exitCodes).map(([name, code]) => [code, isExitName(name) ? exitMeanings[name] : '']),
)
function isExitName(name: string): name is keyof typeof exitCodes {
  return name in exitCodes
}

/** Undefined for anything but the exit codes there are. */
export function explainExit(name: string): Explained | undefined {
  const meaning = /^\d+$/.test(name) ? byCode.get(Number(name)) : undefined
  if (meaning === undefined) return undefined
  const errors = packagedErrors().filter(({ exits }) => exits.includes(Number(name)))
  return { kind: 'exit-code', name, code: Number(name), meaning, errors: errors.map(({ code }) => code) }
}

export function explainError(name: string, errors: readonly ExplainedError[]): Explained | undefined {
  const error = errors.find(({ code }) => code === name)
  if (error === undefined) return undefined
  const exits = error.exits.map((code) => ({ code, meaning: byCode.get(code) ?? '' }))
  return { kind: 'error', name, exits, says: error.says }
}

/** What areas report that is no rule of its own. */
const areas: Readonly<Record<string, string>> = {
  yaml: 'The file is not the YAML that desk accepts.',
  parse: 'The document is not written as its kind wants it.',
  expr: 'An expression does not compile, or says less than it seems to.',
  check: 'A name or a reference in the document does not hold.',
}

/** What every procedure has to obey is called by its name alone as well: `no-blind-retry`. */
export function explainRule(name: string, rules: readonly ExplainedRule[]): Explained | undefined {
  const rule = rules.find(({ code }) => code === name) ?? rules.find(({ code }) => code === `law/${name}`)
  if (rule === undefined) return undefined
  const { code, about, example } = rule
  return {
    kind: 'rule',
    name: code,
    about: about === '' ? (areas[name.split('/')[0] ?? ''] ?? '') : about,
    ...(example === undefined ? {} : { example }),
  }
}
