/**
 * Effects, and finding out what became of them.
 *
 * E1 The intent is durable before anything is sent. The result is durable before anything follows from it: before the next effect or
 *    reading, before anybody sees it, and before this process waits for anything. It may share its write with the next intent.
 * E2 Between the two the gates are asked and the run is still ours. A refusal is a result.
 * E3 The idempotency key is derived from run and place, so every attempt carries the same one, in whatever process.
 */
import type { Invocation } from '../model/graph.ts'
import type { Evidence, JournalRecord, Need } from '../model/journal.ts'
import { methodName, needsConfirmation, refusalOf } from './admission.ts'
import type { Command } from './command.ts'
import type { Permission, Ports } from './ports.ts'
import { act, lookup, read } from './reading.ts'
import { bounded, sleepUntil } from './sampling.ts'
import { digestOf, evaluateArgs, evaluateBool } from './scope.ts'
import type { State } from './state.ts'

type Acting = Extract<Command, { readonly kind: 'act' }>
type Settling = Extract<Command, { readonly kind: 'settle' }>
type Acted = Extract<JournalRecord, { readonly kind: 'acted' }>
type Settled = Extract<JournalRecord, { readonly kind: 'settled' }>

export interface Hands {
  readonly ports: Ports
  readonly run: string
  /** Its name, which whoever confirms must type. */
  readonly desk: string
  readonly state: State
  /** Durable when it returns. */
  readonly commit: (...records: readonly JournalRecord[]) => void
  /** Durable before anything follows from it. */
  readonly ended: (record: Acted) => void
}

/** Answers what must be settled with a person first. */
export async function perform(command: Acting, hands: Hands): Promise<Need | undefined> {
  const { at, node, attempt, invocation, args, undoes } = command
  const { ports, commit, ended } = hands
  const { method } = invocation
  if (ports.clock.now().getTime() < command.notBeforeMs) await sleepUntil(command.notBeforeMs, at, ports)
  if (ports.interrupted.aborted) return undefined
  if (needsConfirmation(method, () => ports.gates.epoch(), hands.state.epoch)) {
    return { kind: 'confirm', at, title: node.title, name: hands.desk }
  }
  const key = digestOf({ run: hands.run, place: at })
  const name = methodName(method)
  const undoing = undoes === undefined ? {} : { undoes }
  commit({ kind: 'intent', at, time: timeOf(ports), attempt, method: name, key, args, ...undoing })
  const permission = askGates(hands, invocation, args)
  const gate = permission === undefined ? {} : { gate: { allowed: permission.allowed, epoch: permission.epoch } }
  const refusal = refusalOf(method, permission, hands.state.epoch)
  if (refusal !== undefined) {
    const evidence = { source: 'gate', asOf: timeOf(ports), observed: permission ?? null, reason: refusal }
    ended({ kind: 'acted', at, time: timeOf(ports), attempt, result: 'refused', evidence, ...gate })
    return undefined
  }
  ports.journal.fence()
  ports.observe({ kind: 'acting', at, node, method: name, args })
  const effected = await act(ports, invocation, args, key)
  const time = timeOf(ports)
  if (effected.kind === 'done') {
    const { value, asOf, source } = effected
    const evidence = { source, asOf, observed: bounded(value, ports) }
    const saved = undoes === undefined ? savedAs(node.save, value) : {}
    ended({ kind: 'acted', at, time, attempt, result: 'ok', evidence, ...saved, ...gate })
  } else {
    const { kind: result, source, reason } = effected
    const evidence = { source, asOf: time, observed: null, reason }
    ended({ kind: 'acted', at, time, attempt, result, evidence, ...gate })
  }
  return undefined
}

function askGates({ ports }: Hands, { method }: Invocation, args: Acting['args']): Permission | undefined {
  try {
    return ports.gates.ask(methodName(method), args)
  } catch {
    return undefined
  }
}

const savedAs = (name: string | undefined, value: unknown): { readonly saved?: Readonly<Record<string, unknown>> } =>
  name === undefined ? {} : { saved: { [name]: value } }
const timeOf = (ports: Ports): string => ports.clock.now().toISOString()

/** What became of an effect: its own check, else a look-up by key. That neither can tell goes on record as well. */
export async function settle(command: Settling, hands: Hands): Promise<void> {
  const { at, node, invocation } = command
  hands.ports.observe({ kind: 'settling', at, node, method: methodName(invocation.method), args: command.args })
  const settled = (await byCheck(command, hands)) ?? (await byLookup(command, hands))
  if (!hands.ports.interrupted.aborted) hands.commit(settled)
}

async function byCheck(command: Settling, { ports }: Hands): Promise<Settled | undefined> {
  const { at, node, attempt, env, undoes } = command
  if (node.settle === undefined || undoes !== undefined) return undefined
  const args = evaluateArgs(node.settle.check.args, env)
  if (args.kind === 'undetermined') return undefined
  const reading = await read(ports, node.settle.check, args.value)
  if (reading.kind === 'failure') return undefined
  const { value, asOf, source } = reading
  const done = evaluateBool(node.settle.done, { ...env, result: value })
  if (done.kind === 'undetermined') return undefined
  const evidence: Evidence = { source, asOf, expected: node.settle.done.text, observed: bounded(value, ports) }
  return {
    kind: 'settled',
    at,
    time: timeOf(ports),
    attempt,
    as: done.value ? 'ok' : 'not-done',
    by: 'check',
    evidence,
  }
}

async function byLookup(command: Settling, { ports }: Hands): Promise<Settled> {
  const { at, node, attempt, invocation, args, key, undoes } = command
  const settlement = await lookup(ports, invocation, args, key)
  const base = { kind: 'settled', at, time: timeOf(ports), attempt, by: 'lookup' } as const
  switch (settlement.kind) {
    case 'done': {
      const { value, asOf, source } = settlement
      const saved = undoes === undefined ? savedAs(node.save, value) : {}
      return { ...base, as: 'ok', evidence: { source, asOf, observed: bounded(value, ports) }, ...saved }
    }
    case 'not-done':
      return { ...base, as: 'not-done', evidence: { source: settlement.source, asOf: settlement.asOf, observed: null } }
    case 'cannot-tell': {
      const { reason } = settlement
      return {
        ...base,
        as: 'unknown',
        evidence: { source: methodName(invocation.method), asOf: base.time, observed: null, reason },
      }
    }
  }
}
