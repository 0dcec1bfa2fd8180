/** What desk knows by itself: the trading state, the session in progress, and what is on record. */
import * as z from 'zod'
import { findEvidence } from '../../audit/evidence.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { readTrading, type TradingRead } from '../../killswitch/trading.ts'
import { once } from '../../model/once.ts'
import type { Call, Reading } from '../../ports/adapter.ts'
import { failure } from '../answer.ts'
import { ask } from '../asking.ts'
import type { Args, World } from './effect.ts'

const source = 'desk'
const minuteMs = 60_000
const evidenceArgs = once(() => z.object({ event: z.string() }))
const tickets = once(() => ({
  port: 'tickets',
  name: 'find',
  result: z.looseObject({ tickets: z.array(z.unknown()) }),
}))

const reading = ({ now }: World, value: unknown): Reading => ({
  ...{ kind: 'value', value, source, complete: true },
  asOf: now().toISOString(),
})

export async function readTradingState(world: World, _args: Args, call: Call): Promise<Reading> {
  const { stateDir, now, boot } = world
  const read = readTrading(stateDir, now().getTime(), boot)
  if (read.unknown !== undefined) return failure(read.unknown, source)
  const { state, sizeMultiplier, orderRate, epoch, since } = read.trading
  if (since === '') return failure(`the desk is ${state}, and nobody knows since when: ${read.trading.reason}`, source)
  const open = await ask(world.inner, tickets(), { kind: 'incident', status: 'open' }, call)
  // Whether the desk is halted must be told also while the tickets are away.
  const incidents = open.kind === 'failure' ? {} : { openIncidents: open.value.tickets.length }
  return reading(world, { state, sizeMultiplier, orderRate, epoch, since, ...incidents, holds: read.holds.length })
}

export function readSession(world: World): Reading {
  const { calendar: id } = world.config.desk
  const calendar = calendarOf(id)
  if (calendar === undefined) return failure(`there is no calendar ${id}`, source)
  const nowMs = world.now().getTime()
  const session = calendar.current(nowMs)
  const minutesToOpen = (calendar.next(nowMs).openMs - nowMs) / minuteMs
  if (session === undefined) return reading(world, { inSession: false, minutesToOpen })
  return reading(world, { inSession: true, minutesToClose: (session.closeMs - nowMs) / minuteMs, minutesToOpen })
}

export function readEvidence(world: World, args: Args): Reading {
  const { event } = evidenceArgs().parse(args)
  const nowMs = world.now().getTime()
  const found = findEvidence(world.stateDir, { event, sinceMs: 0, nowMs })
  if (found.kind === 'none') return reading(world, { found: false, passed: false, sinceHalt: false })
  if (found.kind === 'doubtful') return failure(`the record of ${event} cannot be believed: ${found.reason}`, source)
  const trading = readTrading(world.stateDir, nowMs, world.boot)
  if (trading.unknown !== undefined) return failure(trading.unknown, source)
  return reading(world, {
    found: true,
    passed: found.status === 'pass',
    sinceHalt: isSinceHalt(trading, found.at),
    ageMinutes: (nowMs - Date.parse(found.at)) / minuteMs,
    at: found.at,
  })
}

/**
 * Newer than every halt that stands, of the desk or of a part of it. Where none stands there is nothing to be older than, unless the
 * desk is halted and nobody knows since when.
 */
function isSinceHalt({ trading, halts }: TradingRead, at: string): boolean {
  if (halts.length === 0) return trading.state !== 'HALTED'
  return halts.every(({ since }) => Date.parse(at) > Date.parse(since))
}
