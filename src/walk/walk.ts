/**
 * Walks a run: asks `next` what comes next and does it through ports, until the run is closed or parked.
 *
 * For callers:
 *   openRun, continueRun (run.ts)                make a journal and a folded state, or say why not
 *   walk(run, ports)                             goes on from wherever the state is; answers a WalkResult with its exit code
 *   headlessPeople (headless.ts)                 answers from flags; interactive screens implement `People` themselves
 *   rehearse (rehearse.ts)                       the dry run: reads only, writes nothing
 *   treeResult, runbookResult, gatesResult (result-*.ts)   the JSON of a state
 *
 * P1 What is decided reaches the disk in order, and before any effect, prompt, longer sleep or end. A decision that is lost with the
 *    process is taken again from the same records. What became of an effect is no decision: nothing is read, asked, shown or waited
 *    for before it is durable; with the intent of the next effect it may share a write.
 * P2 Branches of a parallel block run at once; a place is never worked on twice at a time.
 * P3 People are asked one thing at a time, when nothing else can go on, and never again once they have answered.
 * P4 A signal parks the run. An effect under way is let finish, because its result is worth more than the moment.
 * P5 When the journal cannot be written nothing else is done: the error of the journal ends the walk.
 */
import type { EvidenceNode, Graph, GraphId, Node } from '../model/graph.ts'
import { exitCodes, type ExitCode } from '../model/failure.ts'
import type { JournalRecord, Need, Place } from '../model/journal.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Command, Step } from './command.ts'
import { perform, settle, type Hands } from './effects.ts'
import { exitOfNeeds, exitOfOutcome, exitOfSignal } from './exit.ts'
import type { Folding } from './fold.ts'
import type { World } from './frame.ts'
import { findEvidenceFor } from './evidence.ts'
import { meet, type Needed } from './meeting.ts'
import { next } from './next.ts'
import { nodeAt } from './place.ts'
import type { Ports } from './ports.ts'
import { unsettled } from './read-run.ts'
import { firstMoment, staysFor } from './stay.ts'
import { sleepUntil, takeSamples } from './sampling.ts'
import { deskNameOf, isGraphId, ownRun } from './scope.ts'
import { entryAt, type State } from './state.ts'

export interface RunInProgress {
  readonly id: string
  readonly root: GraphId
  /** The pinned graphs, by id. */
  readonly graphs: ReadonlyMap<GraphId, Graph>
  /** Facts about the desk, as expressions see them. */
  readonly config: unknown
  readonly paper: boolean
  /** The records so far; the walk takes its own in. */
  readonly folding: Folding
}

export type WalkResult = { readonly state: State; readonly exit: ExitCode } & (
  | { readonly kind: 'closed'; readonly outcome: Outcome; readonly reason?: string }
  | { readonly kind: 'parked'; readonly needs: readonly Need[]; readonly signal?: string }
)
export type Decide = (world: World, state: State) => Step

export async function walk(run: RunInProgress, ports: Ports, decide: Decide = next): Promise<WalkResult> {
  return new Walk(run, ports, decide).untilItRests()
}

/** How long a walk may decide without the world having changed. A bug would otherwise spin for ever. */
const mostDecisionsInARow = 100_000
class Walk {
  readonly #run: RunInProgress
  readonly #ports: Ports
  readonly #decide: Decide
  readonly #state: State
  /** Decided, not yet durable. */
  #buffer: JournalRecord[] = []
  /** From here on the buffer holds what became of an effect, and nobody has been shown it. */
  #unseenFrom: number | undefined
  readonly #underWay = new Map<string, Promise<void>>()
  /** What a place turned out to need when it was about to be worked on. */
  readonly #held = new Map<string, Needed>()
  #failure: unknown

  constructor(run: RunInProgress, ports: Ports, decide: Decide) {
    this.#run = run
    this.#ports = ports
    this.#decide = decide
    this.#state = run.folding.state
  }

  async untilItRests(): Promise<WalkResult> {
    try {
      for (;;) {
        const result = await this.#turn()
        if (result !== undefined) return result
      }
    } finally {
      // An effect under way may still want to say what became of it, also after a failure of something else.
      await Promise.allSettled(this.#underWay.values())
      if (this.#failure === undefined) this.#flushEnded()
    }
  }

  async #turn(): Promise<WalkResult | undefined> {
    const step = this.#decideAll()
    if (step.kind === 'done') return this.#close(step.outcome, step.reason)
    for (const command of step.commands) this.#start(command)
    this.#flushEnded()
    if (this.#underWay.size > 0) {
      await Promise.race(this.#underWay.values())
      if (this.#failure !== undefined) throw asError(this.#failure)
      return undefined
    }
    const needs = [...step.commands.filter((command) => command.kind === 'need'), ...this.#held.values()]
    if (this.#ports.interrupted.aborted) return this.#park(needs)
    return this.#meetOne(needs)
  }

  /** Takes all decisions that need nothing of the world. */
  #decideAll(): Step {
    for (let decisions = 0; decisions < mostDecisionsInARow; decisions++) {
      const step = this.#decide(this.#world(), this.#state)
      if (step.kind === 'done') return step
      const records = step.commands.flatMap((command) => (command.kind === 'record' ? [command.record] : []))
      if (records.length === 0) return step
      for (const record of records) this.#decided(record)
    }
    throw new Error(`${this.#run.id} decides without end`)
  }

  #world(): World {
    const { root, graphs, paper } = this.#run
    const { now, dueMs, nextMs, windowEndMs } = this.#ports.clock
    const run = ownRun(this.#run, this.#ports.clock)
    return { graphs, run, root, nowMs: now().getTime(), paper, dueMs, nextMs, windowEndMs }
  }

  #start(command: Command): void {
    if (command.kind === 'need' || command.kind === 'record') return
    const { path } = command.at
    if (this.#underWay.has(path) || this.#held.has(path) || this.#ports.interrupted.aborted) return
    if (command.kind !== 'act' || command.notBeforeMs > this.#world().nowMs) this.#flushEnded()
    const work = this.#work(command)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#underWay.delete(path)
      })
    this.#underWay.set(path, work)
  }

  async #work(command: Exclude<Command, { readonly kind: 'need' | 'record' }>): Promise<void> {
    switch (command.kind) {
      case 'sample': {
        if (command.notBeforeMs > this.#world().nowMs) this.#flush()
        const before = entryAt(this.#state, command.at.path).samples.at(-1)?.verdict
        this.#commit(...(await takeSamples(command, before, this.#ports)))
        return
      }
      case 'act': {
        const need = await perform(command, this.#hands())
        if (need !== undefined) this.#hold(command.at, { ...this.#needed(need, command.node) })
        return
      }
      case 'settle':
        await settle(command, this.#hands())
        return
      case 'evidence':
        this.#lookForEvidence(command.at, command.graph, command.node)
        return
      case 'publish': {
        const { at, event, status, title } = command
        this.#flush()
        this.#ports.journal.publish({ event, status, title })
        this.#decided({ kind: 'published', at, time: this.#time(), event, status })
        return
      }
      case 'lock':
        this.#lock(command)
    }
  }

  #hands(): Hands {
    const { config, id } = this.#run
    return {
      ports: this.#ports,
      run: id,
      desk: deskNameOf(config),
      state: this.#state,
      commit: (...records) => {
        this.#commit(...records)
      },
      ended: (record) => {
        if (this.#failure !== undefined) throw asError(this.#failure)
        this.#unseenFrom ??= this.#buffer.length
        this.#decided(record)
      },
    }
  }

  #lookForEvidence(at: Place, graph: Graph, node: EvidenceNode): void {
    const time = this.#time()
    const looked = findEvidenceFor(node, graph, this.#openedMs(), this.#ports)
    if (looked.kind === 'not-yet')
      this.#commit({ kind: 'outcome', at, time, outcome: 'skipped', reason: looked.reason })
    else this.#commit({ kind: 'sample', at, time, verdict: looked.verdict, evidence: looked.evidence })
  }

  #lock({ at, graph, resources, entered }: Extract<Command, { readonly kind: 'lock' }>): void {
    this.#flush()
    const answer = this.#ports.journal.lock(resources, graph)
    if (answer.kind === 'held') {
      this.#commit({ kind: 'outcome', at, time: this.#time(), outcome: 'refused', reason: answer.by })
      return
    }
    if (answer.record !== undefined) this.#takeIn(answer.record, answer.ref)
    this.#decided(entered)
  }

  #needed(need: Need, node: Node): Needed {
    const { graph: name } = nodeAt(need.at.path)
    const graph = isGraphId(name) ? this.#run.graphs.get(name) : undefined
    if (graph === undefined) throw new Error(`no graph at ${need.at.path}`)
    return { kind: 'need', need, node, graph, env: {} }
  }

  #hold(at: Place, needed: Needed): void {
    this.#held.set(at.path, needed)
  }

  /** The first need that somebody meets; otherwise time is waited for here, or the run parks. */
  async #meetOne(needs: readonly Needed[]): Promise<WalkResult | undefined> {
    this.#flush()
    for (const needed of needs) {
      const met = await meet(needed, this.#run.id, this.#state, this.#ports)
      if (met.kind === 'park' || this.#ports.interrupted.aborted) return this.#park(needs)
      if (met.kind === 'nothing' || met.records.length === 0) continue
      this.#held.clear()
      this.#commit(...met.records)
      // Who declined is not asked again at once.
      return met.records.some(({ kind }) => kind === 'left') ? this.#park(needs) : undefined
    }
    const first = firstMoment(needs.map((needed) => needed.need))
    if (first !== undefined && staysFor(first, this.#ports)) {
      await sleepUntil(Date.parse(first.dueAt), first.at, this.#ports)
      return undefined
    }
    return this.#park(needs)
  }

  #park(needs: readonly Needed[]): WalkResult {
    const { interrupted, journal } = this.#ports
    const wanted = needs.map((needed) => needed.need)
    const resumeAt = firstMoment(needs.map((needed) => needed.need))?.dueAt
    this.#commit({ kind: 'parked', time: this.#time(), needs: wanted })
    journal.park(wanted, resumeAt)
    const rest = { kind: 'parked', needs: wanted, state: this.#state } as const
    if (!interrupted.aborted) return { ...rest, exit: wanted.length === 0 ? exitCodes.waiting : exitOfNeeds(wanted) }
    return { ...rest, exit: exitOfSignal(interrupted.reason), signal: String(interrupted.reason) }
  }

  #close(outcome: Outcome, reason: string | undefined): WalkResult {
    const because = reason === undefined ? {} : { reason }
    if (this.#state.closed === undefined) {
      const left = outcome === 'aborted' ? unsettled(this.#state) : []
      const open = left.length === 0 ? undefined : left
      const rest = open === undefined ? {} : { unsettled: open }
      this.#commit({ kind: 'closed', time: this.#time(), outcome, ...because, ...rest })
      this.#ports.journal.close(outcome, reason, open)
    }
    return { kind: 'closed', outcome, ...because, state: this.#state, exit: exitOfOutcome[outcome] }
  }

  #decided(record: JournalRecord): void {
    this.#buffer.push(record)
    this.#run.folding.apply(record)
    if (this.#unseenFrom === undefined) this.#show(record)
  }

  #flushEnded(): void {
    if (this.#unseenFrom !== undefined) this.#commit()
  }

  #flush(): void {
    if (this.#buffer.length > 0) this.#commit()
  }

  #commit(...records: readonly JournalRecord[]): void {
    if (this.#failure !== undefined) throw asError(this.#failure)
    const all = [...this.#buffer, ...records]
    if (all.length === 0) return
    const buffered = this.#buffer
    let refs: ReturnType<Ports['journal']['append']>
    try {
      refs = this.#ports.journal.append(all)
    } catch (error) {
      this.#failure ??= error
      throw error
    }
    const unseenFrom = this.#unseenFrom ?? buffered.length
    this.#buffer = []
    this.#unseenFrom = undefined
    for (const [i, record] of buffered.entries()) {
      const ref = refs[i]
      if (ref !== undefined) this.#run.folding.locate(record, ref)
      if (i >= unseenFrom) this.#show(record)
    }
    for (const [i, record] of records.entries()) this.#takeIn(record, refs[buffered.length + i])
  }

  #takeIn(record: JournalRecord, ref?: { readonly segment: string; readonly seq: number }): void {
    this.#run.folding.apply(record, ref)
    this.#show(record)
  }

  #show(record: JournalRecord): void {
    const node = 'at' in record ? this.#nodeOf(record.at) : undefined
    this.#ports.observe({ kind: 'recorded', record, ...(node === undefined ? {} : { node }) })
  }

  #nodeOf({ path }: Place): Node | undefined {
    const { graph, node } = nodeAt(path)
    return isGraphId(graph) ? this.#run.graphs.get(graph)?.nodes.get(node) : undefined
  }

  /** A run that is taken up late still asks for the evidence of its own window. */
  #openedMs(): number {
    const { opened } = this.#state
    return opened === undefined ? this.#world().nowMs : Date.parse(opened.time)
  }

  #time(): string {
    return this.#ports.clock.now().toISOString()
  }
}

const asError = (failure: unknown): Error => (failure instanceof Error ? failure : new Error(String(failure)))
