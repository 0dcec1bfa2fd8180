/** No procedure without trigger, steps, verify and cadence: what is not written down does not exist at three in the morning. */
import { error, type Rule } from './rule.ts'

export const writtenDown: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) => {
    if (document.kind !== 'runbook') return []
    const written = new Set(document.root.entries.map((entry) => entry.key))
    const isEmptied = (steps: readonly unknown[]): boolean => document.isWhole && steps.length === 0
    const isNeverSure = document.isWhole && document.verify.every((step) => step.when !== undefined)
    const missing = [
      ...(written.has('trigger') ? [] : ['trigger: when it is used']),
      ...(written.has('steps') && !isEmptied(document.steps) ? [] : ['steps: what is done']),
      ...(written.has('verify') && !isEmptied(document.verify) ? [] : ['verify: how it is known to have worked']),
      ...(isNeverSure && document.verify.length > 0
        ? ['verify without `when`: skipping everything proves nothing']
        : []),
      ...(written.has('frequency') ? [] : ['frequency: how often it is used or practised']),
    ]
    return missing.map((what) => error('law/written-down', `a runbook needs ${what}`, { span: document.id.span }))
  })
