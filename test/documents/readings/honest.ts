/** What every check of the shipped procedures is honestly told: their cases are played until each of them has passed once, and what
 * detects incidents looks at a healthy desk. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../../../src/cli/command.ts'
import { graphFor, loadLibrary } from '../../../src/cli/library.ts'
import { play } from '../../../src/cli/testing/play.ts'
import { detected } from '../../../src/cli/walking/detect.ts'
import { whichDesk } from '../../../src/cli/which-desk.ts'
import type { Env, Node } from '../../../src/model/graph.ts'
import { readCases } from '../../../src/parse/cases.ts'
import type { Reading } from '../../../src/ports/adapter.ts'
import type { SampleFor } from '../../../src/walk/command.ts'
import type { Judged } from '../../../src/walk/judge.ts'
import { quietContext } from '../../support/in-process.ts'

/** A reading as the walker judged it. */
export interface Judgement {
  readonly what: SampleFor
  readonly reading: Reading
  readonly env: Env
  readonly judged: Judged
}

export interface Heard {
  readonly passed: ReadonlyMap<string, Judgement>
  /** Every check, probe and proof of the shipped procedures. */
  readonly wanted: readonly string[]
}

/** E.g. `gates/daily.yaml D1`, `trees/no-fills.yaml q1 (probe)`. */
export const nameOf = ({ kind, node }: Pick<SampleFor, 'kind' | 'node'>): string =>
  `${node.span.file.replace(/^.*\/(?=\w+\/[^/]+$)/, '')} ${node.id}${kind === 'check' ? '' : ` (${kind})`}`

function readingsOf(node: Node): readonly string[] {
  if (node.kind === 'check') return [nameOf({ kind: 'check', node })]
  if (node.kind !== 'question') return []
  return [
    ...(node.probe === undefined ? [] : [nameOf({ kind: 'probe', node })]),
    ...(node.needs === undefined ? [] : [nameOf({ kind: 'needs', node })]),
  ]
}

/** `judgements` is where whoever listens puts each of them. */
export async function hearHonest(judgements: Judgement[]): Promise<Heard> {
  const dir = mkdtempSync(join(tmpdir(), 'desk-test-'))
  try {
    return await hear(judgements, quietContext('2026-11-20T10:00:00-05:00', dir).context)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

async function hear(judgements: Judgement[], healthy: Context): Promise<Heard> {
  // Cases are played on desks of their own; nothing is ever written here.
  const { context } = quietContext('2026-11-20T10:00:00-05:00', '/nowhere')
  const desk = whichDesk(context)
  const library = await loadLibrary(desk, context)
  const passed = new Map<string, Judgement>()
  const wanted: string[] = []
  const takeOver = (): void => {
    for (const judgement of judgements)
      if (judgement.judged.verdict === 'ok') passed.set(nameOf(judgement.what), judgement)
  }
  for (const { kind, id, file } of library.documents.values()) {
    const graph = graphFor(library, kind, id, context)
    const own = [...graph.nodes.values()].flatMap(readingsOf)
    wanted.push(...own)
    judgements.length = 0
    if (graph.detection !== undefined) await detected(graph, whichDesk(healthy), healthy)
    takeOver()
    const path = file.replace(/\.yaml$/, '.test.yaml')
    for (const one of readCases({ path, text: readFileSync(path, 'utf8') }).cases) {
      if (own.every((name) => passed.has(name))) break
      judgements.length = 0
      await play(one, { graph, library }, context, desk)
      takeOver()
    }
  }
  return { passed, wanted }
}
