/**
 * `desk kill` from the first instruction to "permission gone": Node's own modules only, no log, no lock, no configuration, no question.
 * What follows is loaded afterwards.
 */
import { homedir, userInfo } from 'node:os'
import { hrtime, pid } from 'node:process'
import { newId } from '../../audit/id.ts'
import { type DeskRef, desksToHalt, liveRegistry } from '../../killswitch/desks.ts'
import { engage } from '../../killswitch/engage.ts'
import { bootId } from '../../killswitch/gate.ts'
import { recognise } from '../../killswitch/person.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { readStanding } from '../../killswitch/standing.ts'
import type { Answer } from '../command.ts'
import { type ExitCode, exitCodes } from '../../model/failure.ts'
import { wordsFor } from '../../model/standing.ts'
import type { Halted } from '../kill/finish.ts'
import { type KillWords, readKillWords } from './kill-words.ts'

/** Always answers; what goes wrong after a halt never hides that it took place. */
export async function kill(argv: readonly string[], showHelp: () => Promise<Answer>): Promise<Answer> {
  const words = readKillWords(argv)
  if (words.help) return showHelp()
  const found = desksToHalt({ env: process.env, home: orElse(homedir, '/'), registry: liveRegistry }, words.profile)
  if (words.dryRun) return showDryRun(found.desks, words)
  const halted = found.desks.map((desk) => haltNow(desk, words))
  const { finishKill } = await import('../kill/finish.ts')
  return finishKill({
    words,
    halted,
    problems: found.problems,
    ...(found.misuse === undefined ? {} : { misuse: found.misuse }),
  })
}

function haltNow(desk: DeskRef, words: KillWords): Halted {
  const at = new Date(nowMs(desk))
  const id = newId('halt', () => at, ownBytes)
  const userName = orElse(() => userInfo().username, '')
  const by = recognise(desk.profile, { env: process.env, userName })?.id ?? 'unknown'
  const reason = words.reason ?? ''
  const engaged = engage(desk, {
    scope: words.scope,
    id,
    note: JSON.stringify({ by, reason, since: at.toISOString() }),
  })
  // With --json standard output holds one document and nothing else.
  const stream = words.json || !engaged.halted ? process.stderr : process.stdout
  const part = engaged.scope.kind === 'all' ? '' : ` ${nameScope(engaged.scope)}`
  stream.write(`${engaged.halted ? 'HALTED' : 'NOT HALTED'} ${desk.name}${part}\n`)
  return { engaged, id, by }
}

/** A user without an entry in the system's list of users may halt as well. */
function orElse(ask: () => string, otherwise: string): string {
  try {
    return ask()
  } catch {
    return otherwise
  }
}

/** On paper DESK_NOW, where it can be read. A wrong one is somebody else's finding, not a reason to hesitate. */
function nowMs(desk: DeskRef): number {
  const given = desk.profile === 'paper' ? Date.parse(process.env['DESK_NOW'] ?? '') : Number.NaN
  // eslint-disable-next-line no-restricted-properties -- the injected clock loads what a halt must not wait for
  return Number.isNaN(given) ? Date.now() : given
}

/** Unique without the cost of loading a cipher: process and time of this machine. */
function ownBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, pid)
  const ticks = hrtime.bigint()
  view.setUint16(4, Number((ticks >> 32n) & 0xffffn))
  view.setUint32(6, Number(ticks & 0xffffffffn))
  return bytes
}

function showDryRun(desks: readonly DeskRef[], words: KillWords): ExitCode {
  const plans = desks.map((desk) => ({
    profile: desk.profile,
    desk: desk.name,
    stateDir: desk.stateDir,
    scope: nameScope(words.scope),
    now: wordsFor(readStanding(desk.stateDir, bootId())),
  }))
  if (words.json) process.stdout.write(`${JSON.stringify({ schema: 1, dryRun: true, desks: plans })}\n`)
  else
    for (const plan of plans)
      process.stdout.write(`would halt ${plan.desk} (${plan.scope}), now ${plan.now}: ${plan.stateDir}\n`)
  for (const each of words.misuse) process.stderr.write(`desk kill: ${each}\n`)
  return words.misuse.length > 0 ? exitCodes.usage : exitCodes.ok
}
