/**
 * `desk kill` from the first instruction to "permission gone": Node's own modules only, no log, no lock, no configuration, no question.
 * What follows is loaded afterwards.
 */
import { homedir } from 'node:os'
import { hrtime, pid } from 'node:process'
import { newId } from '../../audit/id.ts'
import { type DeskRef, desksToHalt, liveRegistry } from '../../killswitch/desks.ts'
import { engage } from '../../killswitch/engage.ts'
import { bootId } from '../../killswitch/gate.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { readInForce } from '../../killswitch/standing.ts'
import type { Answer } from '../command.ts'
import { directOutput } from '../direct-output.ts'
import type { Output } from '../output/published.ts'
import { type ExitCode, exitCodes } from '../../model/failure.ts'
import { wordsFor } from '../../model/standing.ts'
import type { Halted } from '../kill/finish.ts'
import { type KillWords, readKillWords } from './kill-words.ts'

type Tell = ReturnType<typeof directOutput>
export interface KillMeans {
  readonly showHelp: () => Promise<Answer>
  /** Before the first use of Node's streams: a reader that went away is no reason to stop. */
  readonly prepareStreams: () => void
  /** Has what follows the halt loaded as it was compiled. The halt itself depends on no such thing. */
  readonly useCompiled: () => void
}

/** Halts before it first waits, and always answers; what goes wrong after a halt never hides that it took place. */
export async function kill(argv: readonly string[], means: KillMeans): Promise<Answer> {
  const words = readKillWords(argv)
  if (words.help) return means.showHelp()
  const tell = directOutput(means.prepareStreams)
  const found = desksToHalt({ env: process.env, home: homeOr('/'), registry: liveRegistry }, words.profile)
  if (words.dryRun) return showDryRun(found.desks, words, tell)
  const halted = found.desks.map((desk) => haltNow(desk, words, tell))
  means.useCompiled()
  const { finishKill } = await import('../kill/finish.ts')
  return finishKill({
    words,
    halted,
    problems: found.problems,
    tell,
    ...(found.misuse === undefined ? {} : { misuse: found.misuse }),
  })
}

function haltNow(desk: DeskRef, words: KillWords, tell: Tell): Halted {
  const at = new Date(nowMs(desk))
  const id = newId('halt', () => at, ownBytes)
  // Who that was is asked afterwards: a directory of users may be slow or gone.
  const note = JSON.stringify({ reason: words.reason ?? '', since: at.toISOString() })
  const engaged = engage(desk, { scope: words.scope, id, note })
  const part = engaged.scope.kind === 'all' ? '' : ` ${nameScope(engaged.scope)}`
  // With --json standard output holds one document and nothing else.
  tell(words.json || !engaged.halted ? 2 : 1, `${engaged.halted ? 'HALTED' : 'NOT HALTED'} ${desk.name}${part}\n`)
  return { engaged, id }
}

/** A user without an entry in the system's list of users may halt as well. */
function homeOr(otherwise: string): string {
  try {
    return homedir()
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

function showDryRun(desks: readonly DeskRef[], words: KillWords, tell: Tell): ExitCode {
  const plans = desks.map((desk) => ({
    profile: desk.profile,
    desk: desk.name,
    stateDir: desk.stateDir,
    scope: nameScope(words.scope),
    now: wordsFor(readInForce(desk.stateDir, bootId())),
  }))
  const answer: Output<'kill-dry-run'> = { schema: 1, dryRun: true, desks: plans }
  if (words.json) tell(1, `${JSON.stringify(answer)}\n`)
  else for (const plan of plans) tell(1, `would halt ${plan.desk} (${plan.scope}), now ${plan.now}: ${plan.stateDir}\n`)
  for (const each of words.misuse) tell(2, `desk kill: ${each}\n`)
  return words.misuse.length > 0 ? exitCodes.usage : exitCodes.ok
}
