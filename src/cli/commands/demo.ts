/**
 * `desk demo [scenario]`: a fault on a throwaway paper desk, its tree, what it does, and the trail. With `--fault` any procedure meets
 * whatever faults are named. Every line is the real program's.
 */
import type { Context, Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { tail } from './audit.ts'
import { verify } from './audit-verify.ts'
import { run as gates } from './gates.ts'
import { run as runbook } from './runbook.ts'
import { run as status } from './status.ts'
import { entriesOf, loadLibrary } from '../library.ts'
import { procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { openSession } from '../walking/session.ts'
import { throwawayDesk } from '../walking/simulated.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { type FaultId, faults } from '../../adapters/paper/faults.ts'
import { setFault } from '../../adapters/paper/switch-fault.ts'
import { bootId } from '../../killswitch/gate.ts'
import { readInForce } from '../../killswitch/standing.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { type Standing, wordsFor } from '../../model/standing.ts'
import { suggestion } from '../../source/suggest.ts'
import { treeResult } from '../../walk/result.ts'

const kinds = ['tree', 'gates', 'runbook'] as const

interface Scenario {
  readonly faults: readonly FaultId[]
  readonly kind: (typeof kinds)[number]
  readonly id: string
  /** Where its tree must end, and how the desk must stand then; absent: nobody has said it beforehand. */
  readonly end?: { readonly leaf: string; readonly state: Standing['state'] }
}

const prepared = (faults: readonly FaultId[], id: string, leaf: string, state: Standing['state']): Scenario => ({
  ...{ faults, kind: 'tree', id },
  end: { leaf, state },
})
const scenarios: Readonly<Record<string, Scenario>> = {
  'no-fills': prepared(['status-red'], 'no-fills', 'broker-down', 'HALTED'),
  'wrong-pnl': prepared(['pnl-outside-3'], 'wrong-pnl', 'decaying', 'ACTIVE'),
  'missing-data': prepared(['stale-all'], 'missing-data', 'use-backup', 'ACTIVE'),
  'alerts-spam': prepared(['alert-storm-unrelated'], 'alerts-spam', 'unrelated', 'ACTIVE'),
  'config-mismatch': prepared(['config-hot-edit'], 'config-mismatch', 'unexplained', 'ACTIVE'),
}

interface DemoOptions {
  readonly scenario?: string
  readonly fault?: readonly string[]
}

export const run: Command<DemoOptions> = async (options, outer) => {
  const desk = whichDesk(outer)
  const scenario = options.fault === undefined ? preparedOf(options.scenario) : await brokenOf(options, desk, outer)
  const away = throwawayDesk(outer, desk, true)
  const { json } = outer.globals
  try {
    // Told as lines, or by its end: the commands that it plays would print a document each.
    const context = json ? unheard(away.context) : away.context
    const end = await play(scenario, context)
    if (json) printJson(outer.io, 'demo', { schema: 1, scenario: scenario.id, ...end })
    return end.asItShouldBe ? exitCodes.ok : exitCodes.failed
  } finally {
    away.remove()
  }
}

const unknown = (what: string, name: string, known: readonly string[], otherwise: string): DeskError =>
  new DeskError('unknown-id', exitCodes.usage, `no ${what} "${name}"`, suggestion(name, known) ?? otherwise)

function preparedOf(name = 'no-fills'): Scenario {
  const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined
  const names = Object.keys(scenarios)
  if (scenario !== undefined) return scenario
  throw unknown('scenario', name, names, `known: ${names.join(', ')}; others with --fault`)
}

/** A procedure of any kind that is walked, and the faults that it meets. */
async function brokenOf(
  { scenario: id, fault = [] }: DemoOptions,
  desk: WhichDesk,
  context: Context,
): Promise<Scenario> {
  if (id === undefined)
    throw new DeskError(
      'what-meets-it',
      exitCodes.usage,
      '--fault breaks the desk, and nothing is named that meets it',
      `desk demo missing-data --fault ${fault[0] ?? 'stale-one'}; docs/faults.md says what sees which fault`,
    )
  const faultIds = fault.map((name) => {
    const known = faults.find((each) => each.id === name)
    if (known === undefined)
      throw unknown(
        'fault',
        name,
        faults.map((each) => each.id),
        'docs/faults.md lists them',
      )
    return known.id
  })
  const library = await loadLibrary(desk, context)
  const named = kinds.flatMap((kind) => entriesOf(library, kind).map((entry) => ({ kind, id: entry.id })))
  const found = named.find((each) => each.id === id)
  if (found !== undefined) return { faults: faultIds, ...found }
  throw unknown(
    'procedure',
    id,
    named.map((each) => each.id),
    'desk tree, desk gates and desk runbook list them',
  )
}

const unheard = (context: Context): Context => ({
  ...context,
  io: { ...context.io, out: () => undefined },
  globals: { ...context.globals, json: false },
})

async function play(scenario: Scenario, context: Context): Promise<Omit<Output<'demo'>, 'schema' | 'scenario'>> {
  const { io, deps } = context
  const desk = whichDesk(context)
  const say = (line: string): void => {
    io.out(`\n$ ${line}\n`)
  }
  openSession(context, desk)
  for (const id of scenario.faults) {
    const fault = faults.find((f) => f.id === id)
    io.out(`${fault?.title ?? id}: ${fault?.changes ?? ''}\n`)
    await setFault({ stateDir: desk.stateDir, now: deps.now }, id, true)
  }
  say(`desk ${scenario.kind} ${scenario.id}${scenario.kind === 'tree' ? ' --act' : ''}`)
  const leaf = await walk(scenario, context, desk)
  say('desk status')
  await status({}, context)
  say('desk audit tail -n 6')
  await tail({ lines: '6' }, context)
  say('desk audit verify')
  const verified = await verify({}, context)
  const standing = readInForce(desk.stateDir, bootId())
  const end = { leaf, trading: wordsFor(standing), auditOk: verified === exitCodes.ok }
  const isExpected = scenario.end === undefined || (leaf === scenario.end.leaf && standing.state === scenario.end.state)
  const good = isExpected && end.auditOk
  const seen = [...(scenario.kind === 'tree' ? [leaf ?? 'no leaf'] : []), end.trading]
  const verdict = scenario.end === undefined && good ? 'ended' : good ? 'as it should be' : 'NOT as it should be'
  io.out(`\n${verdict}: ${seen.join(', ')}, audit log ${end.auditOk ? 'valid' : 'NOT valid'}\n`)
  return { asItShouldBe: good, ...end }
}

/** Answers the leaf of a tree. */
async function walk({ kind, id }: Scenario, context: Context, desk: WhichDesk): Promise<string | null> {
  if (kind === 'gates') await gates({ cadence: id }, context)
  if (kind === 'runbook') await runbook({ id, all: false }, context)
  if (kind !== 'tree') return null
  const procedure = await procedureOf(kind, id, desk, context)
  const walked = await walkProcedure(procedure, { act: true }, context, desk)
  if (walked.kind === 'rehearsed') throw new Error('a demonstration is walked, not rehearsed')
  const { leaf } = treeResult({
    graphs: procedure.library.graphs,
    root: procedure.graph.id,
    run: '',
    state: walked.state,
  })
  return leaf?.id ?? null
}
