/**
 * Closing positions once per halt. What is going to be sent is on record before it leaves, so whoever types `--flatten` again in the same
 * halt, days later and in another process, finds it. Where nothing can be recorded the venue's own close call goes out all the same: it
 * closes what is held and no more, under a key that follows from the halt.
 */
import type { Closing } from './venues.ts'
import { listRuns } from '../../audit/runs.ts'
import { readRun } from '../../audit/segment-read.ts'
import type { FlattenedVenue } from '../../killswitch/report.ts'
import type { HaltRecord } from '../../killswitch/halt-record.ts'
import type { Scope } from '../../killswitch/scope.ts'

interface Flattening {
  readonly stateDir: string
  readonly scope: Scope
  /** The halt that stands, however often it was confirmed since. */
  readonly halt: string
  readonly venues: readonly string[]
  readonly closing: Closing | undefined
}
const intended = 'halt.flatten'
const flattened = 'halt.flattened'

export interface Flattened {
  /** What became of it, venue by venue; none where nothing could be sent. */
  readonly venues: readonly FlattenedVenue[]
  /** What people have to know. */
  readonly problems: readonly string[]
}

export async function flatten(asked: Flattening, record: HaltRecord): Promise<Flattened> {
  const { closing, scope, venues } = asked
  const unsent = (problem: string): Flattened => ({ venues: [], problems: [problem] })
  if (closing === undefined) return unsent('--flatten: nothing here can close positions')
  if (scope.kind === 'model')
    return unsent('--flatten: positions do not say which model opened them: close them at the venue')
  const before = earlier(asked)
  const said = await Promise.all(venues.map((venue) => flattenAt(venue, asked.halt, closing, before, record)))
  return { venues: said.map(({ at }) => at), problems: said.flatMap(({ problems }) => problems) }
}

interface AtVenue {
  readonly at: FlattenedVenue
  readonly problems: readonly string[]
}

async function flattenAt(
  venue: string,
  halt: string,
  closing: Closing,
  before: Earlier,
  record: HaltRecord,
): Promise<AtVenue> {
  const name = `--flatten at ${venue}`
  const key = `flatten-${halt}-${venue}`
  const ended = (state: FlattenedVenue['state'], ...problems: readonly string[]): AtVenue => ({
    at: { venue, state },
    problems,
  })
  if (before.kind === 'unreadable')
    return ended('unknown', `${name}: whether it was done before cannot be told: ${before.reason}`)
  if (before.done.has(key)) return ended('done-before', alreadyDone(name))
  if (before.begun.has(key)) {
    const became = await closing.lookup(venue, key).catch(() => 'cannot-tell' as const)
    if (became === 'done') return ended('done-before', alreadyDone(name))
    if (became === 'cannot-tell')
      return ended('unknown', `${name}: it was sent before, and nobody knows what became of it: look at the venue`)
  }
  record.append({ event: intended, data: { venue, halt, key } })
  const unrecorded = record.problem()
  const answer = await closing.close(venue, key).catch((error: unknown) => String(error))
  record.append({ event: flattened, data: { venue, halt, key, answer } })
  return ended(
    answer === 'done' ? 'done' : 'failed',
    ...(answer === 'done' ? [] : [`${name}: ${answer}`]),
    ...(unrecorded === undefined ? [] : [`${name}: sent, and not on record`]),
  )
}

const alreadyDone = (name: string): string =>
  `${name}: done once in this halt. What is held since is for a person to close at the venue`

type Earlier =
  | { readonly kind: 'read'; readonly begun: ReadonlySet<string>; readonly done: ReadonlySet<string> }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** What halts since this one have recorded, by key. */
function earlier({ stateDir, halt }: Flattening): Earlier {
  const begun = new Set<string>()
  const done = new Set<string>()
  try {
    for (const { run } of listRuns(stateDir, 'halt')) {
      const { entries, problems } = readRun(stateDir, run)
      for (const { event, data } of entries) {
        if (event !== intended && event !== flattened) continue
        const key = textIn(data, 'key')
        if (key === undefined || textIn(data, 'halt') !== halt) continue
        begun.add(key)
        if (event === flattened && textIn(data, 'answer') === 'done') done.add(key)
      }
      if (problems.length > 0 && run >= halt) return { kind: 'unreadable', reason: `${run} is damaged` }
    }
  } catch (error) {
    // No log is no record: what it would say was never there, or is lost with everything else.
    if (isAbsence(error)) return { kind: 'read', begun, done }
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) }
  }
  return { kind: 'read', begun, done }
}

const textIn = (data: unknown, name: string): string | undefined => {
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined
  return typeof value === 'string' ? value : undefined
}
const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
