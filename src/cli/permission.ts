/** What commands that act share: the desk, who asks, what is in force, and how a refusal is told. */
import type { Context } from './command.ts'
import { existsSync } from 'node:fs'
import { type WhichDesk, whichDesk, whoIs, whoMayBe } from './which-desk.ts'
import { ensurePaperDesk } from '../killswitch/first-desk.ts'
import { bootId } from '../killswitch/gate.ts'
import { adoptSilentHalt, type Inspected, inspectPermits } from '../killswitch/inspect.ts'
import type { Means } from '../killswitch/record.ts'
import { releaseNamespace } from '../killswitch/ssh-signature.ts'
import type { Refusal } from '../killswitch/refusal.ts'
import { keepKnownConfig } from './kill/known-config.ts'
import { traceOf } from './trace.ts'
import { refuseUntrusted } from './trusted.ts'
import { newId } from '../audit/id.ts'
import { DeskError, type ExitCode, exitCodes } from '../model/failure.ts'
import type { Person } from '../model/journal.ts'

export interface OpenDesk {
  readonly desk: WhichDesk
  readonly boot: string
  readonly means: Means
}
export interface Permission extends OpenDesk {
  readonly person: Person
}

/** As `openDesk`, for what needs to know who acts. Throws DeskError `unknown-person` besides. */
export function openPermission(context: Context, desk: WhichDesk = whichDesk(context)): Permission {
  const person = whoIs(desk, context)
  return { ...openDesk(context, desk), person }
}

/**
 * Makes sure that a paper desk exists, that what is in force is what was granted, and that what was halted silently is on record. Throws
 * DeskError `history-missing` for a live desk without its state, `untrusted-file` for one whose configuration others can write, `no-boot-id`.
 */
export function openDesk(context: Context, desk: WhichDesk = whichDesk(context)): OpenDesk {
  const boot = bootId()
  if (boot === undefined)
    throw new DeskError(
      'no-boot-id',
      exitCodes.undetermined,
      'this system does not tell in which boot it is',
      'mount /proc: desk needs Linux, and reads /proc/sys/kernel/random/boot_id',
    )
  const means = { ...meansOf(context), redaction: { secrets: desk.config.secrets, fields: [] } }
  if (desk.profile === 'paper') {
    const { venues, desk: about } = desk.config
    const by = whoMayBe(desk, context)?.id ?? 'unknown'
    ensurePaperDesk(desk.stateDir, boot, { venues, models: [about.model], by }, means)
  } else {
    if (!existsSync(desk.stateDir)) throw withoutState(desk)
    for (const { path } of desk.loaded.files) refuseUntrusted(path, context.deps.system.trustedUid)
  }
  if (desk.loaded.files.length > 0) keepKnownConfig(desk.stateDir, desk.config, context.deps.pid)
  adoptSilentHalt(desk.stateDir, boot, means)
  const inspected = inspectPermits(desk.stateDir, boot, means)
  if (inspected.kind === 'foreign') for (const line of foreignWords(inspected)) context.io.err(`desk: ${line}\n`)
  return { desk, boot, means }
}

/** What was permitted without a decision, and what became of it. */
export function foreignWords({
  tokens,
  unmarked,
  gone,
}: Extract<Inspected, { readonly kind: 'foreign' }>): readonly string[] {
  const granted = `permissions that nobody granted ${gone ? 'were removed' : 'COULD NOT BE REMOVED'}: ${tokens.join(', ')}`
  const halted = `halts that nobody released ${gone ? 'were put back' : 'COULD NOT BE PUT BACK'}: ${unmarked.join(', ')}`
  return [...(tokens.length > 0 ? [granted] : []), ...(unmarked.length > 0 ? [halted] : [])]
}

/** Nobody can tell a desk that never was from one whose disk was lost. */
const withoutState = ({ name, stateDir }: WhichDesk): DeskError =>
  new DeskError(
    'history-missing',
    exitCodes.refused,
    `${name} is HALTED, history missing: ${stateDir} is not there`,
    `put it back from its copy; a desk that never traded begins with: install -d -m 2770 -g desk ${stateDir}`,
  )

/** Without a trace of the caller's own a new one. */
export function meansOf({ deps }: Pick<Context, 'deps'>): Means {
  const { now, random, host, env } = deps
  const { traceId = newId('note', now, random), ...caller } = traceOf(env)
  return { now, random, host, traceId, ...caller }
}

/** What loosens wants the desk's name typed, or given. Throws DeskError `not-confirmed`. */
export async function confirmName(context: Context, name: string, given: string | undefined): Promise<void> {
  const typed = given ?? (context.io.canPrompt ? await askName(context, name) : undefined)
  if (typed?.trim() === name) return
  const flag = `--confirm ${name}`
  if (typed === undefined)
    throw new DeskError('not-confirmed', exitCodes.waiting, "this loosens, so it needs the desk's name", flag)
  throw new DeskError('not-confirmed', exitCodes.refused, 'that is not the name of this desk', flag)
}

async function askName({ deps }: Context, name: string): Promise<string | undefined> {
  const { terminalOf } = await import('./ask/terminal.ts')
  return terminalOf(deps).words(`This loosens. Type the desk's name (${name})`)
}

export function refused(refusal: Refusal): never {
  throw new DeskError(
    refusal.code,
    exitOfRefusal[refusal.code] ?? exitCodes.refused,
    refusal.message,
    refusal.from === undefined ? hints[refusal.code] : `again from ${refusal.from}`,
  )
}

/** Nobody's policy: an id that is not there, or somebody whom nobody knows. */
const exitOfRefusal: Readonly<Partial<Record<Refusal['code'], ExitCode>>> = {
  'unknown-request': exitCodes.usage,
  'unknown-person': exitCodes.notAuthorised,
}
const hints: Readonly<Partial<Record<Refusal['code'], string>>> = {
  evidence: 'desk runbook reconciliation, then desk tree post-incident',
  void: 'desk unlock request',
  expired: 'desk unlock request',
  'other-halt': 'desk unlock request',
  'older-than-halt': 'desk unlock request',
  'hold-lifted': 'desk unlock request',
  tampered: 'desk audit verify',
  'unknown-request': 'desk unlock status',
  'own-request': 'let somebody else type: desk unlock approve <request>',
  halted: 'desk unlock request',
  'history-missing': 'put the log back from its copy: desk audit verify',
  'unknown-person': 'log in as yourself, or sign: --sign KEY',
  'signature-required': '--sign KEY, or --terms FILE and --signature FILE',
  'bad-signature': 'sign what is asked for now: --terms FILE',
  'wrong-namespace': `ssh-keygen -Y sign -n ${releaseNamespace}`,
  'unknown-signer': 'desk config show: release.allowedSigners, operators',
  'unknown-operator': 'desk config show: operators',
  'expired-signer': 'desk config show: release.allowedSigners',
}
