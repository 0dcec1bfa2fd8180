/**
 * The dry run: lists every step of a document in order, reads what can be read, shows each effect with its arguments, and changes
 * nothing: no record, no evidence, no effect. A check that stands before the first effect is judged as it would be; behind one it is
 * only shown, because the effect it is about has not taken place.
 */
import type { Graph, GraphId, Invocation, Node, NodeId, QuestionNode } from '../model/graph.ts'
import { exitCodes, worstExit, type ExitCode } from '../model/failure.ts'
import type { Evidence, Place } from '../model/journal.ts'
import { methodName } from './admission.ts'
import type { Args, SampleFor } from './command.ts'
import { findEvidenceFor } from './evidence.ts'
import { startFold } from './fold.ts'
import { nodeOf } from './frame.ts'
import { judge } from './judge.ts'
import { frameBelow, placeOf } from './place.ts'
import type { Ports } from './ports.ts'
import { read } from './reading.ts'
import { envOf, evaluateAll, evaluateArgs, evaluateBool, ownRun, resolveInputs } from './scope.ts'

export interface RehearsalRequest {
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly root: GraphId
  /** Resolved (`inputsOf`). */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly config: unknown
  readonly paper: boolean
  /** Nothing is called at all. */
  readonly offline: boolean
  /** By question id. */
  readonly answers: ReadonlyMap<string, string>
  /** Gates to look at; absent: all. */
  readonly selected?: readonly NodeId[]
}
export type RehearsalPorts = Pick<Ports, 'invoke' | 'clock' | 'interrupted' | 'evidence'>

export interface RehearsedStep {
  readonly place: Place
  readonly graph: GraphId
  readonly id: NodeId
  readonly kind: Node['kind']
  readonly title: string
  /** `planned` also for a check that was only shown, or that cannot be told before the run. */
  readonly status: 'planned' | 'passed' | 'failed' | 'undetermined' | 'skipped' | 'waiting'
  /** What would be called. */
  readonly method?: string
  /** Absent where they depend on what an earlier effect answers. */
  readonly args?: Args
  readonly evidence?: Evidence
  /** Of a question: the edge that was followed. */
  readonly answer?: string
  readonly reason?: string
}
export interface Rehearsal {
  readonly steps: readonly RehearsedStep[]
  /** 0 plan complete, 1 a check already fails, 2 one could not be read. */
  readonly exit: ExitCode
}

export async function rehearse(request: RehearsalRequest, ports: RehearsalPorts): Promise<Rehearsal> {
  const rehearsing = new Rehearsing(request, ports)
  await rehearsing.graph(request.root, '', request.inputs)
  const { steps } = rehearsing
  const codes = steps.map(({ status }) =>
    status === 'failed' ? exitCodes.failed : status === 'undetermined' ? exitCodes.undetermined : exitCodes.ok,
  )
  return { steps, exit: worstExit(codes) }
}

interface At {
  readonly graph: Graph
  readonly prefix: string
  readonly inputs: Readonly<Record<string, unknown>>
}

class Rehearsing {
  readonly steps: RehearsedStep[] = []
  readonly #request: RehearsalRequest
  readonly #ports: RehearsalPorts
  readonly #saved = new Map<string, Record<string, unknown>>()
  /** Something would have been changed by now. */
  #changed = false

  constructor(request: RehearsalRequest, ports: RehearsalPorts) {
    this.#request = request
    this.#ports = ports
  }

  async graph(id: GraphId, prefix: string, inputs: Readonly<Record<string, unknown>>): Promise<void> {
    const graph = this.#request.graphs.get(id)
    if (graph === undefined) throw new Error(`${id} is not compiled`)
    await this.#node({ graph, prefix, inputs }, graph.root)
  }

  async #node(at: At, id: NodeId): Promise<void> {
    const node = nodeOf(at.graph, id)
    if (node.when !== undefined) {
      const when = evaluateBool(node.when, this.#env(at))
      // Not known yet is no reason to hide a step.
      if (when.kind === 'known' && !when.value) {
        this.#add(at, node, { status: 'skipped' })
        return
      }
    }
    switch (node.kind) {
      case 'block': {
        const { selected } = this.#request
        const isChosen = (child: NodeId): boolean =>
          selected === undefined || at.prefix !== '' || id !== at.graph.root || selected.includes(child)
        for (const child of node.children) if (isChosen(child)) await this.#node(at, child)
        return
      }
      case 'action': {
        const args = evaluateArgs(node.do.args, this.#env(at))
        const shown = args.kind === 'known' ? { args: args.value } : { reason: args.reason }
        this.#add(at, node, { status: 'planned', method: methodName(node.do.method), ...shown })
        this.#changed = true
        return
      }
      case 'check':
        await this.#sample(at, node, node.check, { kind: 'check', node })
        return
      case 'evidence':
        this.#lookFor(at, node)
        return
      case 'question':
        await this.#question(at, node)
        return
      case 'call': {
        this.#add(at, node, { status: 'planned', method: node.graph })
        const given = evaluateAll(node.inputs, this.#env(at))
        const callee = this.#request.graphs.get(node.graph)
        if (callee === undefined) throw new Error(`${node.graph} is not compiled`)
        const inputs = given.kind === 'known' ? resolveInputs(callee, given.value, this.#request.paper) : given
        await this.graph(
          node.graph,
          frameBelow(placeOf(at.prefix, at.graph.id, id)),
          inputs.kind === 'known' ? inputs.value : {},
        )
        return
      }
      case 'leaf':
        this.#add(at, node, { status: 'planned', reason: node.because })
        for (const step of node.do) await this.#node(at, step)
        return
      case 'wait':
      case 'approval':
      case 'attest':
        this.#add(at, node, { status: 'planned' })
    }
  }

  /** Follows what was answered, else the probe; without either the rest of the path is not known. */
  async #question(at: At, node: QuestionNode): Promise<void> {
    const { answers } = this.#request
    const given = answers.get(`${at.graph.id.slice(at.graph.id.indexOf('/') + 1)}.${node.id}`) ?? answers.get(node.id)
    const { probe } = node
    const read =
      probe === undefined ? undefined : await this.#read(at, node, probe.check, { kind: 'probe', node, probe })
    const probed = node.who === 'person' ? undefined : read?.answer
    const cannotTell = probe !== undefined && node.who !== 'person' && !this.#request.offline ? 'unsure' : undefined
    const answer = given ?? probed ?? cannotTell
    const evidence = read?.evidence === undefined ? {} : { evidence: read.evidence }
    if (answer === undefined) {
      this.#add(at, node, { status: 'waiting', ...evidence })
      return
    }
    this.#add(at, node, { status: 'planned', answer, ...evidence })
    await this.#node(at, node.to.get(answer) ?? node.unsure)
  }

  async #sample(at: At, node: Node, invocation: Invocation, what: SampleFor): Promise<void> {
    const method = methodName(invocation.method)
    const result = await this.#read(at, node, invocation, what)
    if (result === undefined) return
    const { evidence, args, verdict } = result
    const shown = { method, ...(args === undefined ? {} : { args }), ...(evidence === undefined ? {} : { evidence }) }
    const reason = result.reason ?? evidence?.reason
    const because = reason === undefined ? {} : { reason }
    const unread = verdict === 'undetermined' && evidence?.observed === null
    const counts = verdict !== undefined && (!this.#changed || verdict === 'ok' || unread)
    const status = !counts ? 'planned' : verdict === 'ok' ? 'passed' : verdict
    this.#add(at, node, { status, ...shown, ...because })
  }

  async #read(
    at: At,
    node: Node,
    invocation: Invocation,
    what: SampleFor,
  ): Promise<
    | { args?: Args; verdict?: 'ok' | 'failed' | 'undetermined'; evidence?: Evidence; answer?: string; reason?: string }
    | undefined
  > {
    const env = this.#env(at)
    const args = evaluateArgs(invocation.args, env)
    if (args.kind === 'undetermined') {
      // Behind an effect that is normal: what it answers is not there yet. Before one it is a reading that cannot be made.
      return this.#changed ? { reason: args.reason } : { reason: args.reason, verdict: 'undetermined' }
    }
    if (this.#request.offline) return { args: args.value, reason: 'not read: offline' }
    const judged = judge(what, await read(this.#ports, invocation, args.value), env, this.#ports.clock.now())
    for (const [name, value] of Object.entries(judged.saved ?? {})) this.#save(at, name, value)
    const { verdict, evidence, answer } = judged
    const delayed = at.graph.nodes.has(`${node.id}@after`)
    const says = answer === undefined ? {} : { answer }
    // What is to be measured days from now is shown as it is today and judged then.
    return delayed ? { args: args.value, evidence, ...says } : { args: args.value, verdict, evidence, ...says }
  }

  #lookFor(at: At, node: Extract<Node, { readonly kind: 'evidence' }>): void {
    const looked = findEvidenceFor(node, at.graph, this.#ports.clock.now().getTime(), this.#ports)
    if (looked.kind === 'not-yet') {
      this.#add(at, node, { status: 'planned', reason: looked.reason })
      return
    }
    const { verdict, evidence } = looked
    const reason = evidence.reason === undefined ? {} : { reason: evidence.reason }
    this.#add(at, node, { status: verdict === 'ok' ? 'passed' : verdict, evidence, ...reason })
  }

  #env({ prefix, inputs }: At) {
    const { clock } = this.#ports
    const run = ownRun({ id: 'dry-run', ...this.#request }, clock)
    return { ...this.#saved.get(prefix), ...envOf(startFold().state, run, prefix, inputs, clock.now().toISOString()) }
  }

  #save({ prefix }: At, name: string, value: unknown): void {
    this.#saved.set(prefix, { ...this.#saved.get(prefix), [name]: value })
  }

  #add(
    { graph, prefix }: At,
    node: Node,
    step: Omit<RehearsedStep, 'place' | 'graph' | 'id' | 'kind' | 'title'>,
  ): void {
    const place = { path: placeOf(prefix, graph.id, node.id), visit: 1 }
    this.steps.push({ place, graph: graph.id, id: node.id, kind: node.kind, title: node.title, ...step })
  }
}
