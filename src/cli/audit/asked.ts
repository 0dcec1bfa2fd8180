/** What commands about the log share: moments that people type, and how a log that cannot be read is told. */
import { listIds } from '../../audit/search.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { nearest } from '../../source/suggest.ts'
import { visible } from '../../source/visible.ts'

const fewestLetters = 4
const dayMs = 86_400_000

/** A date is its first moment, or with `toItsEnd` its last. Throws DeskError `usage`. */
export function momentOf(flag: string, text: string | undefined, toItsEnd = false): number | undefined {
  if (text === undefined) return undefined
  const isMoment = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
  const ms = isMoment ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms))
    throw usage(`--${flag} ${visible(text)}`, 'a date (UTC) or a moment such as 2026-11-20T09:30:00-05:00')
  return toItsEnd && text.length === 'YYYY-MM-DD'.length ? ms + dayMs - 1 : ms
}

export const usage = (what: string, wanted: string): DeskError =>
  new DeskError('usage', exitCodes.usage, `${what} is not ${wanted}`)

/** The id itself, or a part of it that only one has. */
export function resolveId(stateDir: string, given: string): string {
  const ids = listIds(stateDir)
  const wanted = given.toLowerCase()
  const matching = wanted.length < fewestLetters ? [] : ids.filter((id) => id.includes(wanted))
  const [only, other] = ids.includes(wanted) ? [wanted] : matching
  if (only !== undefined && other === undefined) return only
  if (only !== undefined)
    throw new DeskError(
      'ambiguous-id',
      exitCodes.usage,
      `${String(matching.length)} ids contain ${visible(given)}`,
      'give more of it',
    )
  const near = nearest(wanted, ids)
  throw new DeskError(
    'unknown-id',
    exitCodes.usage,
    `no record of "${visible(given)}"`,
    near === undefined ? 'desk run list --all' : `did you mean "${near}"?`,
  )
}

/** Commands answer by promise, also where they fail. What the system refuses to show us, nobody can judge. */
export function reading<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    try {
      resolve(act())
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error
      throw new DeskError('audit-unreadable', exitCodes.undetermined, `the audit log cannot be read: ${error.message}`)
    }
  })
}
