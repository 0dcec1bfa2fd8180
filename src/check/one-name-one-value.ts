/** A name stands for one kind of value throughout a document, so that reading it means one thing. */
import type { Document } from '../parse/document.ts'
import type { Located } from '../parse/form.ts'
import type { Finding } from '../source/diagnostic.ts'
import { error, type Rule } from './rule.ts'
import { allSteps } from './steps.ts'

interface Saved {
  readonly name: Located<string>
  /** The method, or `attest`. */
  readonly from: string
}

export const oneNameOneValue: Rule = ({ documents }) => [...documents.values()].flatMap(findingsOf)

function findingsOf(document: Document): readonly Finding[] {
  const first = new Map<string, Saved>()
  return savesOf(document).flatMap((saved) => {
    const earlier = first.get(saved.name.value)
    if (earlier === undefined) {
      first.set(saved.name.value, saved)
      return []
    }
    if (earlier.from === saved.from) return []
    return [
      error(
        'check/one-name-one-value',
        `"${saved.name.value}" is saved from ${saved.from} here and from ${earlier.from} elsewhere`,
        {
          span: saved.name.span,
          related: [{ message: 'it stands here already', span: earlier.name.span }],
          hint: 'use another name',
        },
      ),
    ]
  })
}

/** Every place of a document that saves. */
export function savesOf(document: Document): readonly Saved[] {
  const steps = allSteps(document).flatMap((step): readonly Saved[] => {
    if (step.kind === 'attest')
      return step.save === undefined ? [] : [{ name: step.save, from: ['attest', ...(step.of ?? [])].join(' ') }]
    if (step.kind !== 'do' && step.kind !== 'check') return []
    return step.save === undefined ? [] : [{ name: step.save, from: step.call.method.value }]
  })
  if (document.kind !== 'tree') return steps
  const probes = [...document.questions.values()].flatMap(({ probe }) =>
    probe?.save === undefined ? [] : [{ name: probe.save, from: probe.call.method.value }],
  )
  return [...probes, ...steps]
}
