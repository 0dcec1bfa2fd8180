/**
 * A guard claims a fact, and a claim is worth what it rests on: the right method, and an expectation that holds on good evidence and
 * on nothing less. The expectation is tried, not read: each of the readings below that proves too little must fail it.
 */
import type { Expr, Fact, Graph, Invocation, Span } from '../model/graph.ts'
import { nameOf } from './effects.ts'
import { isReadable } from './expressions.ts'
import { calculates, literalsIn, proofs } from './proofs.ts'
import { error, type Rule } from './rule.ts'
import { holdsOn, type Reading } from './try-expectation.ts'

interface Claim {
  readonly fact: Fact
  readonly check: Invocation
  readonly holds: Expr<boolean>
  readonly span: Span
}

export const guardNeedsEvidence: Rule = ({ graphs }) =>
  [...graphs.values()].flatMap(claimsOf).flatMap((claim) => {
    const lack = lackOf(claim)
    if (lack === undefined) return []
    return [error('law/guard-needs-evidence', `"${claim.fact}" ${lack}`, { span: claim.span })]
  })

function claimsOf(graph: Graph): readonly Claim[] {
  return [...graph.nodes.values()].flatMap((node): readonly Claim[] => {
    if (node.kind === 'check')
      return node.establishes.map((fact) => ({ fact, check: node.check, holds: node.expect, span: node.span }))
    if (node.kind !== 'question') return []
    const { needs } = node
    if (needs === undefined) return []
    return (node.answers.get(needs.answer) ?? []).map((fact) => ({
      fact,
      check: needs.check,
      holds: needs.holds,
      span: needs.check.args.span,
    }))
  })
}

function lackOf({ fact, check, holds }: Claim): string | undefined {
  const proof = proofs[fact]
  if (proof === undefined) return 'cannot be claimed: nothing that can be read proves it'
  if (nameOf(check.method) !== proof.method) return `rests on ${proof.method}, not on ${nameOf(check.method)}`
  if (!isReadable(holds) || !isReadable(check.args)) return undefined
  if (proof.args !== undefined && !isLiterally(check.args, proof.args))
    return `rests on ${proof.method} with ${JSON.stringify(proof.args)}, literally`
  if (holds.reads.some((name) => name !== 'result')) return 'may depend on the reading alone: read nothing but `result`'
  if (calculates(holds.text)) return 'compares what was read with plain values, and calculates nothing'
  if (!holdsOn(holds, proof.good)) return 'does not hold even on good evidence'
  const missing = proof.poor(literalsIn(holds.text)).find(([, reading]) => holdsOn(holds, reading))
  return missing === undefined ? undefined : `would hold without ${missing[0]}`
}

function isLiterally(args: Expr<Reading>, wanted: Reading): boolean {
  if (args.reads.length > 0) return false
  const written = args.evaluate({})
  return Object.entries(wanted).every(([name, value]) => written[name] === value)
}
