/**
 * `desk kill` from the first instruction to "permission gone": Node's own modules only, no log, no lock, no configuration, no question.
 * What follows is loaded afterwards.
 */
import { existsSync } from 'node:fs'
import { type DeskRef, desksToHalt, type Found, liveRegistry } from '../../killswitch/desks.ts'
import { bootId } from '../../killswitch/gate.ts'
import { worstKillExit } from '../../killswitch/report.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { readInForce } from '../../killswitch/standing.ts'
import type { Answer } from '../command.ts'
import { directOutput } from '../direct-output.ts'
import type { Output } from '../output/published.ts'
import { type ExitCode, exitCodes } from '../../model/failure.ts'
import { wordsFor } from '../../model/standing.ts'
import { haltNow, type Halted, homeOr } from '../kill/halt-now.ts'
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
  if (words.dryRun) return showDryRun(found, words, tell)
  const halted = found.desks.map((desk) => haltAndTell(desk, words, tell))
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

function haltAndTell(desk: DeskRef, words: KillWords, tell: Tell): Halted {
  const halted = haltNow(desk, words.scope)
  const { scope, halted: isHalted } = halted.engaged
  const part = scope.kind === 'all' ? '' : ` ${nameScope(scope)}`
  // With --json standard output holds one document and nothing else.
  tell(words.json || !isHalted ? 2 : 1, `${isHalted ? 'HALTED' : 'NOT HALTED'} ${desk.name}${part}\n`)
  return halted
}

/** The exit code that the halt itself would have for what is told here; whether a desk can be halted is known only by halting. */
function showDryRun({ desks, problems, misuse }: Found, words: KillWords, tell: Tell): ExitCode {
  const plans = desks.map((desk) => ({
    profile: desk.profile,
    desk: desk.name,
    stateDir: desk.stateDir,
    scope: nameScope(words.scope),
    now: existsSync(desk.stateDir) ? wordsFor(readInForce(desk.stateDir, bootId())) : '',
  }))
  const answer: Output<'kill-dry-run'> = { schema: 1, dryRun: true, desks: plans }
  if (words.json) tell(1, `${JSON.stringify(answer)}\n`)
  else
    for (const { desk, scope, now, stateDir } of plans)
      tell(1, `would halt ${desk} (${scope}), now ${now === '' ? 'not there' : now}: ${stateDir}\n`)
  const more = misuse === undefined ? [] : [`${misuse}: every desk of this host would be halted`]
  for (const each of [...problems, ...words.misuse, ...more]) tell(2, `desk kill: ${each}\n`)
  return worstKillExit([
    problems.length > 0 ? exitCodes.failed : exitCodes.ok,
    words.misuse.length + more.length > 0 ? exitCodes.usage : exitCodes.ok,
    plans.some(({ now }) => now !== '') ? exitCodes.ok : exitCodes.invalidConfiguration,
  ])
}
