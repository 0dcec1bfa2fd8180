/** The clauses that name something to call: a method, a runbook, a tree. */
import type * as z from 'zod'
import type { PNode } from '../source/yaml.ts'
import type { MethodCall, OnFailClause, RunbookCall } from './document.ts'
import { expectMap, Form, type FormShape } from './form.ts'
import type { Reading } from './reading.ts'
import { methodCallShape, runbookCallShape, treeCallShape } from './step-shapes.ts'

type WithKey<K extends string> = FormShape & Readonly<Record<K | 'with', z.ZodType>>

export function methodOf<S extends WithKey<K>, K extends 'do' | 'check'>(
  form: Form<S>,
  key: K,
): MethodCall | undefined {
  const method = form.text(key)
  const args = form.map('with')
  if (method === undefined || (args === undefined && form.has('with'))) return undefined
  return { method, with: args }
}

export function runbookOf<S extends WithKey<'run'>>(form: Form<S>): RunbookCall | undefined {
  const runbook = form.text('run')
  const args = form.map('with')
  if (runbook === undefined || (args === undefined && form.has('with'))) return undefined
  return { runbook, with: args }
}

export function readMethodCall(what: string, node: PNode, reading: Reading): MethodCall | undefined {
  const map = expectMap(what, node, reading.report)
  return map === undefined ? undefined : methodOf(new Form(methodCallShape, map, `\`${what}\``, reading.report), 'do')
}

const wordsOfOnFail = ['stop', 'continue'] as const

/** `stop` where nothing is written or what is written was reported. */
export function readOnFail(node: PNode | undefined, reading: Reading): OnFailClause {
  const stop: OnFailClause = { kind: 'stop' }
  if (node === undefined) return stop
  if (node.kind === 'scalar') {
    const word = wordsOfOnFail.find((w) => w === node.value)
    if (word !== undefined) return { kind: word }
  }
  if (node.kind === 'map' && node.entries.some((e) => e.key === 'run')) {
    const call = runbookOf(new Form(runbookCallShape, node, '`on_fail`', reading.report))
    if (call !== undefined) return { kind: 'run', call }
    reading.lose(node)
    return stop
  }
  if (node.kind === 'map' && node.entries.some((e) => e.key === 'tree')) {
    const tree = new Form(treeCallShape, node, '`on_fail`', reading.report).text('tree')
    if (tree !== undefined) return { kind: 'tree', tree }
    reading.lose(node)
    return stop
  }
  reading.report({
    rule: 'parse/bad-value',
    severity: 'error',
    message: '"on_fail" must be stop, continue, {run: <runbook>} or {tree: <tree>}',
    span: node.span,
  })
  return stop
}
