/** `desk demo [scenario]`: a fault on a throwaway paper desk, its tree, what it does, and the trail. Every line is the real program's. */
import type { Context, Command } from '../command.ts'
import { tail, verify } from './audit.ts'
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
  try {
    return (await play(scenario, away.context)) ? exitCodes.ok : exitCodes.failed
  } finally {
    away.remove()
  }
}

async function play(scenario: Scenario, context: Context): Promise<boolean> {
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
  if (walked.kind === 'rehearsed') return false
  const { leaf } = treeResult({
    graphs: procedure.library.graphs,
    root: procedure.graph.id,
    run: '',
    state: walked.state,
  })
  const standing = readInForce(desk.stateDir, bootId())
  const good = leaf?.id === scenario.leaf && standing.state === scenario.state && verified === exitCodes.ok
  io.out(
    `\n${good ? 'as it should be' : 'NOT as it should be'}: ${leaf?.id ?? 'no leaf'}, ${wordsFor(standing)}, audit log ${verified === exitCodes.ok ? 'valid' : 'NOT valid'}\n`,
  )
  return good
}
