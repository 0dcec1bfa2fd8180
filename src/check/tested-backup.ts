/**
 * A backup counts only with a restore test of the last month: no check on backups passes on untested ones, and nothing is restored
 * into the desk before such a check. Expectations are tried on backups that are fresh and were never restored.
 */
import type { CheckNode, Expr, Graph, Node } from '../model/graph.ts'
import type { Document } from '../parse/document.ts'
import { nameOf } from './effects.ts'
import { isReadable } from './expressions.ts'
import { flowThrough } from './flow.ts'
import { calculates, literalsIn } from './proofs.ts'
import { error, type Rule } from './rule.ts'
import { methodCalls } from './steps.ts'
import { holdsOn, type Reading } from './try-expectation.ts'

const rule = 'law/tested-backup'
const hint = 'result.rows.all(row, row.fresh && row.tested)'

export const testedBackup: Rule = ({ graphs, documents }) =>
  [...graphs.values()].flatMap((graph) => [
    ...[...graph.nodes.values()]
      .filter(isAboutBackups)
      .filter((node) => !isOnlyRecorded(node.expect) && !countsTestedOnly(node.expect))
      .map(({ span }) => error(rule, 'would pass on backups that nobody has restored for a month', { span, hint })),
    ...untestedRestores(graph, sandboxed(documents.get(graph.id))).map(({ span }) =>
      error(rule, 'restores into the desk what may never have been tried', {
        span,
        hint: `check: storage.backups, ${hint}`,
      }),
    ),
  ])

const isAboutBackups = (node: Node): node is CheckNode =>
  node.kind === 'check' && nameOf(node.check.method) === 'storage.backups'

/** Without an expectation it judges nothing. */
const isOnlyRecorded = ({ reads, text }: Expr<boolean>): boolean => reads.length === 0 && text === 'true'

/** On every kind of backup, or on those that it names, each untested by itself and all together. */
function countsTestedOnly(expect: Expr<boolean>): boolean {
  if (!isReadable(expect)) return true
  if (expect.reads.some((name) => name !== 'result') || calculates(expect.text)) return false
  const { numbers, texts } = literalsIn(expect.text)
  const named = kinds.filter((kind) => texts.includes(kind))
  const judged = named.length === 0 ? kinds : named
  const days = [...new Set([1, 365_000, ...numbers])]
  return [kinds, ...judged.map((kind) => [kind])].every((untested) =>
    days.every((retentionDays) => !holdsOn(expect, backups(untested, retentionDays))),
  )
}

const kinds: readonly string[] = ['positions', 'configuration', 'audit', 'database']

function backups(untested: readonly string[], retentionDays: number): Reading {
  const rows = kinds.map((kind) => {
    const tested = !untested.includes(kind)
    const restored = tested ? { restoreTestedAt: '2026-01-05T15:00:00Z' } : {}
    const made = { latestAt: '2026-01-05T15:00:00Z', ageMinutes: 1, frequencyMinutes: 1, retentionDays }
    return { kind, ...made, ...restored, fresh: true, tested }
  })
  return { stale: 0, untested: untested.length, rows }
}

/** Restores of which not every path before has judged the backups. */
function untestedRestores(graph: Graph, harmless: ReadonlySet<number>): readonly Node[] {
  const found = new Set<Node>()
  flowThrough<'tested'>(graph, {
    gives: (node) => (isAboutBackups(node) && !isOnlyRecorded(node.expect) ? ['tested'] : []),
    answerGives: () => [],
    visit: (node, before) => {
      const restores = node.kind === 'action' && nameOf(node.do.method) === 'storage.restore'
      if (restores && !harmless.has(node.span.start) && !before.has('tested')) found.add(node)
    },
    lenient: false,
  })
  return [...found]
}

/** Where restores stand that go into a sandbox, literally; what is only known when it runs counts as the desk. */
function sandboxed(document: Document | undefined): ReadonlySet<number> {
  const calls = document === undefined ? [] : methodCalls(document)
  return new Set(
    calls.flatMap(({ call: { method, with: args } }) => {
      const into = args?.entries.find(({ key }) => key === 'into')?.value
      return into?.kind === 'scalar' && into.text === 'sandbox' ? [method.span.start] : []
    }),
  )
}
