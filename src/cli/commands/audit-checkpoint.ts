/** `desk audit checkpoint`: signs what is on record, takes copies off this host, and deletes what was kept long enough. */
import { readFileSync } from 'node:fs'
import { deleteUnneeded, findUnneeded } from '../../audit/artefact-retention.ts'
import { listCheckpoints, makeCheckpoint } from '../../audit/checkpoint.ts'
import { newId } from '../../audit/id.ts'
import { loadOrCreateKey, loadVerifierKey, publicKeyFile } from '../../audit/key.ts'
import { announcePruning, planPruning, prune, type PruningPlan } from '../../audit/pruning.ts'
import { announceExpiry, deleteExpired, planExpiry, type ExpiryPlan } from '../../audit/retention.ts'
import { type ExitCode, exitCodes, worstExit } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import { reading, usage } from '../audit/asked.ts'
import { keptFor } from '../audit/retention.ts'
import type { Copied } from '../checkpoint-copies/copied.ts'
import { copyCheckpoints } from '../checkpoint-copies/copy.ts'
import type { Command, Context } from '../command.ts'
import { wallClock } from '../deps.ts'
import { printJson } from '../output/print.ts'
import { whichDesk, type WhichDesk } from '../which-desk.ts'

export interface CheckpointOptions {
  /** Also delete segments that were kept long enough, and ledger files that speak of nothing else. */
  readonly expire?: boolean
  /** Only tell which ones would go. */
  readonly dryRun?: boolean
}

const noPruning: PruningPlan = { files: [], isAnnounced: false }

/** Prints the note on stdout. 1 where a copy differs from what lies here, 69 where a place cannot be reached; signed it is all the same. */
export const checkpoint: Command<CheckpointOptions> = async ({ expire = false, dryRun = false }, context) => {
  const { io, deps, globals } = context
  const desk = whichDesk(context)
  if (dryRun && !expire) throw usage('--dry-run', 'of use without --expire')
  const policy = { now: deps.now(), keepMs: keptFor(desk.config) }
  const plan = expire ? await reading(() => planExpiry(desk.stateDir, policy)) : { segments: [], kept: [] }
  const pruning = expire
    ? await reading(() => planPruning(desk.stateDir, policy, loadVerifierKey(desk.stateDir)))
    : noPruning
  if (dryRun) return tellPlan(plan, pruning, await reading(() => goingWith(plan, desk)), context)
  const made = await reading(() => {
    const id = newId('note', deps.now, deps.random)
    const key = loadOrCreateKey(desk.stateDir, `desk/${desk.name}`, id)
    announceExpiry(desk.stateDir, plan, deps.now)
    announcePruning(desk.stateDir, pruning, deps.now)
    return makeCheckpoint(desk.stateDir, key, id, deps.now)
  })
  const copies = await copyAll(desk, deps.now())
  const expired = await reading(() => deleteExpired(desk.stateDir, plan, made.size))
  const pruned = expire
    ? await reading(() =>
        prune(desk.stateDir, pruning, made.size, {
          unique: newId('note', deps.now, deps.random),
          nowMs: wallClock.now().getTime(),
        }),
      )
    : []
  const artefacts = expire ? await reading(() => deleteUnneeded(desk.stateDir, wallClock.now())) : []
  if (globals.json)
    printJson(io, 'audit-checkpoint', {
      schema: 1,
      ...made,
      copies,
      expired,
      pruned,
      artefacts: [...artefacts],
      kept: plan.kept,
      ...heldBackIn(pruning),
    })
  else io.out(made.note)
  io.err(`${String(made.size)} lines of the ledger are signed: ${made.path}\n`)
  for (const each of copies) io.err(`${visible(wordsFor(each))}\n`)
  if (expire) {
    io.err(`${String(expired.length)} of ${String(plan.segments.length)} expired segments are deleted\n`)
    if (expired.length < plan.segments.length)
      io.err('the others go the next time: a new month is signed once it is a minute old\n')
    if (pruned.length > 0) io.err(`${filesOf(pruned)} deleted: all that was told there has expired or is kept\n`)
    io.err(`${countOf(artefacts)} that no record names any more ${artefacts.length === 1 ? 'is' : 'are'} deleted\n`)
  }
  tellKept(plan, pruning, context)
  return worstExit(copies.map(exitOf))
}

async function copyAll({ config, stateDir }: WhichDesk, now: Date): Promise<readonly Copied[]> {
  const { checkpoints } = config.audit
  if (checkpoints.length === 0) return []
  const kept = { notes: listCheckpoints(stateDir), publicKey: readFileSync(publicKeyFile(stateDir), 'utf8') }
  return Promise.all(checkpoints.map((to) => copyCheckpoints(to, kept, now)))
}

const goingWith = (plan: ExpiryPlan, { stateDir }: WhichDesk): readonly string[] =>
  findUnneeded(stateDir, new Set(plan.segments.map(({ segment }) => segment)), wallClock.now())

const countOf = ({ length }: readonly string[]): string =>
  `${String(length)} ${length === 1 ? 'artefact' : 'artefacts'}`

const inLedger = (file: string): string => `ledger/${file}`
const heldBackIn = ({ heldBack }: PruningPlan): Pick<PruningPlan, 'heldBack'> =>
  heldBack === undefined ? {} : { heldBack }

const filesOf = ({ length }: readonly string[]): string =>
  length === 1 ? 'one ledger file is' : `${String(length)} ledger files are`

function tellPlan(plan: ExpiryPlan, pruning: PruningPlan, artefacts: readonly string[], context: Context): ExitCode {
  const segments = plan.segments.map(({ segment }) => segment)
  if (context.globals.json)
    printJson(context.io, 'audit-expiry', {
      schema: 1,
      segments,
      ledger: [...pruning.files],
      artefacts: [...artefacts],
      kept: plan.kept,
      ...heldBackIn(pruning),
    })
  else context.io.out([...segments, ...pruning.files.map(inLedger)].map((each) => `${each}\n`).join(''))
  context.io.err(
    `${String(segments.length)} segments and ${countOf(artefacts)} were kept long enough; nothing was done\n`,
  )
  if (pruning.files.length > 0) context.io.err(`${filesOf(pruning.files)} old enough as well\n`)
  tellKept(plan, pruning, context)
  return exitCodes.ok
}

function tellKept(
  { segments, kept }: ExpiryPlan,
  { reason, heldBack }: PruningPlan,
  { io }: Pick<Context, 'io'>,
): void {
  if (reason !== undefined) io.err(`old ledger files are kept: ${reason} (desk audit verify)\n`)
  for (const { segment, reason } of kept) io.err(`${segment} is kept: ${visible(reason)}\n`)
  if (heldBack === undefined) return
  const [file, run = ''] = [inLedger(heldBack.file), heldBack.segment.split('.')[0]]
  io.err(
    segments.some(({ segment }) => segment === heldBack.segment)
      ? `${file} goes the next time: what it speaks of expires only now\n`
      : `${file} and all after it are kept for what has not expired\n  next: desk audit show ${run}\n`,
  )
}

function wordsFor(copied: Copied): string {
  switch (copied.kind) {
    case 'copied':
      return `copied to ${copied.to} (${String(copied.notes)} new)`
    case 'unreachable':
      return `NOT COPIED to ${copied.to}: ${copied.reason}`
    case 'differs':
      return `NOT COPIED to ${copied.to}, which holds something else: ${copied.reason}`
  }
}

function exitOf({ kind }: Copied): ExitCode {
  switch (kind) {
    case 'copied':
      return exitCodes.ok
    case 'unreachable':
      return exitCodes.unreachable
    case 'differs':
      return exitCodes.failed
  }
}
