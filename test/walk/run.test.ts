/** Runs over a real audit log: opening, parking, going on with their own documents, resources, giving up. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findEvidence } from '../../src/audit/evidence.ts'
import { listRuns } from '../../src/audit/runs.ts'
import type { Graph, GraphId } from '../../src/model/graph.ts'
import { readDecisions, recordDecision } from '../../src/walk/approvals.ts'
import type { Desk } from '../../src/walk/desk.ts'
import { runbookResult } from '../../src/walk/result.ts'
import { abortRun } from '../../src/walk/abort.ts'
import { hashOfDocument, readJournal } from '../../src/walk/read-run.ts'
import { continueRun, listDue, openRun, type Ready } from '../../src/walk/run.ts'
import type { Held } from '../../src/walk/resources.ts'
import { walk, type WalkResult } from '../../src/walk/walk.ts'
import {
  action,
  approval,
  attest,
  call,
  check,
  constant,
  expr,
  person,
  run,
  runbook,
  sessionMs,
  startMs,
  wait,
  World,
  graph,
} from './support.ts'

let stateDir: string
let nowMs: number
let desk: Desk
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'desk-run-'))
  nowMs = startMs
  let count = 0
  desk = {
    stateDir,
    now: () => new Date(nowMs),
    random: (bytes) => new Uint8Array(bytes).fill(++count),
    envelope: { host: 'h', traceId: 't' },
    paper: true,
    epoch: () => 'grant-1',
  }
})
afterEach(() => {
  rmSync(stateDir, { recursive: true, force: true })
})

const model = expr((env) => `model:${(env['inputs'] as { model: string }).model}`)
const inputs = [{ name: 'model', type: 'string', required: true, paper: 'signal' }] as const
const deploy = (more: Partial<Graph> = {}): Graph =>
  runbook(
    [
      wait({ id: 'w' }),
      action({ id: 'go', do: call('go', { effect: 'once' }) }),
      check({ id: 'v', check: call('read') }),
    ],
    ['w', 'go'],
    ['v'],
    {
      ...{ locks: [model], inputs, records: 'deploy.done', category: 'deploy' },
      ...more,
    },
  )

const text = 'kind: runbook'
function open(
  one: Graph,
  given: Readonly<Record<string, unknown>> = {},
  id = 'oncall',
  others: readonly Graph[] = [],
): Ready | Held {
  const graphs = new Map<GraphId, Graph>([one, ...others].map((g) => [g.id, g]))
  return openRun(desk, {
    graphs,
    root: one.id,
    documents: [{ id: one.id, file: 'main.yaml', text }],
    inputs: given,
    config: { desk: 'paper' },
    by: person(id),
  })
}
function goOn(id: string, one: Graph, present = hashOfDocument(text)): Ready | Held {
  return continueRun(desk, {
    run: id,
    by: person('oncall'),
    config: {},
    present: new Map([[one.id, present]]),
    compile: (documents) => {
      expect(documents).toEqual([{ id: one.id, file: 'main.yaml', text }])
      return new Map([[one.id, one]])
    },
  })
}
function ready(answer: Ready | Held): Ready {
  if (answer.kind === 'held') throw new Error(answer.by)
  return answer
}
async function walkOf({ run: going, journal, release }: Ready, world: World): Promise<WalkResult> {
  world.nowMs = nowMs
  try {
    return await walk(going, { ...world.ports(), journal, clock: { ...world.ports().clock, now: desk.now } })
  } finally {
    release()
  }
}

describe('a run', () => {
  test('is opened, parks, goes on with its own bytes and leaves evidence', async () => {
    const one = deploy()
    const world = new World([one])
    const first = ready(open(one))
    expect(await walkOf(first, world)).toMatchObject({ kind: 'parked', exit: 3 })
    const due = new Date(startMs + sessionMs).toISOString()
    expect(listRuns(stateDir)).toMatchObject([
      { run: first.run.id, state: 'parked', resumeAt: due, locks: ['model:signal'], by: 'oncall' },
    ])
    expect(listDue(desk)).toEqual([])
    nowMs += sessionMs
    expect(listDue(desk).map((r) => r.run)).toEqual([first.run.id])
    const second = ready(goOn(first.run.id, one, 'another hash'))
    expect(second.differs).toEqual([one.id])
    expect(await walkOf(second, world)).toMatchObject({ kind: 'closed', outcome: 'ok' })
    expect(listRuns(stateDir)).toMatchObject([{ state: 'closed', outcome: 'ok', segments: 2 }])
    expect(findEvidence(stateDir, { event: 'deploy.done', sinceMs: 0, nowMs: Number.MAX_SAFE_INTEGER })).toMatchObject({
      kind: 'found',
      status: 'pass',
    })
    expect(() => goOn(first.run.id, one)).toThrow(expect.objectContaining({ code: 'run-closed', exit: 64 }))
    const { state } = readJournal(desk, first.run.id)
    const result = runbookResult({ graphs: new Map([[one.id, one]]), root: one.id, run: first.run.id, state })
    expect(result).toMatchObject({
      run: { status: 'succeeded' },
      steps: [
        { id: 'w', status: 'done' },
        { id: 'go', status: 'done', evidence: { ref: { segment: `${first.run.id}.1.ndjson` } } },
      ],
      verify: [{ id: 'v', status: 'passed' }],
    })
  })
  test('a journal with a torn tail goes on; a damaged one does not', async () => {
    const one = deploy()
    const first = ready(open(one))
    await walkOf(first, new World([one]))
    const path = `${stateDir}/audit/segments/${first.run.id}.0.ndjson`
    appendFileSync(path, '{"v":1,"seq":9')
    const again = ready(goOn(first.run.id, one))
    again.release()
    const bytes = readFileSync(path, 'utf8')
    writeFileSync(path, bytes.replace('oncall', 'nobody'))
    expect(() => goOn(first.run.id, one)).toThrow(expect.objectContaining({ exit: 2 }))
  })
  test('somebody else is walking it: held, with who and since when', () => {
    const one = deploy()
    const first = ready(open(one))
    const answer = goOn(first.run.id, one)
    expect(answer).toMatchObject({ kind: 'held' })
    expect((answer as Held).by).toContain('oncall')
    first.release()
    ready(goOn(first.run.id, one)).release()
  })
  test('the first writer is fenced off when the run was taken up elsewhere', async () => {
    const one = runbook([action({ id: 'go', do: call('go', { effect: 'once' }) })], ['go'])
    const world = new World([one])
    const first = ready(open(one))
    first.release()
    const second = ready(goOn(first.run.id, one))
    await expect(walkOf(first, world)).rejects.toMatchObject({ code: 'fenced', exit: 75 })
    expect(world.calls).toEqual([])
    expect(await walkOf(second, world)).toMatchObject({ outcome: 'ok' })
  })
  test.each([
    [{ modell: 'x' }, 'unknown-input'],
    [{}, 'missing-input'],
  ])('inputs %j: %s, and nothing is left behind', (given, code) => {
    const one = deploy()
    desk = { ...desk, paper: false }
    expect(() => open(one, given)).toThrow(expect.objectContaining({ code, exit: 64 }))
    expect(existsSync(`${stateDir}/audit`)).toBe(false)
  })
  test('a pinned document that was changed is not used', async () => {
    const one = deploy()
    const first = ready(open(one))
    await walkOf(first, new World([one]))
    const artefact = `${stateDir}/audit/artefacts/${hashOfDocument(text)}`
    rmSync(artefact)
    writeFileSync(artefact, 'kind: tree')
    expect(() => goOn(first.run.id, one)).toThrow(expect.objectContaining({ code: 'pinned-document-lost' }))
  })
  test.each(['../../etc', 'run-1', 'halt-01arz3ndektsv4rrffq69g5fav'])('%s is no run', (id) => {
    expect(() => readJournal(desk, id)).toThrow(expect.objectContaining({ code: 'unknown-run', exit: 64 }))
  })
})

describe('resources', () => {
  test('a parked run keeps them: another deploy is held, another model is not', async () => {
    const one = deploy()
    const first = ready(open(one))
    await walkOf(first, new World([one]))
    const answer = open(one, {}, 'risk')
    expect(answer).toMatchObject({ kind: 'held' })
    expect((answer as Held).by).toMatch(/^model:signal is held by run-.* of oncall since 2026/)
    ready(open(one, { model: 'other' }, 'risk')).release()
    expect(readdirSync(`${stateDir}/locks`).flatMap((dir) => readdirSync(`${stateDir}/locks/${dir}`))).toEqual([])
  })
  test('a rollback aborts a parked holder, and both say so', async () => {
    const one = deploy()
    const first = ready(open(one))
    await walkOf(first, new World([one]))
    const rollback = ready(open(deploy({ category: 'rollback' }), {}, 'risk'))
    expect(rollback.displaced).toEqual([first.run.id])
    const { state } = readJournal(desk, first.run.id)
    expect(state.closed).toMatchObject({
      outcome: 'aborted',
      reason: expect.stringContaining(rollback.run.id) as string,
    })
    expect(readJournal(desk, rollback.run.id).state.opened?.displaced).toEqual([first.run.id])
    expect(listRuns(stateDir).map((r) => [r.state, r.outcome])).toEqual([
      ['closed', 'aborted'],
      ['open', undefined],
    ])
    rollback.release()
  })
  test('nobody takes them from a run that is being walked', () => {
    const first = ready(open(deploy()))
    expect(open(deploy({ category: 'incident' }), {}, 'risk')).toMatchObject({ kind: 'held' })
    first.release()
  })
  test('a callee takes its own on the way, and they show', async () => {
    const callee = graph('runbook/callee', 'ask', [attest({ id: 'ask' })], {
      locks: [constant('model:signal')],
      category: 'rollback',
    })
    const one = runbook([run({ id: 'r', graph: callee.id })], ['r'])
    const first = ready(open(one, {}, 'oncall', [callee]))
    expect(await walkOf(first, new World([one, callee]))).toMatchObject({ kind: 'parked' })
    expect(listRuns(stateDir)).toMatchObject([{ state: 'parked', locks: ['model:signal'] }])
    expect(readJournal(desk, first.run.id).state.locks).toEqual(['model:signal'])
    expect(open(deploy(), {}, 'risk')).toMatchObject({ kind: 'held' })
  })
})

describe('giving up', () => {
  test('leaving it as it is takes a second person', async () => {
    const one = deploy()
    const first = ready(open(one))
    await walkOf(first, new World([one]))
    const leave = (second: string) =>
      abortRun(desk, first.run.id, person('oncall'), { kind: 'leave', second: person(second), reason: 'stale' })
    expect(() => leave('OnCall')).toThrow(expect.objectContaining({ code: 'second-person', exit: 77 }))
    expect(leave('risk')).toEqual({ kind: 'aborted', unsettled: [] })
    expect(readJournal(desk, first.run.id).state.closed).toMatchObject({
      outcome: 'aborted',
      reason: 'left as it is, agreed by risk: stale',
    })
    expect(open(one, {}, 'risk')).toMatchObject({ kind: 'ready' })
  })
  test('what is unsettled is named', async () => {
    const one = runbook([action({ id: 'go', do: call('go', { effect: 'once' }) })], ['go'])
    const world = new World([one])
    world.onAct = () => ({ kind: 'unknown', reason: 'the line went dead', source: 's' })
    world.onLookup = () => ({ kind: 'cannot-tell', reason: 'no keys' })
    const first = ready(open(one))
    await walkOf(first, world)
    const answer = abortRun(desk, first.run.id, person('oncall'), {
      kind: 'hand-over',
      second: person('risk'),
      reason: 'shift ends',
    })
    expect(answer).toEqual({ kind: 'aborted', unsettled: ['runbook/main#go'] })
    expect(readJournal(desk, first.run.id).state.closed).toMatchObject({ unsettled: ['runbook/main#go'] })
    expect(listRuns(stateDir)).toMatchObject([{ state: 'closed', unsettled: ['runbook/main#go'] }])
  })
})

describe('approvals of others', () => {
  test('lie in segments of their own, and count once they are there', async () => {
    const one = runbook(
      [approval({ id: 'ok', of: ['go'] }), action({ id: 'go', do: call('go', { effect: 'once' }) })],
      ['ok', 'go'],
    )
    const world = new World([one])
    const first = ready(open(one))
    const parked = await walkOf(first, world)
    expect(parked).toMatchObject({ kind: 'parked', needs: [{ kind: 'approval' }] })
    const at = { path: 'runbook/main#ok', visit: 1 }
    const offers = parked.state.entries.get(at.path)?.entered?.offers ?? ''
    for (const id of ['stranger', 'risk'])
      recordDecision(desk, { kind: 'approved', run: first.run.id, at, offers, by: person(id) })
    const mayDecide = ({ id }: { readonly id: string }): boolean => id !== 'stranger'
    expect(readDecisions(desk, first.run.id, { ...at, visit: 2 }, mayDecide)).toEqual([])
    world.decisions = (place) => readDecisions(desk, first.run.id, place, mayDecide)
    expect(await walkOf(ready(goOn(first.run.id, one)), world)).toMatchObject({ outcome: 'ok' })
    const approved = readJournal(desk, first.run.id).journalled.filter(({ record }) => record.kind === 'approved')
    expect(approved).toHaveLength(1)
  })
})
