/** `desk demo [scenario]`: a fault on a throwaway paper desk, its tree, what it does, and the trail. Every line is the real program's. */
import type { Context, Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { tail } from './audit.ts'
import { verify } from './audit-verify.ts'
import { run as status } from './status.ts'
import { procedureOf } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { openSession } from '../walking/session.ts'
import { throwawayDesk } from '../walking/simulated.ts'
import { whichDesk } from '../which-desk.ts'
import { type FaultId, faults } from '../../adapters/paper/faults.ts'
import { setFault } from '../../adapters/paper/switch-fault.ts'
import { bootId } from '../../killswitch/gate.ts'
import { readInForce } from '../../killswitch/standing.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { type Standing, wordsFor } from '../../model/standing.ts'
import { suggestion } from '../../source/suggest.ts'
import { treeResult } from '../../walk/result.ts'

interface Scenario {
  readonly faults: readonly FaultId[]
  readonly tree: string
  /** Where it must end, and how the desk must stand then. */
  readonly leaf: string
  readonly state: Standing['state']
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'no-fills': { faults: ['status-red'], tree: 'no-fills', leaf: 'broker-down', state: 'HALTED' },
  'wrong-pnl': { faults: ['pnl-outside-3'], tree: 'wrong-pnl', leaf: 'decaying', state: 'ACTIVE' },
  'missing-data': { faults: ['stale-all'], tree: 'missing-data', leaf: 'use-backup', state: 'ACTIVE' },
  'alerts-spam': { faults: ['alert-storm-unrelated'], tree: 'alerts-spam', leaf: 'unrelated', state: 'ACTIVE' },
  'config-mismatch': { faults: ['config-hot-edit'], tree: 'config-mismatch', leaf: 'unexplained', state: 'ACTIVE' },
}

export const run: Command<{ readonly scenario?: string }> = async ({ scenario: name = 'no-fills' }, outer) => {
  const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined
  if (scenario === undefined) {
    const names = Object.keys(scenarios)
    throw new DeskError(
      'unknown-id',
      exitCodes.usage,
      `no scenario "${name}"`,
      suggestion(name, names) ?? `known: ${names.join(', ')}`,
    )
  }
  const away = throwawayDesk(outer, whichDesk(outer), true)
  const { json } = outer.globals
  try {
    // Told as lines, or by its end: the commands that it plays would print a document each.
    const context = json ? unheard(away.context) : away.context
    const end = await play(scenario, context)
    if (json) printJson(outer.io, 'demo', { schema: 1, scenario: name, ...end })
    return end.asItShouldBe ? exitCodes.ok : exitCodes.failed
  } finally {
    away.remove()
  }
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
  const procedure = await procedureOf('tree', scenario.tree, desk, context)
  say(`desk tree ${scenario.tree} --act`)
  const walked = await walkProcedure(procedure, { act: true }, context, desk)
  say('desk status')
  await status({}, context)
  say('desk audit tail -n 6')
  await tail({ lines: '6' }, context)
  say('desk audit verify')
  const verified = await verify({}, context)
  if (walked.kind === 'rehearsed') throw new Error('a demonstration is walked, not rehearsed')
  const { leaf } = treeResult({
    graphs: procedure.library.graphs,
    root: procedure.graph.id,
    run: '',
    state: walked.state,
  })
  const standing = readInForce(desk.stateDir, bootId())
  const end = { leaf: leaf?.id ?? null, trading: wordsFor(standing), auditOk: verified === exitCodes.ok }
  const good = end.leaf === scenario.leaf && standing.state === scenario.state && end.auditOk
  io.out(
    `\n${good ? 'as it should be' : 'NOT as it should be'}: ${end.leaf ?? 'no leaf'}, ${end.trading}, audit log ${end.auditOk ? 'valid' : 'NOT valid'}\n`,
  )
  return { asItShouldBe: good, ...end }
}
