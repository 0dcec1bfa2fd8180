/** A live desk in the test's own process: accounts as the kernel would tell them, keys that sign as OpenSSH does, and a run that asks. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { listRuns } from '../../../src/audit/runs.ts'
import { readRun } from '../../../src/audit/segment-read.ts'
import type { Context } from '../../../src/cli/command.ts'
import { system } from '../../../src/cli/deps.ts'
import { answerStatement, askedOf, epochToSign } from '../../../src/cli/walking/answer-words.ts'
import { openSession, type Session } from '../../../src/cli/walking/session.ts'
import type { JournalRecord, Need, Place } from '../../../src/model/journal.ts'
import { fold } from '../../../src/walk/fold.ts'
import type { GivenAnswer } from '../../../src/walk/headless.ts'
import type { State } from '../../../src/walk/state.ts'
import { freshDesk, scratch } from '../../killswitch/support.ts'
import { freshKey, type TestKey } from '../../killswitch/ssh-keys.ts'

export const run = 'run-01m7xcdr30rsz82ttbzfhfpn7p'
export const start = '2026-11-20T12:00:00.000Z'
const minuteMs = 60_000
/** So many minutes after the beginning. */
export const at = (minutes: number): string => new Date(Date.parse(start) + minutes * minuteMs).toISOString()

export const question = (visit = 1, node = 'q1'): Extract<Need, { kind: 'answer' }> => ({
  ...{ kind: 'answer', at: { path: `tree/asked#${node}`, visit }, title: 'Is it so?' },
  answers: ['yes', 'no'],
})

/** As the records leave it. */
export const waitingFor = (needs: readonly Need[], before: readonly JournalRecord[] = []): State =>
  fold([...before, { kind: 'parked', time: start, needs }])

/** An effect that was begun for the n-th time, and of which nobody knows what became. */
export const lost = (place: Place, attempt: number): JournalRecord => ({
  ...{
    kind: 'intent',
    at: place,
    time: start,
    attempt,
    method: 'venue.place',
    key: `key-${String(attempt)}`,
    args: {},
  },
})

export interface LivePeople {
  readonly session: Session
  readonly context: Context
  readonly key: Readonly<Record<'oncall' | 'risk' | 'visitor' | 'stranger', TestKey>>
  /** What was said on standard error. */
  readonly said: () => string
  /** Who is allowed to sign what, anew. */
  readonly allow: (lines: readonly string[]) => void
  /** Moves the clock to so many minutes after the beginning. */
  readonly minutes: (minutes: number) => void
  /** Signed now, for ten minutes, as whoever is said; `over` says what is different in the words that are signed. */
  readonly signed: (who: 'oncall' | 'risk' | 'visitor' | 'stranger', answer: string, over?: Over) => GivenAnswer
  /** Codes of what was refused, oldest first. */
  readonly refused: () => readonly string[]
}
export interface Over {
  readonly run?: string
  readonly need?: Need
  readonly state?: State
  readonly desk?: string
  readonly host?: string
  readonly answer?: string
  readonly reason?: string
  readonly epoch?: string
  readonly namespace?: string
}

/** oncall has the account 1001, risk has 1002, both share 1009; 1077 is nobody's. The key of the visitor is allowed and no operator's. */
export function livePeople(login = 1001, signatures = 'when-shared'): LivePeople {
  const desk = freshDesk(Date.parse(start))
  const dir = scratch()
  const key = { oncall: freshKey(), risk: freshKey(), visitor: freshKey(), stranger: freshKey() }
  const signers = join(dir, 'allowed')
  const allow = (lines: readonly string[]): void => {
    writeFileSync(signers, lines.map((line) => `${line}\n`).join(''))
  }
  allow([`oncall@desk ${key.oncall.line}`, `risk@desk ${key.risk.line}`, `visitor@desk ${key.visitor.line}`])
  for (const [name, { line }] of Object.entries(key)) writeFileSync(join(dir, `${name}.pub`), `${line}\n`)
  const path = join(dir, 'desk.config.yaml')
  writeFileSync(
    path,
    `operators:
  - { id: oncall, roles: [oncall], logins: [uid-1001, uid-1009], signers: [oncall@desk] }
  - { id: risk, roles: [risk], logins: [uid-1002, uid-1009], signers: [risk@desk] }
release: { allowedSigners: allowed, signatures: ${signatures} }
`,
  )
  writeFileSync(join(dir, 'live'), `equities ${desk.stateDir}\n`)
  writeFileSync(join(dir, 'loginuid'), String(login))
  writeFileSync(join(dir, 'passwd'), '')
  let text = ''
  let nowMs = Date.parse(start)
  const deps: Context['deps'] = {
    ...{ env: { HOME: dir }, cwd: dir, ...desk.means, now: () => new Date(nowMs), host: 'desk-1', pid: process.pid },
    system: {
      ...system,
      liveRegistry: join(dir, 'live'),
      loginUidFile: join(dir, 'loginuid'),
      passwdFile: join(dir, 'passwd'),
      trustedUid: process.getuid?.() ?? 0,
    },
    sleep: () => Promise.resolve(),
    interrupted: new AbortController().signal,
    interrupt: () => undefined,
  }
  const err = (more: string): void => {
    text += more
  }
  const io = { out: () => undefined, err, canPrompt: false, columns: 80, colour: false }
  const context: Context = { io, deps, globals: { json: false, plain: true, profile: 'live', config: path } }
  const session = openSession(context)
  return {
    ...{ session, context, key, allow, said: () => text },
    minutes: (minutes) => {
      nowMs = Date.parse(at(minutes))
    },
    signed: (who, answer, over = {}) => {
      const [when, until] = [at(0), at(10)]
      const epoch = over.epoch ?? epochToSign(session)
      const need = over.need ?? question()
      const words = {
        ...{ run: over.run ?? run, ...askedOf(need, over.state ?? waitingFor([need])), answer: over.answer ?? answer },
        ...(over.reason === undefined ? {} : { reason: over.reason }),
        ...{ epoch, when, until },
      }
      const statement = answerStatement({ name: over.desk ?? 'equities' }, over.host ?? 'desk-1', words)
      const signature = key[who].sign(statement, over.namespace)
      return {
        ...{ answer, by: { id: who, via: 'answers-file' } },
        signed: { signature, run: over.run ?? run, epoch, when, until },
      }
    },
    refused: () => refusedIn(desk.stateDir),
  }
}

const codeIn = z.object({ code: z.string() })
function refusedIn(stateDir: string): readonly string[] {
  return listRuns(stateDir, 'note').flatMap(({ run: note }) =>
    readRun(stateDir, note).entries.flatMap(({ event, data }) =>
      event === 'answer.refused' ? [codeIn.parse(data).code] : [],
    ),
  )
}
