/** What expressions see at a place, and evaluation that never takes "cannot tell" for an answer. */
import type { Env, Expr, Graph, GraphId } from '../model/graph.ts'
import { documentKinds } from '../model/graph.ts'
import { sha256 } from '../model/sha256.ts'
import type { Clock } from './ports.ts'
import type { State } from './state.ts'

export type Known<T> =
  { readonly kind: 'known'; readonly value: T } | { readonly kind: 'undetermined'; readonly reason: string }

/** What expressions may ask about the run that they are evaluated in. */
export interface OwnRun {
  readonly id: string
  readonly config: unknown
  /** The date of the last session that had closed at a moment; empty, which is no date, where the calendar cannot tell. */
  readonly closedSession: (atMs: number) => string
}

/** By the calendar of the gate set that is walked, or else the desk's. */
export function ownRun(
  { id, config, root, graphs }: Omit<OwnRun, 'closedSession'> & Walked,
  { closedSession }: Pick<Clock, 'closedSession'>,
): OwnRun {
  const calendar = graphs.get(root)?.cadence?.calendar
  return { id, config, closedSession: (atMs) => closedSession(atMs, calendar) }
}
interface Walked {
  readonly root: GraphId
  readonly graphs: ReadonlyMap<GraphId, Graph>
}

/**
 * `inputs`, `config`, `run` and what was saved in this frame: a called document sees nothing of its caller but its inputs. The calendar
 * is asked only where an expression reads of the run: this is made with every decision.
 */
export function envOf(
  state: State,
  { id, config, closedSession }: OwnRun,
  frame: string,
  inputs: Readonly<Record<string, unknown>>,
  openedAt = state.opened?.time ?? '',
): Env {
  const saved = [...(state.saved.get(frame) ?? [])].map(([name, { value }]): [string, unknown] => [name, value])
  return {
    ...Object.fromEntries(saved),
    inputs,
    config,
    run: {
      id,
      openedAt,
      get closedSession() {
        return closedSession(Date.parse(openedAt))
      },
    },
  }
}

/** A name that is read and was never saved means that the step which saves it was not reached. */
export function evaluate<T>(expr: Expr<T>, env: Env): Known<T> {
  const missing = expr.reads.find((name) => !Object.hasOwn(env, name))
  if (missing !== undefined) return { kind: 'undetermined', reason: `not reached: ${missing} was never saved` }
  try {
    return { kind: 'known', value: expr.evaluate(env) }
  } catch (error) {
    return { kind: 'undetermined', reason: `${expr.text}: ${messageOf(error)}` }
  }
}

/** The same for a condition. An expression that answers something else than a truth value cannot tell. */
export function evaluateBool(expr: Expr<boolean>, env: Env): Known<boolean> {
  const known = evaluate<unknown>(expr, env)
  if (known.kind === 'undetermined') return known
  const { value } = known
  return typeof value === 'boolean'
    ? { kind: 'known', value }
    : { kind: 'undetermined', reason: `${expr.text}: not true or false` }
}

export function evaluateText(expr: Expr<string>, env: Env): Known<string> {
  const known = evaluate<unknown>(expr, env)
  if (known.kind === 'undetermined') return known
  const { value } = known
  return typeof value === 'string'
    ? { kind: 'known', value }
    : { kind: 'undetermined', reason: `${expr.text}: not a text` }
}

export function evaluateAll(
  exprs: Readonly<Record<string, Expr<unknown>>>,
  env: Env,
): Known<Readonly<Record<string, unknown>>> {
  const values: Record<string, unknown> = {}
  for (const [name, expr] of Object.entries(exprs)) {
    const known = evaluate(expr, env)
    if (known.kind === 'undetermined') return known
    values[name] = known.value
  }
  return { kind: 'known', value: values }
}

/** Arguments of a method: an object, or nobody knows. */
export function evaluateArgs(
  expr: Expr<Readonly<Record<string, unknown>>>,
  env: Env,
): Known<Readonly<Record<string, unknown>>> {
  const known = evaluate<unknown>(expr, env)
  if (known.kind === 'undetermined') return known
  return isObject(known.value)
    ? { kind: 'known', value: known.value }
    : { kind: 'undetermined', reason: `${expr.text}: no arguments` }
}

/**
 * The inputs of a document: what was given, else its default, else (on paper) its paper value. A required input that nobody gave is
 * named in the reason.
 */
export function resolveInputs(
  graph: Graph,
  given: Readonly<Record<string, unknown>>,
  paper: boolean,
): Known<Readonly<Record<string, unknown>>> {
  const values: Record<string, unknown> = {}
  for (const { name, required, default: fallback, paper: onPaper } of graph.inputs) {
    const value = given[name] ?? fallback ?? (paper ? onPaper : undefined)
    if (value !== undefined) values[name] = value
    else if (required) return { kind: 'undetermined', reason: `${graph.id} needs the input ${name}` }
  }
  return { kind: 'known', value: values }
}

/** One digest for equal values, whatever the order of their keys. */
export const digestOf = (value: unknown): string => sha256(canonical(value))

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value ?? null)
  const fields = Object.entries(value).filter(([, v]) => v !== undefined)
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
    .join(',')}}`
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const graphId = new RegExp(`^(?:${documentKinds.join('|')})/[^/#]+$`)
export const isGraphId = (text: string): text is GraphId => graphId.test(text)

/** The name that whoever loosens must type. */
export const deskNameOf = (config: unknown): string =>
  isObject(config) && typeof config['desk'] === 'string' ? config['desk'] : 'paper'
