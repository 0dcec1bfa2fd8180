/** Everything a walk on this desk needs of the world, gathered once per command. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Context } from '../command.ts'
import { type WhichDesk, whichDesk, whoIs } from '../which-desk.ts'
import { clockFor } from './clock.ts'
import { composeAdapters } from '../../adapters/compose.ts'
import { findEvidence } from '../../audit/evidence.ts'
import { newId } from '../../audit/id.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { isCadence, latestWindow } from '../../calendar/window.ts'
import { currentEpoch } from '../../killswitch/epoch.ts'
import { ensurePaperDesk } from '../../killswitch/first-desk.ts'
import { bootId, mayTradeInBoot } from '../../killswitch/gate.ts'
import { adoptSilentHalt, inspectPermits } from '../../killswitch/inspect.ts'
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

/** Makes sure that a paper desk exists, and that what is in force is what was granted. */
export function openSession(context: Context, desk: WhichDesk = whichDesk(context)): Session {
  const { deps, io } = context
  const person = whoIs(desk, context)
  const boot = bootId()
  if (boot === undefined)
    throw new DeskError(
      'no-boot-id',
      exitCodes.undetermined,
      'this system does not tell in which boot it is',
      'desk needs Linux',
    )
  const means: Means = { now: deps.now, random: deps.random, host: deps.host, traceId: traceIdOf(context) }
  if (desk.profile === 'paper') {
    ensurePaperDesk(
      desk.stateDir,
      boot,
      { venues: desk.config.venues, models: [desk.config.desk.model], by: person.id },
      means,
    )
  }
  adoptSilentHalt(desk.stateDir, boot, means)
  const inspected = inspectPermits(desk.stateDir, boot, means)
  if (inspected.kind === 'foreign')
    io.err(`desk: removed permissions that nobody granted: ${inspected.tokens.join(', ')}\n`)
  const adapter = composeAdapters({
    config: desk.config,
    profile: desk.profile,
    deskName: desk.name,
    stateDir: desk.stateDir,
    env: deps.env,
    by: person,
    ...means,
  })
  return {
    desk,
    person,
    means,
    walkDesk: {
      stateDir: desk.stateDir,
      now: deps.now,
      random: deps.random,
      envelope: {
        host: deps.host,
        traceId: means.traceId,
        redaction: { secrets: desk.config.secrets, fields: secretFields() },
      },
      paper: desk.profile === 'paper',
      epoch: () => currentEpoch(desk.stateDir, boot),
    },
    clock: clockFor(desk.config.desk.calendar, deps),
    adapter,
    gates: gatesOf(desk, boot),
    evidence: evidenceOf(desk),
    decisions: (run) => (at, role) => readDecisions(desk, run, at, (by) => holdsRole(desk, by, role)),
    page: pager(adapter, means, io),
    heartbeatMs: () => readHeartbeat(desk.stateDir),
  }
}

/** Fields that any method marks as secret. */
const secretFields = (): readonly string[] => [...catalogue.values()].flatMap((m) => m.secret)

/** DESK_TRACE_ID wins over the trace id of TRACEPARENT; without either a new one. */
function traceIdOf({ deps }: Context): string {
  const own = deps.env['DESK_TRACE_ID']
  if (own !== undefined && /^[\w.:-]{1,128}$/.test(own)) return own
  const parent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(deps.env['TRACEPARENT'] ?? '')
  return parent?.[1] ?? newId('note', deps.now, deps.random).slice('note-'.length)
}

function gatesOf(desk: WhichDesk, boot: string): Gates {
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  return {
    ask: (_method, args) => {
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
      return Promise.resolve({ allowed, epoch: currentEpoch(desk.stateDir, boot) })
    },
  }
}

function evidenceOf(desk: WhichDesk): EvidenceLog {
  return {
    find: (event, sinceMs) => {
      const found = findEvidence(desk.stateDir, { event, sinceMs })
      if (found.kind !== 'found') return found
      return {
        kind: 'found',
        status: found.status,
        at: found.at,
        source: `${found.ref.segment}:${String(found.ref.seq)}`,
        observed: found.observed,
      }
    },
    windowStartMs: (graph, node, nowMs) => {
      const { cadence } = graph
      const gate = cadence?.gates.find((g) => g.node === node.id || node.id.startsWith(`${g.node}.`))
      const calendar = cadence === undefined ? undefined : calendarOf(cadence.calendar)
      if (cadence === undefined || gate === undefined || calendar === undefined || !isCadence(cadence.name))
        throw new Error(`${graph.id} has no window for ${node.id}`)
      return latestWindow(calendar, cadence.name, gate.due, nowMs).fromMs
    },
  }
}

/** Without configured operators everybody on paper holds every role; on live nobody does. */
export function holdsRole(desk: Pick<WhichDesk, 'profile' | 'config'>, by: Person, role: string): boolean {
  const { operators } = desk.config
  if (operators.length === 0) return desk.profile === 'paper'
  return operators.some((o) => isSamePerson(o.login ?? o.id, by.id) && o.roles.some((r) => r === role))
}

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
