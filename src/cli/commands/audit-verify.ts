/** `desk audit verify`: whether anybody rewrote the log, also from a copy of it, with nothing but the public key and copied checkpoints. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { StoredNote } from '../../audit/checkpoint.ts'
import { loadVerifierKey, readVerifierKey } from '../../audit/key.ts'
import { verify as verifyLog } from '../../audit/verify.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { exitCodes } from '../../model/failure.ts'
import { reading, usage } from '../audit/asked.ts'
import { keptFor } from '../audit/retention.ts'
import type { Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import { renderReport } from '../render/audit.ts'
import { whichDesk } from '../which-desk.ts'

export interface VerifyOptions {
  /** Files, or folders of files, with checkpoints that were kept off this host. */
  readonly checkpoints?: readonly string[]
  /** A file with the key that signed them, kept off this host. */
  readonly publicKey?: string
}
/** 0 nothing was touched, 1 something was, 2 nobody can tell: unreadable, or on a live desk no recent anchor. */
export const verify: Command<VerifyOptions> = async ({ checkpoints = [], publicKey }, context) => {
  const { io, deps, globals } = context
  const desk = whichDesk(context)
  const inCwd = (path: string): string => resolve(deps.cwd, path)
  const report = await reading(() => {
    const key = publicKey === undefined ? loadVerifierKey(desk.stateDir) : readVerifierKey(inCwd(publicKey))
    const copies = checkpoints.map(inCwd).flatMap(notesAt)
    return verifyLog(desk.stateDir, key, { now: deps.now(), keepMs: keptFor(desk.config) }, copies)
  })
  const stale =
    report.ok && desk.profile === 'live'
      ? whyStale(desk.config.desk.calendar, report.anchoredAt, deps.now())
      : undefined
  const notes = stale === undefined ? report.notes : [...report.notes, stale]
  const exit = !report.ok ? exitCodes.failed : stale === undefined ? exitCodes.ok : exitCodes.undetermined
  if (globals.json) printJson(io, 'audit-verify', { schema: 1, ...report, ok: exit === exitCodes.ok, notes })
  else {
    const verdict = !report.ok ? 'CHANGED' : stale === undefined ? 'valid' : 'CANNOT TELL'
    io.out(
      renderReport({ ...report, notes }, desk.name, verdict, io.columns)
        .map((line) => `${line}\n`)
        .join(''),
    )
  }
  return exit
}

/** On a live desk the log of the last session must be signed. */
export function whyStale(calendarId: string, anchoredAt: string | undefined, now: Date): string | undefined {
  if (anchoredAt === undefined) return 'no checkpoint vouches for this log (desk audit checkpoint)'
  const calendar = calendarOf(calendarId)
  if (calendar === undefined) return `no calendar ${calendarId}: nobody can tell how old the last checkpoint may be`
  const session = calendar.previous(now.getTime())
  if (Date.parse(anchoredAt) >= session.openMs) return undefined
  return `the last checkpoint is older than the session of ${session.date} (desk audit checkpoint)`
}

/** Throws DeskError `usage` where there is none: an anchor that was asked for must not go missing in silence. */
function notesAt(path: string): readonly StoredNote[] {
  if (!statSync(path).isDirectory()) return [{ name: basename(path), note: readFileSync(path, 'utf8') }]
  const names = readdirSync(path).filter((name) => name.endsWith('.note') && !name.startsWith('.'))
  if (names.length === 0) throw usage(`--checkpoints ${path}`, 'a folder with checkpoints (*.note)')
  return names.sort().map((name) => ({ name, note: readFileSync(join(path, name), 'utf8') }))
}
