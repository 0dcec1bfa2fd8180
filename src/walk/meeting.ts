/** Turns what the run needs of people into something to show, and what they reply into records. */
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Evidence, JournalRecord, Need, Place } from '../model/journal.ts'
import { methodName } from './admission.ts'
import type { Command } from './command.ts'
import { nodeOf } from './frame.ts'
import { frameOf } from './place.ts'
import type { Ask, Offer, Ports, Reply } from './ports.ts'
import { evaluateArgs, evaluateText } from './scope.ts'
import { entryAt, type RecordOf, type State } from './state.ts'

export type Needed = Extract<Command, { readonly kind: 'need' }>

/** What happened when a person was asked. */
type Met =
  | { readonly kind: 'records'; readonly records: readonly JournalRecord[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'park' }

/** Asks for one need. A probe that has an answer gives it where nobody is there to be asked. */
export async function meet(needed: Needed, run: string, state: State, ports: Ports): Promise<Met> {
  const { need, node } = needed
  if (need.kind === 'moment') return { kind: 'nothing' }
  if (need.kind === 'approval') {
    const records = newDecisions(need, state, ports)
    if (records.length > 0) return { kind: 'records', records }
  }
  ports.observe({ kind: 'asking', need })
  const epoch = presentEpoch(need, ports)
  const reply = await ports.people.meet(askOf(needed, need, run, state, epoch))
  if (reply.kind === 'park') return { kind: 'park' }
  if (reply.kind === 'confirmed') {
    return { kind: 'records', records: [{ kind: 'confirmed', by: reply.by, epoch, time: timeOf(ports) }] }
  }
  if (reply.kind !== 'nobody') return { kind: 'records', records: recordsOf(reply, needed, state, ports) }
  if (need.kind !== 'answer' || node.kind !== 'question' || node.who === 'person') return { kind: 'nothing' }
  const sample = entryAt(state, need.at.path).samples.at(-1)
  if (node.probe === undefined || sample === undefined) return { kind: 'nothing' }
  return { kind: 'records', records: [probeAnswer(need.at, methodName(node.probe.check.method), sample, ports)] }
}

/** A probe that cannot tell answers unsure. */
function probeAnswer(at: Place, probe: string, sample: RecordOf<'sample'>, ports: Ports): JournalRecord {
  const answer = sample.verdict === 'ok' ? (sample.answer ?? 'unsure') : 'unsure'
  return { kind: 'answer', at, time: timeOf(ports), answer, by: 'probe', probe, evidence: sample.evidence }
}

function newDecisions(
  need: Extract<Need, { readonly kind: 'approval' }>,
  state: State,
  ports: Ports,
): readonly JournalRecord[] {
  const { at, role } = need
  const entry = entryAt(state, at.path)
  const known = new Set(entry.decisions.map((decision) => decision.ref))
  const requester = state.opened?.by.id.toLowerCase()
  return ports.people
    .decisions(at, role)
    .filter((d) => !known.has(d.ref) && d.offers === entry.entered?.offers && d.by.id.toLowerCase() !== requester)
    .map((decision) => ({ ...decision, at, time: timeOf(ports) }))
}

/** What is confirmed is the grant that was shown. */
const presentEpoch = (need: Need, ports: Ports): string => (need.kind === 'confirm' ? ports.gates.epoch() : '')

function askOf(
  needed: Needed,
  need: Exclude<Need, { readonly kind: 'moment' }>,
  run: string,
  state: State,
  epoch: string,
): Ask {
  const { node, graph, env } = needed
  const common = { run, graph: graph.id, need, state }
  const entry = entryAt(state, need.at.path)
  switch (need.kind) {
    case 'answer': {
      if (node.kind !== 'question') break
      const sample = entry.samples.at(-1)
      const probe =
        node.probe === undefined || sample === undefined
          ? {}
          : { probe: shownProbe(methodName(node.probe.check.method), sample) }
      const look = node.look.map((expr) => textOr(evaluateText(expr, env), expr.text))
      const canGoBack = previousQuestion(state, need.at) !== undefined
      return {
        ...common,
        kind: 'answer',
        node,
        text: textOr(evaluateText(node.ask, env), node.title),
        look,
        ...probe,
        canGoBack,
      }
    }
    case 'attest':
      if (node.kind !== 'attest') break
      return { ...common, kind: 'attest', node, text: textOr(evaluateText(node.ask, env), node.title) }
    case 'act':
      if (node.kind !== 'leaf') break
      return { ...common, kind: 'act', node, offers: node.do.map((id) => offerOf(needed, id)) }
    case 'settle': {
      const attempt = entry.attempts.at(-1)
      if (attempt === undefined || node.kind !== 'action') break
      return { ...common, kind: 'settle', node, attempt, method: methodName(node.do.method) }
    }
    case 'confirm':
      return { ...common, kind: 'confirm', epoch, since: state.epoch }
    case 'approval':
      return {
        ...common,
        kind: 'approval',
        node,
        offers: entry.entered?.offers ?? '',
        bound: entry.entered?.bound ?? [],
      }
  }
  throw new Error(`${need.at.path} cannot need ${need.kind}`)
}

function shownProbe(method: string, s: RecordOf<'sample'>): { method: string; evidence: Evidence; answer?: string } {
  return { method, evidence: s.evidence, ...(s.verdict === 'ok' && s.answer !== undefined ? { answer: s.answer } : {}) }
}

const textOr = (known: ReturnType<typeof evaluateText>, fallback: string): string =>
  known.kind === 'known' ? known.value : fallback

function offerOf({ graph, env }: Needed, id: string): Offer {
  const node = nodeOf(graph, id)
  const args = node.kind === 'action' ? evaluateArgs(node.do.args, env) : undefined
  const does = node.kind === 'action' ? methodName(node.do.method) : node.kind === 'call' ? node.graph : node.kind
  return { id, title: node.title, does, ...(args?.kind === 'known' ? { args: args.value } : {}) }
}

/** The question that was answered last before this one, in the same document; nothing has been done since. */
function previousQuestion(state: State, at: Place): Place | undefined {
  const frame = frameOf(at.path)
  let found: { readonly place: Place; readonly order: number } | undefined
  for (const [path, entry] of state.entries) {
    if (frameOf(path) !== frame || path === at.path) continue
    if (entry.attempts.length > 0 || entry.leaf !== undefined) return undefined
    if (entry.answer === undefined || (found !== undefined && entry.order < found.order)) continue
    found = { place: { path, visit: entry.visit }, order: entry.order }
  }
  return found?.place
}

function recordsOf(
  reply: Exclude<Reply, { readonly kind: 'nobody' | 'park' | 'confirmed' }>,
  needed: Needed,
  state: State,
  ports: Ports,
): readonly JournalRecord[] {
  const { need, node } = needed
  const { at } = need
  const time = timeOf(ports)
  const { by } = reply
  const because = 'reason' in reply ? { reason: reply.reason } : {}
  switch (reply.kind) {
    case 'answer': {
      if (node.kind !== 'question') break
      if (reply.answer !== 'unsure' && !node.to.has(reply.answer))
        throw unknownAnswer(node.id, reply.answer, [...node.to.keys(), 'unsure'])
      const sample = entryAt(state, at.path).samples.at(-1)
      // Both are kept: what the person said, and what the probe had read.
      const probe = node.probe === undefined ? {} : { probe: methodName(node.probe.check.method) }
      const evidence = sample === undefined ? {} : { evidence: sample.evidence }
      return [{ kind: 'answer', at, time, answer: reply.answer, by, ...probe, ...evidence, ...because }]
    }
    case 'attested': {
      if (node.kind !== 'attest') break
      const { reason } = reply
      if (node.of !== undefined && !node.of.includes(reason)) throw unknownAnswer(node.id, reason, node.of)
      const saved = node.save === undefined ? {} : { saved: { [node.save]: { by: by.id, reason, at: time } } }
      return [{ kind: 'answer', at, time, answer: 'attested', by, reason, ...saved }]
    }
    case 'back': {
      const previous = need.kind === 'answer' ? previousQuestion(state, at) : undefined
      return previous === undefined ? [] : [{ kind: 'superseded', at: previous, time, by }]
    }
    case 'taken':
    case 'left':
      if (node.kind !== 'leaf') break
      if (reply.kind === 'left' && node.leaf === 'kill-switch') {
        ports.people.page(
          `${by.id} left the kill switch of ${needed.graph.id} (${node.title}): ${reply.reason ?? 'no reason given'}`,
        )
      }
      return [{ kind: reply.kind, at, time, by, ...because }]
    case 'settled': {
      const attempt = entryAt(state, at.path).attempts.at(-1)
      if (attempt === undefined) break
      const evidence = { source: `person:${by.id}`, asOf: time, observed: reply.as, ...because }
      return [{ kind: 'settled', at, time, attempt: attempt.attempt, as: reply.as, by, evidence }]
    }
  }
  throw new Error(`${at.path} needs ${need.kind} and was given ${reply.kind}`)
}

function unknownAnswer(question: string, answer: string, answers: readonly string[]): DeskError {
  return new DeskError(
    'unknown-answer',
    exitCodes.usage,
    `${question} cannot be answered with ${JSON.stringify(answer)}`,
    `answers: ${answers.join(', ')}`,
  )
}

const timeOf = (ports: Ports): string => ports.clock.now().toISOString()
