/** Steps: which kind each one is, told by the key that it has, and what it says. */
import { parseDuration } from '../calendar/duration.ts'
import type { Span } from '../model/graph.ts'
import { suggestion } from '../source/suggest.ts'
import type { PMap, PNode, PScalar, PSeq } from '../source/yaml.ts'
import { methodOf, readMethodCall, readOnFail, runbookOf } from './calls.ts'
import type { CheckStep, DoStep, Step } from './document.ts'
import { Form, type Located } from './form.ts'
import type { Reading } from './reading.ts'
import {
  approveShape,
  retryShape,
  settleShape,
  stepKinds,
  type StepKind,
  type StepShapes,
  statementShape,
} from './step-shapes.ts'
import { clockMs, momentOf, sourcesOf } from './words.ts'

const dayMs = 86_400_000

export function readSteps(list: PSeq | undefined, shapes: StepShapes, reading: Reading): readonly Step[] {
  return reading.items(list, (item) => readStep(item, shapes, reading))
}

function readStep(node: PNode, shapes: StepShapes, reading: Reading): Step | undefined {
  if (node.kind !== 'map') {
    reading.report({
      rule: 'parse/wrong-type',
      severity: 'error',
      message: 'a step must be a mapping',
      span: node.span,
    })
    return undefined
  }
  const kind = headOf(node, reading)
  switch (kind) {
    case undefined:
      return undefined
    case 'do':
      return readDo(node, shapes, reading)
    case 'check':
      return readCheck(node, shapes, reading)
    case 'wait':
      return readWait(node, shapes, reading)
    case 'approve':
      return readApprove(node, shapes, reading)
    case 'attest':
      return readAttest(node, shapes, reading)
    case 'run':
      return readRun(node, shapes, reading)
    case 'parallel':
      return readParallel(node, shapes, reading)
  }
}

/** The one head key; none or a second one is reported. */
function headOf(node: PMap, reading: Reading): StepKind | undefined {
  const heads = node.entries.flatMap(({ key, keySpan }) => {
    const kind = stepKinds.find((k) => k === key)
    return kind === undefined ? [] : [{ kind, keySpan }]
  })
  const [first, second] = heads
  if (first === undefined) {
    const hints = node.entries.map(({ key }) => suggestion(key, stepKinds)).filter((hint) => hint !== undefined)
    reading.report({
      rule: 'parse/step-kind',
      severity: 'error',
      message: `a step needs one of ${stepKinds.join(', ')}`,
      span: node.entries[0]?.keySpan ?? node.span,
      ...(hints[0] === undefined ? {} : { hint: hints[0] }),
    })
    return undefined
  }
  if (second === undefined) return first.kind
  reading.report({
    rule: 'parse/step-kind',
    severity: 'error',
    message: `a step is either "${first.kind}" or "${second.kind}", not both`,
    span: second.keySpan,
    related: [{ message: `"${first.kind}" stands here`, span: first.keySpan }],
    hint: 'make two steps of it',
  })
  return undefined
}

type Common = Pick<Step, 'id' | 'title' | 'source' | 'when' | 'onFail'>
type CommonShape = Pick<StepShapes['do'], 'title' | 'source' | 'when' | 'on_fail'> & {
  readonly id: StepShapes['run']['id']
}

function commonOf(form: Form<CommonShape>, reading: Reading, fallback?: Located<string>): Common | undefined {
  const id = form.has('id') ? form.text('id') : fallback
  const when = form.scalar('when')
  if (id === undefined || (when === undefined && form.has('when'))) return undefined
  const source = sourcesOf(form.get('source'))
  return { id, title: form.text('title')?.value, source, when, onFail: readOnFail(form.node('on_fail'), reading) }
}

const ms = (written: string | undefined): number | undefined => (written === undefined ? undefined : clockMs(written))

function readDo(node: PMap, shapes: StepShapes, reading: Reading): DoStep | undefined {
  const form = new Form(shapes.do, node, 'a `do` step', reading.report)
  const common = commonOf(form, reading)
  const call = methodOf(form, 'do')
  const save = form.located('save')
  const timeoutMs = ms(form.get('timeout'))
  const retry = readRetry(form.map('retry'), form.spanOf('retry'), reading)
  const undoNode = form.map('undo')
  const undo = undoNode === undefined ? undefined : readMethodCall('undo', undoNode, reading)
  const settle = readSettle(form.map('settle'), reading)
  if (common === undefined || call === undefined || (undoNode !== undefined && undo === undefined)) return undefined
  return { kind: 'do', ...common, span: call.method.span, call, save, timeoutMs, retry, undo, settle }
}

function readRetry(node: PMap | undefined, span: Span, reading: Reading): DoStep['retry'] {
  if (node === undefined) return undefined
  const form = new Form(retryShape, node, '`retry`', reading.report)
  const max = form.get('max')
  const everyMs = ms(form.get('every'))
  return max === undefined || everyMs === undefined ? undefined : { value: { max, everyMs }, span }
}

function readSettle(node: PMap | undefined, reading: Reading): DoStep['settle'] {
  if (node === undefined) return undefined
  const form = new Form(settleShape, node, '`settle`', reading.report)
  const call = methodOf(form, 'check')
  const done = form.scalar('done')
  if (call !== undefined && done !== undefined) return { call, done }
  reading.lose(node)
  return undefined
}

function readCheck(node: PMap, shapes: StepShapes, reading: Reading): CheckStep | undefined {
  const form = new Form(shapes.check, node, 'a `check` step', reading.report)
  const common = commonOf(form, reading)
  const call = methodOf(form, 'check')
  const expect = form.scalar('expect')
  const within = form.located('within')
  const lasts = form.located('for')
  const every = form.located('every')
  const after = form.located('after')
  const record = scalarsOf(form.seq('record'), form.get('record') !== undefined)
  if (common === undefined || call === undefined || (expect === undefined && form.has('expect'))) return undefined
  return {
    kind: 'check',
    ...common,
    span: call.method.span,
    call,
    expect,
    record,
    save: form.located('save'),
    timeoutMs: ms(form.get('timeout')),
    within: mapped(within, clockMs),
    for: mapped(lasts, parseDuration),
    every: mapped(every, clockMs),
    after: mapped(after, momentOf),
    guards: form.located('guards'),
  }
}

/** The items of a list of expressions whose schema was satisfied. */
export const scalarsOf = (list: PSeq | undefined, isValid: boolean): readonly PScalar[] =>
  isValid ? (list?.items ?? []).filter((item) => item.kind === 'scalar') : []

function mapped<T>(
  from: Located<string> | undefined,
  read: (written: string) => T | undefined,
): Located<T> | undefined {
  const value = from === undefined ? undefined : read(from.value)
  return from === undefined || value === undefined ? undefined : { value, span: from.span }
}

function readWait(node: PMap, shapes: StepShapes, reading: Reading): Step | undefined {
  const form = new Form(shapes.wait, node, 'a `wait` step', reading.report)
  const common = commonOf(form, reading)
  const written = form.located('wait')
  const until = written === undefined ? undefined : momentOf(written.value)
  if (common === undefined || written === undefined || until === undefined) return undefined
  return { kind: 'wait', ...common, span: written.span, until, guardsRisk: form.get('guards') === 'risk' }
}

function readApprove(node: PMap, shapes: StepShapes, reading: Reading): Step | undefined {
  const outer = new Form(shapes.approve, node, 'an `approve` step', reading.report)
  const common = commonOf(outer, reading)
  const map = outer.map('approve')
  if (map === undefined) return undefined
  const form = new Form(approveShape, map, '`approve`', reading.report)
  const role = form.get('role')
  const named = form.get('of')
  if (common === undefined || role === undefined || named === undefined) return undefined
  const of = scalarsOf(form.seq('of'), true).map((item) => ({ value: item.text, span: item.span }))
  const expiresMs = ms(form.get('expires')) ?? dayMs
  return {
    kind: 'approve',
    ...common,
    span: outer.keySpan('approve'),
    role,
    of,
    count: form.get('count') ?? 1,
    expiresMs,
  }
}

function readAttest(node: PMap, shapes: StepShapes, reading: Reading): Step | undefined {
  const outer = new Form(shapes.attest, node, 'an `attest` step', reading.report)
  const common = commonOf(outer, reading)
  const map = outer.map('attest')
  const form = map === undefined ? undefined : new Form(statementShape, map, '`attest`', reading.report)
  const role = form?.get('role')
  const ask = form?.scalar('ask')
  if (common === undefined || role === undefined || ask === undefined) return undefined
  const of = form?.get('of')
  const words = of === undefined ? {} : { of }
  return { kind: 'attest', ...common, span: outer.keySpan('attest'), role, ask, ...words, save: outer.located('save') }
}

function readRun(node: PMap, shapes: StepShapes, reading: Reading): Step | undefined {
  const form = new Form(shapes.run, node, 'a `run` step', reading.report)
  const call = runbookOf(form)
  const common = commonOf(form, reading, call?.runbook)
  if (common === undefined || call === undefined) return undefined
  return { kind: 'run', ...common, span: call.runbook.span, call }
}

function readParallel(node: PMap, shapes: StepShapes, reading: Reading): Step | undefined {
  const form = new Form(shapes.parallel, node, 'a `parallel` step', reading.report)
  const common = commonOf(form, reading)
  const list = form.seq('parallel')
  const steps = readSteps(list, shapes, reading)
  if (common === undefined || list === undefined || form.get('parallel') === undefined) return undefined
  return { kind: 'parallel', ...common, span: form.keySpan('parallel'), steps }
}
