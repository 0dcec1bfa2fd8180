/** The ledger: every item of the sources, the parts of the documents that answer it, and the methods with which they do. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import type { Document, Step } from '../../src/parse/document.ts'
import { root } from './markdown.ts'

const item = z.union([z.string(), z.strictObject({ text: z.string(), by: z.string() })])
export interface Item {
  /** E.g. `001/killswitch/02`. */
  readonly id: string
  readonly demand: string
  /** What answers it beside the documents: a rule, a page or a command. */
  readonly by?: string
}

export function readItems(): readonly Item[] {
  const written = z
    .record(z.string(), z.record(z.string(), item))
    .parse(parse(readFileSync(join(root, 'docs', 'sources.yaml'), 'utf8')))
  return Object.entries(written).flatMap(([source, items]) =>
    Object.entries(items).map(([name, value]) => {
      const id = `${source}/${name}`
      if (typeof value === 'string') return { id, demand: value }
      const { text, ...rest } = value
      return { id, demand: text, ...rest }
    }),
  )
}

export interface Part {
  /** E.g. `runbook killswitch`. */
  readonly document: string
  /** Empty: the document itself. */
  readonly id: string
  readonly methods: string
  readonly source: readonly string[]
}

export const partsOf = (document: Document): readonly Part[] => {
  const name = `${document.kind} ${document.id.value}`
  const part = (id: string, source: readonly string[], methods: readonly string[]): Part => ({
    ...{ document: name, id, source, methods: [...new Set(methods)].join(', ') },
  })
  const ofSteps = (steps: readonly Step[]): readonly Part[] =>
    steps.flatMap((step) => [
      part(step.id.value, step.source, methodsOf(step)),
      ...(step.kind === 'parallel' ? ofSteps(step.steps) : []),
    ])
  const whole = part('', document.source.flatMap(ofWhole), [])
  switch (document.kind) {
    case 'runbook':
      return [whole, ...ofSteps(document.steps), ...ofSteps(document.verify)]
    case 'tree':
      return [
        whole,
        ...[...document.questions.values()].map((question) =>
          part(question.id.value, question.source, [
            ...(question.probe === undefined ? [] : [question.probe.call.method.value]),
            ...(question.needs === undefined ? [] : [question.needs.call.method.value]),
          ]),
        ),
        ...[...document.leaves.values()].flatMap((leaf) => [
          part(leaf.id.value, leaf.source, leaf.steps.flatMap(methodsOf)),
          ...ofSteps(leaf.steps).filter(({ source }) => source.length > 0),
        ]),
      ]
    case 'incident':
      return [whole, ...[document.act, document.detect, document.contain, document.review].flatMap(ofSteps)]
    case 'monitors':
      return [
        whole,
        ...document.monitors.map(({ id, source, level, checks, onFail }) =>
          part(id.value, source, [
            ...checks.flatMap(methodsOf),
            ...(level.value === 'dashboard' ? [] : ['alerts.raise']),
            ...onFail.map((act) => (act.kind === 'do' ? act.call.method.value : 'desk.hold')),
          ]),
        ),
      ]
    case 'gates':
      return [
        whole,
        ...document.gates.flatMap((gate) => {
          const { proof } = gate
          const methods =
            proof.kind === 'checks'
              ? proof.checks.flatMap(methodsOf)
              : [proof.kind === 'evidence' ? `evidence ${proof.event.value}` : `attest ${proof.role}`]
          const acts = gate.onFail.map((act) => (act.kind === 'do' ? act.call.method.value : 'desk.hold'))
          const checks = proof.kind === 'checks' ? ofSteps(proof.checks) : []
          return [
            part(gate.id.value, gate.source, [...methods, ...acts]),
            ...checks
              .filter(({ source }) => source.length > 0)
              .map((check) => ({ ...check, id: `${gate.id.value}.${check.id}` })),
          ]
        }),
      ]
  }
}

/** A document that comes from a procedure of the sources has its trigger and its frequency too. */
const ofWhole = (source: string): readonly string[] => [source, `${source}/trigger`, `${source}/frequency`]

function methodsOf(step: Step): readonly string[] {
  switch (step.kind) {
    case 'do':
    case 'check':
      return [step.call.method.value]
    case 'run':
      return [`run ${step.call.runbook.value}`]
    case 'wait':
      return ['wait']
    case 'approve':
      return [`approve ${step.role}`]
    case 'attest':
      return [`attest ${step.role}`]
    case 'parallel':
      return step.steps.flatMap(methodsOf)
  }
}
