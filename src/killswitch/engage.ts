/**
 * The halt itself: synchronous, with no log, lock, configuration, network or free disk space, and nothing loaded but Node's own modules.
 * What follows it (who and why on record, cancels, verification) is elsewhere and never comes before it.
 */
import { existsSync } from 'node:fs'
import { ensureDirectory } from '../disk/directory.ts'
import type { Standing } from '../model/standing.ts'
import type { DeskRef } from './desks.ts'
import { bootId } from './gate.ts'
import { readMarks, placeMark } from './mark.ts'
import { type PermitDisk, type Tightened, type Trouble, errnoOf, permitDir, permitDisk, tighten } from './permit.ts'
import { type Scope, type Token, nameScope, tokensOfHalt } from './scope.ts'
import { readOrderRate, readSize, readStanding } from './standing.ts'

export interface HaltOrder {
  readonly scope: Scope
  /** Names the mark of a halt by scope. */
  readonly id: string
  /** What people will read in the mark. */
  readonly note: string
}
/** What a desk was allowed just before. `absent`: there was no state directory. */
export type Before =
  | (Standing & { readonly kind: 'desk'; readonly size: 0.25 | 0.5 | 1; readonly orderRate: 0.25 | 0.5 | 1 })
  | { readonly kind: 'absent' }

export interface Engaged {
  readonly desk: DeskRef
  /** What is halted: the whole desk where a narrower halt could not be marked. */
  readonly scope: Scope
  readonly widened: boolean
  readonly tokens: readonly Token[]
  readonly before: Before
  /** It stood already before. */
  readonly already: boolean
  /** False means that trading may go on. */
  readonly halted: boolean
  readonly troubles: readonly Trouble[]
}
/** Where a test lets the system refuse. */
export interface HaltDisk extends PermitDisk {
  readonly mark: typeof placeMark
  readonly claim: typeof ensureDirectory
}
export const haltDisk: HaltDisk = { ...permitDisk, mark: placeMark, claim: ensureDirectory }

/** Halts one desk, or a part of it. Never throws, asks nothing, and may be repeated at will. */
export function engage(
  desk: DeskRef,
  order: HaltOrder,
  on: HaltDisk = haltDisk,
  boot: string | undefined = bootId(),
): Engaged {
  const before = lookBefore(desk.stateDir, boot)
  return order.scope.kind === 'all'
    ? haltDesk(desk, order.scope, before, on, boot)
    : haltPart(desk, order, before, on, boot)
}

function haltDesk(desk: DeskRef, scope: Scope, before: Before, on: HaltDisk, boot: string | undefined): Engaged {
  const dir = permitDir(desk.stateDir)
  const tokens = tokensOfHalt(scope)
  const isClaimed = existsSync(dir)
  const first = tighten(dir, tokens, boot, on)
  const already = before.kind === 'absent' || before.state === 'HALTED'
  const all = isClaimed ? [first] : [first, claim(dir, tokens, boot, on)]
  return { desk, scope, widened: false, tokens, before, already, ...verdict(all) }
}

function haltPart(desk: DeskRef, order: HaltOrder, before: Before, on: HaltDisk, boot: string | undefined): Engaged {
  const dir = permitDir(desk.stateDir)
  const { scope } = order
  const tokens = tokensOfHalt(scope)
  const first = tighten(dir, tokens, boot, on)
  const marked = markHalt(dir, order, on)
  if (marked !== 'marked') {
    // Without the mark a rule could lift this with its own hold, and nobody would know. The whole desk is the next that is certain.
    const whole = haltDesk(desk, { kind: 'all' }, before, on, boot)
    return { ...whole, widened: true, tokens: [...tokens, ...whole.tokens], troubles: [marked, ...whole.troubles] }
  }
  // Again: a rule that lifted its own hold meanwhile may have looked before the mark was there.
  const second = tighten(dir, tokens, boot, on)
  const already = readMarks(dir).marks.some(
    (mark) => nameScope(mark.scope) === nameScope(scope) && mark.cause.kind === 'halt' && mark.cause.id !== order.id,
  )
  return { desk, scope, widened: false, tokens, before, already, ...verdict([first, second]) }
}

function lookBefore(stateDir: string, boot: string | undefined): Before {
  if (boot === undefined || !existsSync(stateDir))
    return existsSync(stateDir)
      ? { kind: 'desk', state: 'HALTED', sizeMultiplier: 0, size: 0.25, orderRate: 1 }
      : { kind: 'absent' }
  return {
    kind: 'desk',
    ...readStanding(stateDir, boot),
    size: readSize(stateDir, boot),
    orderRate: readOrderRate(stateDir, boot),
  }
}

/**
 * Where there is no permit directory, a first desk may be about to be renamed into place. With a directory that is not empty in its way
 * that rename fails; if it came first, the permissions it brought are removed here.
 */
function claim(dir: string, tokens: readonly Token[], boot: string | undefined, on: HaltDisk): Tightened {
  const troubles: Trouble[] = []
  try {
    on.claim(dir)
  } catch (error) {
    troubles.push({ path: dir, errno: errnoOf(error) })
  }
  const after = tighten(dir, tokens, boot, on)
  return { ...after, troubles: [...troubles, ...after.troubles] }
}

function markHalt(dir: string, order: HaltOrder, on: HaltDisk): 'marked' | Trouble {
  try {
    on.mark(dir, order.scope, 'no-new', { kind: 'halt', id: order.id }, order.note)
    return 'marked'
  } catch (error) {
    return { path: dir, errno: errnoOf(error) }
  }
}

/** The last one tells what is in force; every trouble on the way is told once. */
function verdict(all: readonly Tightened[]): Pick<Engaged, 'halted' | 'troubles'> {
  const last = all.at(-1)
  const troubles = new Map(
    all.flatMap((each) => each.troubles).map((trouble) => [`${trouble.errno} ${trouble.path}`, trouble]),
  )
  return { halted: last !== undefined && last.gone && last.swept, troubles: [...troubles.values()] }
}
