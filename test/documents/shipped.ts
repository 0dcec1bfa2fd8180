/** The shipped documents as they are read, for tests about what they say. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Graph } from '../../src/model/graph.ts'
import { readDocument } from '../../src/parse/document-of.ts'
import type { Document, GateSet, Runbook, Step, Tree } from '../../src/parse/document.ts'
import { compileLibrary } from '../../src/plan/compile.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import type { SourceFile } from '../../src/source/file.ts'

const folders = ['gates', 'incidents', 'monitors', 'runbooks', 'trees'] as const
const root = new URL('../../', import.meta.url)

export const shippedFiles: readonly SourceFile[] = folders.flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(new URL(`${folder}/${name}`, root), 'utf8') })),
)
export const library = compileLibrary(shippedFiles, { catalogue })
export const shippedReads = shippedFiles.map((file) => readDocument(file))
export const shippedDocuments: readonly Document[] = shippedReads.flatMap(({ document }) => document ?? [])

const missing = (id: string): never => {
  throw new Error(`${id} is not shipped, or cannot be read`)
}
const byKind = <K extends Document['kind']>(kind: K, id: string): Extract<Document, { kind: K }> =>
  shippedDocuments.find((d): d is Extract<Document, { kind: K }> => d.kind === kind && d.id.value === id) ?? missing(id)
export const tree = (id: string): Tree => byKind('tree', id)
export const runbook = (id: string): Runbook => byKind('runbook', id)
export const gateSet = (id: string): GateSet => byKind('gates', id)
export const trees: readonly Tree[] = shippedDocuments.filter((d) => d.kind === 'tree')
export const runbooks: readonly Runbook[] = shippedDocuments.filter((d) => d.kind === 'runbook')

export const treeGraph = (id: string): Graph => library.graphs.get(`tree/${id}`) ?? missing(id)

/** What a step does, in one line; the parts of a parallel step follow it. */
export function lines(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    const id = step.id.value
    switch (step.kind) {
      case 'do':
      case 'check':
        return `${id}: ${step.kind} ${step.call.method.value}`
      case 'run':
        return `${id}: run ${step.call.runbook.value}`
      case 'wait':
        return `${id}: wait ${JSON.stringify(step.until)}`
      case 'approve':
        return `${id}: approve ${step.role} ${step.of.map((of) => of.value).join(' ')}`
      case 'attest':
        return `${id}: attest ${step.role}`
      case 'parallel':
        return [`${id}: parallel`, ...lines(step.steps)]
    }
  })
}

export const stepNamed = (steps: readonly Step[], id: string): Step =>
  steps
    .flatMap((step) => (step.kind === 'parallel' ? [step, ...step.steps] : [step]))
    .find((step) => step.id.value === id) ?? missing(id)

/** The text of what a check expects. */
export function expectation(steps: readonly Step[], id: string): string {
  const step = stepNamed(steps, id)
  return (step.kind === 'check' ? step.expect?.text : undefined) ?? missing(`expectation of ${id}`)
}
/** An argument as it is written. */
export function argument(steps: readonly Step[], id: string, name: string): string {
  const step = stepNamed(steps, id)
  const entries =
    step.kind === 'do' || step.kind === 'check' || step.kind === 'run' ? step.call.with?.entries : undefined
  const value = entries?.find(({ key }) => key === name)?.value
  return value?.kind === 'scalar' ? value.text : missing(`${id}.${name}`)
}
