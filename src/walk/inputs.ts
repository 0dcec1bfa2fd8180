/** Inputs as a person types them, by the types that the document declares. */
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Graph, InputSpec } from '../model/graph.ts'
import { decimal } from '../ports/method.ts'
import { resolveInputs } from './scope.ts'

/** Throws DeskError `unknown-input`, `bad-input` or `missing-input` (64). Values that are no texts are taken as they are. */
export function inputsOf(
  graph: Graph,
  given: Readonly<Record<string, unknown>>,
  paper: boolean,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const spec = graph.inputs.find((input) => input.name === name)
    if (spec === undefined) {
      const known = graph.inputs.map((input) => input.name).join(', ')
      const hint = known === '' ? 'it takes none' : `it takes ${known}`
      throw new DeskError('unknown-input', exitCodes.usage, `${graph.id} takes no input ${name}`, hint)
    }
    values[name] = typeof value === 'string' ? typed(spec, value) : value
  }
  const inputs = resolveInputs(graph, values, paper)
  if (inputs.kind === 'known') return inputs.value
  throw new DeskError('missing-input', exitCodes.usage, inputs.reason, '--set name=value')
}

function typed({ name, type }: InputSpec, text: string): unknown {
  const bad = (what: string): DeskError =>
    new DeskError('bad-input', exitCodes.usage, `${name} must be ${what}, not ${JSON.stringify(text)}`)
  switch (type) {
    case 'string':
      return text
    case 'int': {
      const value = Number(text)
      if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value)) throw bad('a whole number')
      return value
    }
    case 'decimal':
      if (!decimal.safeParse(text).success) throw bad('a decimal number')
      return text
    case 'bool':
      if (text !== 'true' && text !== 'false') throw bad('true or false')
      return text === 'true'
  }
}
