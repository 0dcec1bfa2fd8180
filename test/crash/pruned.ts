/** Ledger files that are pruned, with a crash anywhere in between; then whoever comes back expires once more. */
import { expect } from 'vitest'
import { listCheckpoints } from '../../src/audit/checkpoint.ts'
import { quickCheck } from '../../src/audit/health.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { check, expire, expiredIn, filesIn } from '../audit/aged-log.ts'
import { newLog, type Log } from '../audit/writing.ts'
import { type Judgement, judgeAll } from './judge.ts'
import { memory } from './memory.ts'
import type { Extent } from './recording.ts'

const halts = ({ stateDir }: Log): readonly string[] =>
  readLedger(stateDir).lines.flatMap(({ text, value }) =>
    'segment' in value && value.segment.startsWith('halt-') ? [text] : [],
  )

export interface PrunedStates extends Judgement {
  /** How many of them had been pruned already, and in how many old files lay there still. */
  readonly pruned: number
  readonly unfinished: number
}

/** What was signed before is also known elsewhere: a state that has lost any of it, or looks tampered with, is wrong. */
export async function crashDuringPruning(extent: Extent): Promise<PrunedStates> {
  const log = expiredIn(newLog(`${memory.root}/pruning`), { halt: true }, {}, { halt: true })
  const elsewhere = listCheckpoints(log.stateDir).slice(-1)
  const wanted = halts(log)
  expect(wanted).toHaveLength(4)
  expect(check(log, elsewhere)).toMatchObject({ ok: true })
  const anchoredTo = check(log, elsewhere).anchoredTo
  expect(anchoredTo).toBeGreaterThan(20)
  memory.start(log.stateDir)
  memory.note('begun')
  expect(
    expire(log, (text) => {
      memory.note(text)
    }).length,
  ).toBeGreaterThan(2)
  const size = check(log).anchoredTo
  const left = filesIn(log)
  const recording = memory.stop()

  let pruned = 0
  let unfinished = 0
  const judged = await judgeAll('ledger files that are pruned', recording, extent, ({ notes }, say) => {
    const found = check(log, elsewhere)
    for (const { code, message } of found.problems) say('wrong', `${code}: ${message}`)
    if (found.anchoredTo !== anchoredTo) say('lost', `anchored to ${String(found.anchoredTo)}`)
    if (notes.includes('signed') && check(log).anchoredTo !== size) say('lost', 'what was signed')
    if (String(halts(log)) !== String(wanted)) say('lost', 'a line of what is kept for ever')
    for (const problem of quickCheck(log.stateDir).problems) say('wrong', problem)
    const isPruned = readLedger(log.stateDir).lines[0]?.value.kind === 'pruned'
    if (isPruned) pruned++
    if (isPruned && filesIn(log).length > left.length) unfinished++
    if (notes.includes('pruned') && filesIn(log).length !== left.length) say('wrong', 'old files came back')
    expire(log)
    if (filesIn(log).length !== left.length) say('wrong', `left are ${filesIn(log).join(', ')}`)
    for (const { code, message } of check(log, elsewhere).problems) say('wrong', `then ${code}: ${message}`)
    if (String(halts(log)) !== String(wanted)) say('lost', 'then a line of what is kept for ever')
  })
  return { ...judged, pruned, unfinished }
}
