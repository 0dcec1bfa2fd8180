/**
 * A guard claims a fact, and a claim is worth what it rests on: the right method, and an expectation that holds on good evidence and
 * on nothing less. The expectation is tried, not read: each of the readings below that proves too little must fail it.
 */
import type { Expr, Fact, Graph, Invocation, Span } from '../model/graph.ts'
import { nameOf } from './effects.ts'
import { isReadable } from './expressions.ts'
import { reconciledEvent } from './fact-flow.ts'
import { error, type Rule } from './rule.ts'
import { holdsOn, type Reading } from './try-expectation.ts'

interface Proof {
  readonly method: string
  readonly args?: Reading
  readonly good: Reading
  /** What each lacks, in words. */
  readonly poor: readonly (readonly [string, Reading])[]
}

const evidence = { found: true, passed: true, sinceHalt: true, ageMinutes: 5, at: '2026-01-05T15:00:00Z' }
const ticket = {
  id: 'INC-1',
  kind: 'incident',
  title: 'x',
  status: 'open',
  rootCause: 'x',
  fixVerifiedIn: 'staging',
  openedAt: '2026-01-05T15:00:00Z',
}
const { rootCause: _cause, ...causeless } = ticket
const { fixVerifiedIn: _fix, ...unverified } = ticket
const limit = { name: 'x', inForce: '1', committed: '1', before: '1', looser: 'higher', softened: false }

/** Only what has an entry here can be claimed. */
export const proofs: Readonly<Partial<Record<Fact, Proof>>> = {
  reconciled: {
    method: 'desk.evidence',
    args: { event: reconciledEvent },
    good: evidence,
    poor: [
      ['passed', { ...evidence, passed: false }],
      ['sinceHalt', { ...evidence, sinceHalt: false }],
      ['an age below 60 minutes', { ...evidence, ageMinutes: 60 }],
    ],
  },
  'cause-known': {
    method: 'tickets.latestIncident',
    good: { found: true, ticket },
    poor: [
      ['found', { found: false }],
      ['rootCause', { found: true, ticket: causeless }],
      ['a rootCause that is not empty', { found: true, ticket: { ...ticket, rootCause: '' } }],
      ['fixVerifiedIn', { found: true, ticket: unverified }],
      ['a fixVerifiedIn that is not empty', { found: true, ticket: { ...ticket, fixVerifiedIn: '' } }],
      ['a fix verified outside production', { found: true, ticket: { ...ticket, fixVerifiedIn: 'production' } }],
    ],
  },
  'limits-kept': {
    method: 'risk.limits',
    good: { softened: 0, limits: [limit] },
    poor: [['softened', { softened: 1, limits: [{ ...limit, inForce: '2', softened: true }] }]],
  },
}

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
  if (!holdsOn(holds, proof.good)) return 'does not hold even on good evidence'
  const missing = proof.poor.find(([, reading]) => holdsOn(holds, reading))
  return missing === undefined ? undefined : `would hold without ${missing[0]}`
}

function isLiterally(args: Expr<Reading>, wanted: Reading): boolean {
  if (args.reads.length > 0) return false
  const written = args.evaluate({})
  return Object.entries(wanted).every(([name, value]) => written[name] === value)
}
