/** `desk throttle 0|25|50|half`: lower at once, and tell afterwards. */
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { bootId } from '../../killswitch/gate.ts'
import { recognise } from '../../killswitch/person.ts'
import { readStanding } from '../../killswitch/standing.ts'
import { parseSizeTarget, throttle } from '../../killswitch/throttle.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { askedDesk } from '../asked-desk.ts'
import type { Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import { meansOf } from '../permission.ts'

export interface ThrottleOptions {
  readonly target: string
  readonly reason?: string
}

/** Reads no configuration and asks nobody: a broken one must not keep the desk at full size. */
export const run: Command<ThrottleOptions> = (options, context) => {
  const { deps, globals, io } = context
  const size = parseSizeTarget(options.target)
  if (size === undefined)
    throw new DeskError(
      'bad-target',
      exitCodes.usage,
      `unknown target ${JSON.stringify(options.target)}`,
      '0, 25, 50 or half',
    )
  const desk = askedDesk({ deps, globals })
  if (!existsSync(desk.stateDir))
    throw new DeskError(
      'no-desk',
      exitCodes.invalidConfiguration,
      `no desk is at ${desk.stateDir}: nothing was lowered`,
      'desk status says which desk this is',
    )
  const by = recognise(desk.profile, { env: deps.env, userName: userInfo().username, ...deps.system })?.id ?? 'unknown'
  const done = throttle(desk.stateDir, bootId(), { size, by, reason: options.reason ?? '' }, meansOf(context))
  // A halt stands whatever is lowered beneath it, and no promotion lifts it.
  const isHalted = readStanding(desk.stateDir, bootId()).state === 'HALTED'
  if (done.kind === 'refused')
    throw new DeskError(
      'would-raise',
      exitCodes.refused,
      done.message,
      isHalted ? 'desk unlock status' : 'desk promote, after an incident-free session',
    )
  const { from, to, troubles, recorded, unknown } = done
  if (globals.json)
    printJson(io, 'throttle', {
      schema: 1,
      throttle: {
        desk: desk.name,
        from: unknown === undefined ? from : null,
        to,
        done: done.done,
        recorded: recorded.recorded,
      },
    })
  else if (done.done) {
    const was = unknown !== undefined ? 'unknown' : isHalted && from.size === 0 ? 'HALTED' : percent(from.size)
    const next = isHalted ? 'desk unlock status' : 'desk promote, after one full session without incident'
    io.out(`${desk.name} ${was} -> ${isHalted ? 'HALTED' : percent(to.size)}\n  next    ${next}\n`)
  }
  if (unknown !== undefined)
    io.err(
      `desk throttle: what was in force before cannot be told: ${unknown}; ${done.done ? 'lowered all the same' : 'tightened what could be reached'}\n`,
    )
  for (const { errno, path } of troubles) io.err(`desk throttle: ${errno}: ${path}\n`)
  if (!done.done) io.err('desk throttle: NOT LOWERED. Next: desk kill\n')
  if (!recorded.recorded)
    io.err(`desk throttle: ${done.done ? 'lowered, but ' : ''}not on record: ${recorded.problem}\n`)
  return Promise.resolve(!done.done ? exitCodes.failed : recorded.recorded ? exitCodes.ok : exitCodes.auditUnwritable)
}

const percent = (size: number): string => (size === 0 ? 'CLOSE-ONLY' : `${String(size * 100)} %`)
