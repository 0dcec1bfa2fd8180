/** Everything a walk on this desk needs of the world, gathered once per command. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Context } from '../command.ts'
import { wallClock } from '../deps.ts'
import { deciderOf } from '../deciding.ts'
import { foreignWords, openDesk } from '../permission.ts'
import { type WhichDesk, whichDesk, whoIs } from '../which-desk.ts'
import { clockFor } from './clock.ts'
import { gateWindow, rhythmOf } from './gate-window.ts'
import { composeAdapters } from '../../adapters/compose.ts'
import { findEvidence } from '../../audit/evidence.ts'
import { newId } from '../../audit/id.ts'
import { currentEpoch } from '../../killswitch/epoch.ts'
import { footprintsOf, permitFootprint } from '../../killswitch/footprint.ts'
import { mayTradeInBoot } from '../../killswitch/gate.ts'
import { inspectPermits } from '../../killswitch/inspect.ts'
import { isSamePerson } from '../../killswitch/person.ts'
import type { Means } from '../../killswitch/record.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Person } from '../../model/journal.ts'
import type { Adapter } from '../../ports/adapter.ts'
import { catalogue } from '../../ports/catalogue.ts'
import { readDecisions } from '../../walk/approvals.ts'
import type { Desk } from '../../walk/desk.ts'
import type { Clock, EvidenceLog, Gates, People } from '../../walk/ports.ts'

export interface Session {
  readonly desk: WhichDesk
  readonly person: Person
  readonly boot: string
  readonly means: Means
  /** As the walker wants it. */
  readonly walkDesk: Desk
  readonly clock: Clock
  readonly adapter: Adapter
  readonly gates: Gates
  readonly evidence: EvidenceLog
  readonly decisions: (run: string) => People['decisions']
  readonly page: People['page']
  readonly heartbeatMs: () => number | undefined
}

/** Everything that a walk on a desk needs. Creates the paper desk where there is none. */
export function openSession(
  context: Context,
  asked: WhichDesk = whichDesk(context),
  person: Person = whoIs(asked, context),
): Session {
  const { deps, io } = context
  const { desk, boot, means } = openDesk(context, asked)
  const adapter = composeAdapters({
    config: desk.config,
    profile: desk.profile,
    deskName: desk.name,
    stateDir: desk.stateDir,
    env: deps.env,
    by: person,
    decider: () => deciderOf(desk, context, {}),
    ...means,
  })
  return {
    desk,
    person,
    boot,
    means,
    walkDesk: {
      stateDir: desk.stateDir,
      now: deps.now,
      random: deps.random,
      envelope: {
        host: deps.host,
        traceId: means.traceId,
        ...(means.traceparent === undefined ? {} : { traceparent: means.traceparent }),
        redaction: { secrets: desk.config.secrets, fields: secretFields() },
      },
      paper: desk.profile === 'paper',
      epoch: () => currentEpoch(desk.stateDir, boot),
    },
    clock: clockFor(desk.config.desk.calendar, deps),
    adapter,
    gates: gatesOf(desk, boot, means, io),
    evidence: evidenceOf(desk, deps.now),
    decisions: (run) => (at, role) => readDecisions(desk, run, at, (by) => holdsRole(desk, by, role)),
    page: pager(adapter, means, io),
    heartbeatMs: () => readHeartbeat(desk.stateDir),
  }
}

/** Fields that any method marks as secret. */
const secretFields = (): readonly string[] => [...catalogue.values()].flatMap((m) => m.secret)

function gatesOf(desk: WhichDesk, boot: string, means: Means, io: Context['io']): Gates {
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  const look = footprintsOf(desk.stateDir)
  let sound: string | undefined
  /** The grant in force, as long as no permission comes or goes. */
  let known: { readonly footprint: string | undefined; readonly epoch: string } | undefined
  const removeForeignOnce = (): void => {
    const footprint = look(wallClock.now().getTime())
    if (footprint !== undefined && footprint === sound) return
    removeForeign(desk, boot, means, io)
    sound = footprint
  }
  return {
    ask: (method, args) => {
      if (catalogue.get(method)?.risk === 'adds') removeForeignOnce()
      const [venue, model, symbol] = [text(args['venue']), text(args['model']), text(args['symbol'])]
      const { allowed } = mayTradeInBoot(
        {
          stateDir: desk.stateDir,
          session: desk.config.desk.sessions,
          ...(venue === undefined ? {} : { venue }),
          ...(model === undefined ? {} : { model }),
          ...(symbol === undefined ? {} : { symbol }),
        },
        boot,
      )
      return { allowed, epoch: currentEpoch(desk.stateDir, boot) }
    },
    epoch: () => {
      const footprint = permitFootprint(desk.stateDir, wallClock.now().getTime())
      if (known !== undefined && footprint !== undefined && known.footprint === footprint) return known.epoch
      removeForeignOnce()
      known = { footprint, epoch: currentEpoch(desk.stateDir, boot) }
      return known.epoch
    },
  }
}

/**
 * A run may last for hours: what somebody put into the permit directory meanwhile permits it nothing. Throws where the log cannot tell who
 * granted what; then the gates could not be asked.
 */
function removeForeign({ stateDir }: WhichDesk, boot: string, means: Means, io: Context['io']): void {
  const inspected = inspectPermits(stateDir, boot, means)
  if (inspected.kind === 'sound') return
  if (inspected.kind === 'cannot-tell')
    throw new DeskError('history-unreadable', exitCodes.undetermined, inspected.reason, 'desk audit verify')
  for (const line of foreignWords(inspected)) io.err(`desk: ${line}\n`)
  if (!inspected.gone)
    throw new DeskError('foreign-permit', exitCodes.refused, 'a permission that nobody granted is in force')
}

function evidenceOf(desk: WhichDesk, now: () => Date): EvidenceLog {
  return {
    find: (event, sinceMs) => {
      const found = findEvidence(desk.stateDir, { event, sinceMs, nowMs: now().getTime() })
      if (found.kind !== 'found') return found
      return {
        kind: 'found',
        status: found.status,
        at: found.at,
        source: `${found.ref.segment}:${String(found.ref.seq)}`,
        observed: found.observed,
      }
    },
    windowStartMs: (graph, node, atMs) =>
      gateWindow(graph, node.id, atMs, rhythmOf(graph, desk.stateDir, atMs).eventMs).fromMs,
  }
}

/**
 * Without configured operators everybody on paper holds every role; on live nobody does, and where signatures are always required no
 * account does either.
 */
export function holdsRole(desk: Pick<WhichDesk, 'profile' | 'config'>, by: Person, role: string): boolean {
  const { operators, release } = desk.config
  if (desk.profile === 'live' && release.signatures === 'always' && by.via !== 'key') return false
  if (operators.length === 0) return desk.profile === 'paper'
  return operators.some((o) => isSamePerson(o.id, by.id) && o.roles.some((r) => r === role))
}

/** As it goes on record: whether the role was given to that person, or to everybody. */
export const inRole = ({ profile, config }: Pick<WhichDesk, 'profile' | 'config'>, by: Person): Person =>
  profile === 'paper' && config.operators.length === 0 ? { ...by, roles: 'every' } : by

/** Pages through the adapter; what cannot be sent is at least said here. */
function pager(adapter: Adapter, means: Means, io: Context['io']): People['page'] {
  return (text) => {
    const args = { role: 'risk', text }
    void adapter
      .act({
        port: 'notify',
        method: 'page',
        args,
        timeoutMs: 5000,
        signal: new AbortController().signal,
        key: newId('note', means.now, means.random),
      })
      .then((answer) => {
        if (answer.kind !== 'done') io.err(`desk: nobody could be paged (${answer.reason}): ${text}\n`)
      })
  }
}

const heartbeatPath = (stateDir: string): string => `${stateDir}/heartbeat`

/** Left behind by whatever takes up due runs, so that waits which guard risk know whether they may park. */
export function leaveHeartbeat(stateDir: string, now: Date): void {
  const path = heartbeatPath(stateDir)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, `${now.toISOString()}\n`, { mode: 0o600 })
}

function readHeartbeat(stateDir: string): number | undefined {
  try {
    const ms = Date.parse(readFileSync(heartbeatPath(stateDir), 'utf8').trim())
    return Number.isNaN(ms) ? undefined : ms
  } catch {
    return undefined // never seen
  }
}
