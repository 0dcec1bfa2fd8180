/** Gate sets as written. */
import * as z from 'zod'
import { parseAnchor, parseDuration } from '../calendar/duration.ts'
import { cadences } from '../calendar/window.ts'
import type { PMap, PNode, PSeq } from '../source/yaml.ts'
import { methodOf, readMethodCall } from './calls.ts'
import type { CheckStep, Gate, GateAction, GateProof, GateSet } from './document.ts'
import { expectMap, Form, type Located } from './form.ts'
import type { Reading } from './reading.ts'
import { attestShape, checkShape, methodCallShape } from './step-shapes.ts'
import { scalarsOf } from './step.ts'
import {
  anchor,
  clockDuration,
  clockMs,
  duration,
  event,
  gateId,
  id,
  sources,
  sourcesOf,
  template,
  title,
} from './words.ts'

const dueShape = { from: anchor, to: anchor }
const evidenceShape = { event, within: z.union([z.literal('window'), duration]) }
export const holdShape = { scope: template, kind: z.enum(['no-new', 'reduce-only']) }
export const gateCheckShape = { title: title.optional(), source: sources.optional(), ...checkShape }
const holdAction = { hold: z.strictObject(holdShape) }
export const onFailShape = z.array(z.union([z.strictObject(methodCallShape), z.strictObject(holdAction)])).optional()
export const gateShape = {
  id: gateId,
  title,
  source: sources.optional(),
  due: z.strictObject(dueShape),
  market_time: z.boolean().optional(),
  check: checkShape.check.optional(),
  with: checkShape.with,
  expect: checkShape.expect,
  record: checkShape.record,
  save: checkShape.save,
  checks: z.array(z.strictObject(gateCheckShape)).min(1).optional(),
  evidence: z.strictObject(evidenceShape).optional(),
  attest: z.strictObject(attestShape).optional(),
  on_fail: onFailShape,
}
export const gatesShape = {
  kind: z.literal('gates'),
  id,
  title,
  source: sources.optional(),
  cadence: z.enum(cadences),
  calendar: z.enum(['XNYS', '24x7']),
  every: clockDuration.optional(),
  after: z.array(event).min(1).optional(),
  gates: z.array(z.unknown()).min(1),
}

type Own = Omit<GateSet, 'graph' | 'id' | 'title' | 'file' | 'root' | 'lostNames' | 'isWhole'>

export function readGates(root: PMap, reading: Reading): Own | undefined {
  const form = new Form(gatesShape, root, 'a gate set', reading.report)
  const cadence = form.get('cadence')
  const calendar = form.get('calendar')
  const source = sourcesOf(form.get('source'))
  const every = form.located('every')
  const everyMs = every === undefined ? undefined : clockMs(every.value)
  const after = form.located('after')
  form.get('gates')
  const gates = reading.items(form.seq('gates'), (item) => readGate(item, reading))
  if (cadence === undefined || calendar === undefined) return undefined
  return {
    ...{ kind: 'gates', source, cadence, calendar, gates, after },
    every: every === undefined || everyMs === undefined ? undefined : { value: everyMs, span: every.span },
  }
}

function readGate(node: PNode, reading: Reading): Gate | undefined {
  const map = expectMap('gates', node, reading.report)
  if (map === undefined) return undefined
  const form = new Form(gateShape, map, 'a gate', reading.report)
  const id = form.text('id')
  const title = form.get('title')
  const written = form.get('due')
  const from = written === undefined ? undefined : parseAnchor(written.from)
  const to = written === undefined ? undefined : parseAnchor(written.to)
  const proof = readProof(form, id, reading)
  const onFail = readActions(form.seq('on_fail'), reading)
  if (id === undefined || title === undefined || from === undefined || to === undefined || proof === undefined)
    return undefined
  const source = sourcesOf(form.get('source'))
  return { id, title, source, due: { from, to }, marketTime: form.get('market_time') ?? false, proof, onFail }
}

const proofs = ['check', 'checks', 'evidence', 'attest'] as const

function readProof(
  form: Form<typeof gateShape>,
  id: Located<string> | undefined,
  reading: Reading,
): GateProof | undefined {
  const given = proofs.filter((key) => form.has(key))
  const [kind, second] = given
  if (kind === undefined || second !== undefined) {
    reading.report({
      rule: 'parse/gate-proof',
      severity: 'error',
      message: `a gate needs exactly one of ${proofs.join(', ')}`,
      span: second === undefined ? form.span : form.spanOf(second),
    })
    return undefined
  }
  switch (kind) {
    case 'check': {
      const check = id === undefined ? undefined : readCheckOf(form, id, undefined, [])
      return check === undefined ? undefined : { kind: 'checks', checks: [check] }
    }
    case 'checks':
      return { kind: 'checks', checks: readChecks(form.seq('checks'), reading) }
    case 'evidence': {
      const map = form.map('evidence')
      const evidence = map === undefined ? undefined : new Form(evidenceShape, map, '`evidence`', reading.report)
      const named = evidence?.located('event')
      const within = evidence?.get('within')
      const young = within === 'window' ? within : within === undefined ? undefined : parseDuration(within)
      return named === undefined || young === undefined ? undefined : { kind: 'evidence', event: named, young }
    }
    case 'attest': {
      const map = form.map('attest')
      const attest = map === undefined ? undefined : new Form(attestShape, map, '`attest`', reading.report)
      const role = attest?.get('role')
      const ask = attest?.scalar('ask')
      return role === undefined || ask === undefined ? undefined : { kind: 'attest', role, ask }
    }
  }
}

export function readChecks(list: PSeq | undefined, reading: Reading): readonly CheckStep[] {
  return reading.items(list, (item, i) => {
    const map = expectMap('checks', item, reading.report)
    const form = map === undefined ? undefined : new Form(gateCheckShape, map, 'a check', reading.report)
    if (form === undefined) return undefined
    return readCheckOf(
      form,
      { value: String(i + 1), span: form.span },
      form.get('title'),
      sourcesOf(form.get('source')),
    )
  })
}

type CheckForm = Form<
  Omit<typeof gateCheckShape, 'check' | 'title' | 'source'> & { readonly check: z.ZodType<string | undefined> }
>

export function readCheckOf(
  form: CheckForm,
  id: Located<string>,
  title: string | undefined,
  source: readonly string[],
): CheckStep | undefined {
  const call = methodOf(form, 'check')
  const expect = form.scalar('expect')
  if (call === undefined || (expect === undefined && form.has('expect'))) return undefined
  return {
    kind: 'check',
    id,
    title,
    source,
    span: call.method.span,
    when: undefined,
    onFail: { kind: 'stop' },
    call,
    expect,
    record: scalarsOf(form.seq('record'), form.get('record') !== undefined),
    save: form.located('save'),
    timeoutMs: undefined,
    within: undefined,
    for: undefined,
    every: undefined,
    after: undefined,
    guards: undefined,
  }
}

export function readActions(list: PSeq | undefined, reading: Reading): readonly GateAction[] {
  return (list?.items ?? []).flatMap((item) => {
    const map = expectMap('on_fail', item, reading.report)
    const action = map === undefined ? undefined : readAction(map, reading)
    if (action === undefined) reading.isWhole = false
    return action ?? []
  })
}

function readAction(map: PMap, reading: Reading): GateAction | undefined {
  if (!map.entries.some((entry) => entry.key === 'hold')) {
    const call = readMethodCall('on_fail', map, reading)
    return call === undefined ? undefined : { kind: 'do', call }
  }
  const inner = new Form(holdAction, map, '`on_fail`', reading.report).map('hold')
  if (inner === undefined) return undefined
  const form = new Form(holdShape, inner, '`hold`', reading.report)
  const scope = form.scalar('scope')
  const hold = form.get('kind')
  return scope === undefined || hold === undefined ? undefined : { kind: 'hold', scope, hold, span: form.span }
}
