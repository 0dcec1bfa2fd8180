/** Every cadence at a moment when its gates are due, on a healthy desk that has done what comes before; and a walk of it there. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordEvidence } from '../../src/audit/evidence.ts'
import { newId } from '../../src/audit/id.ts'
import { openSegment } from '../../src/audit/segment.ts'
import type { Context } from '../../src/cli/command.ts'
import { graphFor, type Library, loadLibrary } from '../../src/cli/library.ts'
import { dueOf } from '../../src/cli/walking/gate-windows.ts'
import { endOfGates } from '../../src/cli/walking/gates-end.ts'
import { openSession } from '../../src/cli/walking/session.ts'
import { walkProcedure } from '../../src/cli/walking/walk-procedure.ts'
import { whichDesk } from '../../src/cli/which-desk.ts'
import type { FaultId } from '../../src/adapters/paper/faults.ts'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import type { State } from '../../src/walk/state.ts'
import { quietContext } from './in-process.ts'

export interface Occasion {
  /** E.g. `daily before the open`. */
  readonly name: string
  readonly cadence: string
  /** RFC 3339. */
  readonly now: string
  /** Events that other runs have left behind, with how many minutes ago. */
  readonly evidence: Readonly<Record<string, number>>
  /** What people state. */
  readonly answers?: readonly string[]
  /** The kill switch was drilled half an hour ago. */
  readonly drilled?: true
  /** What is due then, and passes where nothing is wrong. */
  readonly due: readonly string[]
}

const deployed = (minutes: number) => ({ 'rolling-deploy.completed': minutes })
const archived = {
  'end-of-day-reports.completed': 60,
  'end-of-day-archive.completed': 60,
  'end-of-day-backup.completed': 60,
}

export const occasions: readonly Occasion[] = [
  {
    ...{ name: 'before launch', cadence: 'pre-launch', now: '2026-11-20T10:00:00-05:00', evidence: {} },
    due: ['P1', 'P2', 'P3', 'P4'],
  },
  {
    ...{ name: 'half an hour before the open', cadence: 'pre-market', now: '2026-11-20T09:00:00-05:00', evidence: {} },
    due: ['T30-1', 'T30-3', 'T30-4', 'T30-5', 'T30-6'],
  },
  {
    ...{ name: 'five minutes before the open', cadence: 'pre-market', now: '2026-11-20T09:25:00-05:00', evidence: {} },
    due: ['T5-1', 'T5-2', 'T5-3', 'T5-4', 'T5-5', 'T5-6'],
  },
  {
    ...{ name: 'the day, before the open', cadence: 'daily', now: '2026-11-20T09:05:00-05:00' },
    evidence: { 'reconciliation.completed': 30 },
    due: ['D1', 'D2', 'D3', 'D4', 'D5'],
  },
  {
    ...{ name: 'in the session', cadence: 'market-hours', now: '2026-11-20T10:00:00-05:00', evidence: {} },
    due: ['H1', 'H2', 'H3', 'H4'],
  },
  {
    ...{ name: 'after the close', cadence: 'end-of-day', now: '2026-11-20T18:00:00-05:00', evidence: archived },
    due: ['E1', 'E2', 'E3', 'E4', 'E5', 'E6'],
  },
  {
    ...{ name: 'the week', cadence: 'weekly', now: '2026-11-20T17:00:00-05:00', evidence: {} },
    due: ['W1', 'W2', 'W3', 'W4', 'strategy', 'resources', 'alerts'],
  },
  {
    ...{ name: 'the month', cadence: 'monthly', now: '2026-12-02T12:00:00-05:00', evidence: {} },
    due: ['M1', 'M2', 'M3', 'M4', 'attribution', 'drift', 'infrastructure'],
  },
  {
    ...{ name: 'the quarter', cadence: 'quarterly', now: '2026-10-06T12:00:00-04:00', evidence: {} },
    answers: ['Q2=Reviewed with the committee, no raise', 'Q3=Two accesses taken away', 'Q4=All read, none changed'],
    due: ['Q1', 'Q2', 'Q3', 'Q4'],
  },
  {
    ...{ name: 'two hours after a deployment', cadence: 'post-deployment', now: '2026-11-20T12:00:00-05:00' },
    ...{ evidence: deployed(120), drilled: true },
    due: ['I1', 'I2', 'I3', 'I4', 'I5', 'I6'],
  },
  {
    ...{ name: 'ten hours after a deployment', cadence: 'post-deployment', now: '2026-11-20T15:00:00-05:00' },
    evidence: deployed(600),
    due: ['A1', 'A2', 'A3', 'A4', 'A5'],
  },
  {
    ...{ name: 'three days after a deployment', cadence: 'post-deployment', now: '2026-11-20T12:00:00-05:00' },
    evidence: deployed(3 * 24 * 60),
    due: ['B1', 'B2', 'B3', 'B4', 'B5'],
  },
]

export interface Walked {
  readonly exit: number
  /** Of what was due. */
  readonly statuses: Readonly<Record<string, string>>
  readonly state: State
  readonly stateDir: string
}

/** Desks in memory: none of them has to survive anything. */
export class Desks {
  readonly #dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'desk-test-'))
  readonly #prepared = new Map<Occasion, string>()
  #count = 0
  #library: Promise<Library> | undefined

  /** A desk of its own, as it is on that occasion. */
  async at(occasion: Occasion): Promise<string> {
    const known = this.#prepared.get(occasion)
    const template = known ?? (await this.#prepare(occasion))
    this.#prepared.set(occasion, template)
    const stateDir = join(this.#dir, String(++this.#count))
    cpSync(template, stateDir, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    return stateDir
  }

  /** Walks what is due, with these faults; the desk stays until all are removed. */
  async walk(occasion: Occasion, faults: readonly FaultId[] = []): Promise<Walked> {
    const stateDir = await this.at(occasion)
    const { context, printed } = quietContext(occasion.now, stateDir)
    for (const fault of faults) await setFault({ stateDir, now: context.deps.now }, fault, true)
    return { ...(await this.#gates(occasion, context)), statuses: statusesIn(printed(), occasion), stateDir }
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** As `desk gates <cadence> --only <what is due>` does it; the procedures are compiled once. */
  async #gates({ cadence, due, answers = [] }: Occasion, context: Context) {
    const desk = whichDesk(context)
    this.#library ??= loadLibrary(desk, context)
    const library = await this.#library
    const graph = graphFor(library, 'gates', cadence, context)
    const { windows, earlier, waivers, open } = dueOf({ graph, library }, desk.stateDir, context.deps.now().getTime())
    const selected = open.filter((id) => due.includes(id))
    const procedure = { ...{ graph, library, selected, windows, earlier, waivers }, only: due }
    const result = await walkProcedure(procedure, { answer: answers }, context, desk)
    if (result.kind === 'rehearsed') throw new Error('nothing was walked')
    const { state } = result
    return {
      exit: endOfGates({ graphs: library.graphs, root: graph.id, run: '', state }, procedure, result, library, context),
      state,
    }
  }

  async #prepare(occasion: Occasion): Promise<string> {
    const stateDir = join(this.#dir, `prepared-${String(this.#prepared.size)}`)
    const { context } = quietContext(occasion.now, stateDir)
    const { adapter } = openSession(context)
    const call = { timeoutMs: 10_000, signal: new AbortController().signal }
    if (occasion.drilled === true)
      await adapter.act({
        ...{ ...call, port: 'reports', method: 'fileDrill', key: 'drill' },
        args: { kind: 'kill-switch', text: 'Blocked and flat', recoveredInMinutes: 0.7, targetMinutes: 1 },
      })
    // The first question makes the repository of the configuration.
    await adapter.read({ ...call, port: 'config', method: 'head', args: {} })
    for (const [event, minutes] of Object.entries(occasion.evidence)) leave(event, minutes, stateDir, context)
    return stateDir
  }
}

/** As a run of its own would have left it. */
function leave(event: string, minutesAgo: number, stateDir: string, { deps }: Context): void {
  const now = (): Date => new Date(deps.now().getTime() - minutesAgo * 60_000)
  const writer = openSegment({
    ...{ stateDir, run: newId('run', now, deps.random), k: 0, now },
    header: { event: 'opened' },
    envelope: { actor: 'oncall', host: deps.host, traceId: 'test' },
  })
  recordEvidence(stateDir, writer, { event, status: 'pass' }, now)
  writer.close({ outcome: 'ok' })
}

function statusesIn(json: string, { due }: Occasion): Walked['statuses'] {
  const told: unknown = JSON.parse(json)
  if (typeof told !== 'object' || told === null || !('gates' in told) || !Array.isArray(told.gates))
    throw new Error(`no gates were told: ${json}`)
  const all = told.gates.map((gate: unknown): readonly [string, string] => {
    if (typeof gate !== 'object' || gate === null || !('id' in gate) || !('status' in gate)) throw new Error(json)
    return [String(gate.id), String(gate.status)]
  })
  return Object.fromEntries(all.filter(([id]) => due.includes(id)))
}
