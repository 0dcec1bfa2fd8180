/** Calls as a document writes them, found from the nodes that they were lowered to: for laws about what stands in `with`. */
import type { Node, Span } from '../model/graph.ts'
import type { Document, MethodCall } from '../parse/document.ts'
import { allSteps } from './steps.ts'

/** The call of a node's step. A node stands where the method of its step does; undos and settlements have no node. */
export function writtenCalls(document: Document): (node: Node) => MethodCall | undefined {
  const calls = new Map(
    allSteps(document).flatMap((step) =>
      step.kind === 'do' || step.kind === 'check' ? [[placeOf(step.span), step.call] as const] : [],
    ),
  )
  return ({ span }) => calls.get(placeOf(span))
}

const placeOf = ({ start, end }: Span): string => `${String(start)}-${String(end)}`

/** A plain argument without its blanks, so that equal texts stand for equal values; empty where it is absent or no scalar. */
export function writtenArgument(call: MethodCall, name: string): string {
  const value = call.with?.entries.find(({ key }) => key === name)?.value
  return value?.kind === 'scalar' ? value.text.replaceAll(/\s+/g, '') : ''
}
