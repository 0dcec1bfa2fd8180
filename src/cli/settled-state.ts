/** The desk's state after whatever differs from the log was dealt with: what every screen shows. */
import type { Context } from './command.ts'
import { foreignWords, meansOf, openPermission } from './permission.ts'
import { askedDesk } from './asked-desk.ts'
import { type DeskState, isUnborn, lookAtState, stateOf } from './state.ts'
import { compareWithLog } from '../killswitch/discrepancy.ts'
import { bootId } from '../killswitch/gate.ts'
import { adoptSilentHalt, inspectPermits } from '../killswitch/inspect.ts'

/** Throws DeskError `no-such-desk` or `no-such-config`. */
export async function readState(context: Context): Promise<DeskState> {
  const seen = lookAtState(context)
  if (seen !== undefined) return seen
  const ref = askedDesk(context)
  if (isUnborn(ref)) openPermission(context)
  return stateOf(ref, context, { told: await settleDifferences(ref.stateDir, context) })
}

/** Somebody who tightens puts it on record within this time; only what is missing for longer was done silently. */
const recordedWithinMs = 250

/**
 * What nobody granted goes, because a restored backup must not read as TRADING, and a permission that vanished silently is put on record
 * as the halt that it is. Answers what to tell of it, which stderr gets at once: neither a full disk nor a script that reads the JSON
 * may hide it.
 */
async function settleDifferences(stateDir: string, context: Context): Promise<readonly string[]> {
  const { deps, io } = context
  const boot = bootId()
  const compared = boot === undefined ? undefined : compareWithLog(stateDir, boot, deps.now().getTime())
  if (boot === undefined || compared?.kind !== 'compared') return []
  const means = meansOf(context)
  const told: string[] = []
  if (compared.missing.length > 0 || compared.hasNotes) {
    if (compared.missing.length > 0) await deps.sleep(recordedWithinMs)
    for (const recorded of adoptSilentHalt(stateDir, boot, means))
      if (!recorded.recorded)
        told.push(`HALTED OR LOWERED WITHOUT A RECORD, and it cannot be recorded now: ${recorded.problem}`)
  }
  const inspected = inspectPermits(stateDir, boot, means)
  if (inspected.kind === 'foreign') told.push(...foreignWords(inspected))
  for (const line of told) io.err(`desk: ${line}\n`)
  return told
}
