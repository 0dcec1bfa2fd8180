/** Whatever has a name can be explained, in lines that fit, and what is said of steps is what walks do. */
import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/command.ts'
import { realDeps } from '../../../src/cli/deps.ts'
import { explain, type Explained, fixedNames } from '../../../src/cli/explain/find.ts'
import { onwardFrom } from '../../../src/cli/explain/onward.ts'
import { explainedLines } from '../../../src/cli/render/explained.ts'
import type { Graph } from '../../../src/model/graph.ts'
import { displayWidth } from '../../../src/source/visible.ts'
import { library, shippedFiles } from '../../documents/shipped.ts'

const io = { out: () => undefined, err: () => undefined, canPrompt: false, columns: 80, colour: false }
const interruption = { interrupted: new AbortController().signal, interrupt: () => undefined }
const context: Context = { io, deps: realDeps({}, interruption), globals: { json: false, plain: true } }
const whole = { ...library, files: shippedFiles }
const told = (name: string): Promise<Explained> => explain(name, () => Promise.resolve(whole), context)
const linesOf = (explained: Explained): readonly string[] => explainedLines(explained, 80, new Chalk({ level: 0 }))

const graphs = [...library.graphs.values()]
const authored = ({ nodes }: Graph): readonly string[] => [...nodes.keys()].filter((id) => !id.includes('@'))
const steps = graphs.flatMap((graph) => authored(graph).map((id) => ({ graph, id })))
const graphOf = (id: Graph['id']): Graph => {
  const graph = library.graphs.get(id)
  if (graph === undefined) throw new Error(`${id} is not shipped`)
  return graph
}

describe('every name', () => {
  it.each(['topic', 'field', 'method', 'rule', 'error'])('there are names of every kind: %s', async (kind) => {
    const kinds = await Promise.all(fixedNames().map(async (name) => (await told(name)).kind))
    expect(kinds.filter((each) => each === kind).length).toBeGreaterThan(5)
  })
  it('is told in lines that fit', async () => {
    const names = [...fixedNames(), '0', '3', '73', ...graphs.map(({ id }) => id)]
    expect(names.length).toBeGreaterThan(500)
    for (const name of names) {
      const explained = await told(name)
      // Findings of lint and topics are told as they are.
      if (explained.kind === 'rule' || explained.kind === 'topic') continue
      expect(
        linesOf(explained).filter((line) => displayWidth(line) > 80),
        name,
      ).toEqual([])
    }
  })
  it('of a step is told, with what it does and what comes next', async () => {
    expect(steps.length).toBeGreaterThan(400)
    for (const { graph, id } of steps) {
      const explained = await told(`${graph.id}/${id}`)
      if (explained.kind !== 'step') throw new Error(`${graph.id}/${id} is told as ${explained.kind}`)
      expect(explained.next.length, explained.name).toBeGreaterThan(0)
      expect(
        linesOf(explained).filter((line) => displayWidth(line) > 80),
        explained.name,
      ).toEqual([])
    }
  })
})

describe('a step', () => {
  it('is told as it is written', async () => {
    const halt = await told('killswitch/halt')
    expect(halt).toMatchObject({
      node: 'action',
      method: { name: 'desk.halt', kind: 'may be repeated; reduces risk; tightens' },
      rules: [{ code: 'law/halt-always' }, { code: 'law/tightening-has-no-undo' }],
    })
    expect(halt).toHaveProperty('written', expect.arrayContaining([{ key: 'with.scope', value: 'all' }]))
  })
  it.each([
    ['runbook/rolling-deploy', 'calm', 'it passes', 'candidate'],
    ['runbook/rolling-deploy', 'calm', 'it fails or nobody can tell', 'tagged-release'],
    ['runbook/killswitch', 'halt', 'it fails or nobody can tell', 'cancel'],
    ['tree/no-fills', 'q1', 'no', 'broker-down'],
    ['tree/no-fills', 'q1', 'unsure', 'broker-down'],
    ['tree/no-fills', 'broker-down', 'taken', 'broker-down.killswitch'],
    ['gates/daily', 'D2', 'it passes', 'D3'],
  ] as const)('%s/%s: %s leads to %s', (graph, id, when, to) => {
    expect(onwardFrom(graphOf(graph), id).find((each) => each.when === when)?.to).toBe(to)
  })
  it('leads to what there is', () => {
    for (const { graph, id } of steps)
      for (const { to } of onwardFrom(graph, id))
        if (to !== '') expect([...graph.nodes.keys(), ...library.graphs.keys()], `${graph.id}/${id}`).toContain(to)
  })
})

describe('a key', () => {
  it('has the words of its schema', async () => {
    expect(await told('runbook.steps.retry.max')).toMatchObject({
      meanings: [{ form: 'do', type: 'whole number from 1 to 20', needed: true }],
    })
    expect(await told('gates.gates.on_fail.hold.kind')).toMatchObject({ meanings: [{ type: 'no-new or reduce-only' }] })
    expect(await told('runbook.steps.parallel.parallel.check')).toMatchObject({ meanings: [{ form: 'check' }] })
  })
  it('that means something else in each form of a step is told by form', async () => {
    const save = await told('runbook.steps.save')
    expect(save.kind === 'field' && save.meanings.map(({ form }) => form)).toEqual(['do', 'check', 'attest'])
    const when = await told('runbook.steps.when')
    expect(when.kind === 'field' && when.meanings).toHaveLength(1)
  })
})

it('a group tells its parts, each with what it does', async () => {
  expect(await told('gates/daily/D2')).toMatchObject({
    does: 'one after the other: D2.1 (check registry.getVersionByAlias), D2.2 (check inference.healthz)',
  })
  expect(await told('tree/wrong-pnl/engine-disagrees.back-and-tell')).toMatchObject({
    does: 'all at once: engine-disagrees.rollback (run runbook/model-rollback), engine-disagrees.bug (do tickets.open)',
  })
})

it('a method tells what may be absent, and who uses it', async () => {
  const method = await told('desk.trading')
  expect(method).toMatchObject({ kind: 'method', effect: 'none' })
  expect(linesOf(method).join('\n')).toMatch(/openIncidents +may be absent: \.hasValue\(\)/)
  expect(method.kind === 'method' && method.usedBy).toContain('runbook/rolling-deploy/calm')
})

it('a rule shows how it reads when it is broken', async () => {
  const law = await told('law/no-blind-retry')
  expect(law.kind === 'rule' && law.example?.findings).toContain('error[law/no-blind-retry]')
  expect(law.kind === 'rule' && law.example?.document).toContain('retry:')
})

it('a code is told with what ends so', async () => {
  const exit = await told('exit/75')
  expect(exit.kind === 'exit-code' && exit.errors).toContain('locked')
  expect(await told('error/locked')).toMatchObject({ kind: 'error', exits: [{ code: 75 }] })
})

describe('what nobody knows', () => {
  it.each([
    ['runbook.stepz', 'did you mean "runbook.steps"?'],
    ['rolling-deploy/cal', 'did you mean "calm"?'],
    ['venues.countOpenOrder', 'did you mean "venues.countOpenOrders"?'],
    ['law/halt-alway', 'did you mean "law/halt-always"?'],
    ['rolling-deplyo', 'did you mean "rolling-deploy"?'],
    ['topicz', undefined],
  ])('%s', async (name, hint) => {
    await expect(told(name)).rejects.toMatchObject({
      code: 'unknown-id',
      exit: 64,
      ...(hint === undefined ? {} : { hint }),
    })
  })
})

it('a rule of all procedures is understood by its name alone', async () => {
  expect(await told('no-blind-retry')).toEqual(await told('law/no-blind-retry'))
  expect(await told('no-blind-retry')).toMatchObject({ kind: 'rule', name: 'law/no-blind-retry' })
})
