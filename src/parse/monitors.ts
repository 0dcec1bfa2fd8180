/** Sets of monitors as written. */
import * as z from 'zod'
import { alertLevels, monitorLayers } from '../model/graph.ts'
import type { PMap, PNode } from '../source/yaml.ts'
import type { CheckStep, Monitor, MonitorSet } from './document.ts'
import { expectMap, Form, type Located } from './form.ts'
import { gateShape, onFailShape, readActions, readCheckOf, readChecks } from './gates.ts'
import type { Reading } from './reading.ts'
import { checkShape } from './step-shapes.ts'
import { clockDuration, clockMs, id, sources, sourcesOf, template, text, title } from './words.ts'

export const monitorShape = {
  id,
  title,
  source: sources.optional(),
  layer: z.enum(monitorLayers),
  every: clockDuration,
  level: z.enum(alertLevels),
  to: z.union([id, z.array(id).min(1)]).optional(),
  action: text.optional(),
  for: clockDuration.optional(),
  check: checkShape.check.optional(),
  checks: gateShape.checks,
  with: checkShape.with,
  expect: checkShape.expect,
  record: checkShape.record,
  save: checkShape.save,
  details: template.optional(),
  on_fail: onFailShape,
}
export const monitorsShape = {
  kind: z.literal('monitors'),
  id,
  title,
  source: sources.optional(),
  monitors: z.array(z.unknown()).min(1),
}

type Own = Omit<MonitorSet, 'graph' | 'id' | 'title' | 'file' | 'root' | 'lostNames' | 'isWhole'>

export function readMonitors(root: PMap, reading: Reading): Own | undefined {
  const form = new Form(monitorsShape, root, 'a set of monitors', reading.report)
  form.get('monitors')
  const monitors = reading.items(form.seq('monitors'), (item) => readMonitor(item, reading))
  return { kind: 'monitors', source: sourcesOf(form.get('source')), monitors }
}

function readMonitor(node: PNode, reading: Reading): Monitor | undefined {
  const map = expectMap('monitors', node, reading.report)
  if (map === undefined) return undefined
  const form = new Form(monitorShape, map, 'a monitor', reading.report)
  const id = form.text('id')
  const title = form.get('title')
  const layer = form.get('layer')
  const everyMs = clockMs(form.get('every') ?? '')
  const level = form.located('level')
  const to = form.get('to')
  const onFail = readActions(form.seq('on_fail'), reading)
  const lasts = form.located('for')
  const checks = readProof(form, id, reading).map((check) => lasting(check, lasts, everyMs))
  if (id === undefined || title === undefined || layer === undefined || level === undefined) return undefined
  if (everyMs === undefined || checks.length === 0) return undefined
  return {
    ...{ id, title, source: sourcesOf(form.get('source')), layer, everyMs, level, checks, onFail },
    to: to === undefined ? [] : [to].flat(),
    action: form.get('action'),
    details: form.scalar('details'),
  }
}

function readProof(
  form: Form<typeof monitorShape>,
  id: Located<string> | undefined,
  reading: Reading,
): readonly CheckStep[] {
  const several = form.has('checks')
  if (several !== form.has('check')) {
    if (several) return readChecks(form.seq('checks'), reading)
    const check = id === undefined ? undefined : readCheckOf(form, id, form.get('title'), [])
    return check === undefined ? [] : [check]
  }
  reading.report({
    rule: 'parse/gate-proof',
    severity: 'error',
    message: 'a monitor needs exactly one of check, checks',
    span: form.span,
  })
  return []
}

/** It fires where nothing passes for so long; what passes again before was a jitter. */
function lasting(check: CheckStep, written: Located<string> | undefined, everyMs: number | undefined): CheckStep {
  const ms = written === undefined ? undefined : clockMs(written.value)
  // What is only read for later checks cannot fail for a while.
  if (check.expect === undefined || written === undefined || ms === undefined || everyMs === undefined) return check
  const { span } = written
  return { ...check, within: { value: ms, span }, every: { value: everyMs, span } }
}
