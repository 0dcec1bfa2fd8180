/** `desk doctor`: whether this machine, this desk and this configuration are fit for a night. Reads only. */
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { documentPaths } from '../documents.ts'
import { cut } from '../render/layout.ts'
import { styleOf, toned } from '../render/style.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { quickCheck } from '../../audit/health.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { localDate } from '../../calendar/zone.ts'
import { readLiveRegistry, liveRegistry } from '../../killswitch/desks.ts'
import { bootId } from '../../killswitch/gate.ts'
import { DeskError, type ExitCode, exitCodes, worstExit } from '../../model/failure.ts'

interface Finding {
  readonly title: string
  readonly status: 'pass' | 'fail' | 'warning'
  readonly detail: string
  readonly hint?: string
  /** Where a failure is one that every other command would end with as well. */
  readonly exit?: ExitCode
}

export const run: Command<object> = (_, context) => {
  const desk = whichDesk(context)
  const findings = [
    node(),
    platform(desk),
    boot(bootId()),
    git(),
    stateDirectory(desk),
    space(desk),
    auditLog(desk),
    registry(),
    people(desk),
    calendar(desk, context),
    procedures(desk),
    certificates(context),
  ]
  const failed = findings.some((f) => f.status === 'fail')
  const { io, globals } = context
  if (globals.json)
    printJson(io, 'doctor', {
      schema: 1,
      ok: !failed,
      profile: desk.profile,
      desk: desk.name,
      checks: findings.map(({ exit: _, ...check }) => check),
    })
  else {
    const style = styleOf(io)
    for (const f of findings) {
      io.out(
        `${cut(`${toned(style, f.status.padEnd(8))} ${f.title.padEnd(14)} ${f.detail}`, io.columns + (io.colour ? 10 : 0))}\n`,
      )
      if (f.hint !== undefined) io.out(`${' '.repeat(24)}next: ${f.hint}\n`)
    }
  }
  return Promise.resolve(
    worstExit(findings.map((f) => (f.status === 'fail' ? (f.exit ?? exitCodes.failed) : exitCodes.ok))),
  )
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const fits = major > 20 || (major === 20 && minor >= 19)
  return {
    title: 'node',
    status: fits ? 'pass' : 'fail',
    detail: process.versions.node,
    ...(fits ? {} : { hint: 'install Node 20.19 or newer' }),
  }
}

function platform(desk: WhichDesk): Finding {
  const fits = process.platform === 'linux' || desk.profile === 'paper'
  return {
    title: 'platform',
    status: fits ? 'pass' : 'fail',
    detail: process.platform,
    ...(fits ? {} : { hint: 'a live desk runs on Linux only' }),
  }
}

/** A permission holds for one boot, so without its id the gate permits nothing and every command that acts is refused. */
export function boot(id: string | undefined): Finding {
  if (id !== undefined) return { title: 'boot', status: 'pass', detail: id }
  return {
    title: 'boot',
    status: 'fail',
    detail: 'this system does not tell in which boot it is: nothing is permitted',
    hint: 'mount /proc: desk needs Linux, and reads /proc/sys/kernel/random/boot_id',
    exit: exitCodes.undetermined,
  }
}

function git(): Finding {
  try {
    return {
      title: 'git',
      status: 'pass',
      detail: execFileSync('git', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(),
    }
  } catch {
    return {
      title: 'git',
      status: 'fail',
      detail: 'not found',
      hint: 'install git: the configuration is a git repository',
    }
  }
}

/** The nearest folder that exists decides: the state directory may well not exist yet. */
function stateDirectory(desk: WhichDesk): Finding {
  let dir = desk.stateDir
  while (!existsSync(dir) && dir !== dirname(dir)) dir = dirname(dir)
  const detail = dir === desk.stateDir ? dir : `${desk.stateDir} (not there yet)`
  try {
    accessSync(dir, constants.W_OK | constants.X_OK)
    return { title: 'state', status: 'pass', detail }
  } catch {
    return {
      title: 'state',
      status: 'fail',
      detail: `${dir} cannot be written`,
      hint: `give yourself access to ${dir}, or set DESK_STATE_DIR`,
    }
  }
}

function space(desk: WhichDesk): Finding {
  let dir = desk.stateDir
  while (!existsSync(dir) && dir !== dirname(dir)) dir = dirname(dir)
  const { bavail, bsize, files, ffree } = statfsSync(dir)
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20)
  const inodes = files === 0 ? 'unknown' : String(ffree)
  const low = freeMiB < 100 || (files > 0 && ffree < 1000)
  return {
    title: 'disk',
    status: low ? 'fail' : 'pass',
    detail: `${String(freeMiB)} MiB and ${inodes} inodes free`,
    ...(low ? { hint: 'free space: without a log nothing but halting is done' } : {}),
  }
}

function auditLog(desk: WhichDesk): Finding {
  const health = quickCheck(desk.stateDir)
  return {
    title: 'audit log',
    status: health.ok ? 'pass' : 'fail',
    detail: health.ok ? 'segments and ledger agree in size' : health.problems.join('; '),
    ...(health.ok ? {} : { hint: 'desk audit verify' }),
  }
}

function registry(): Finding {
  const { desks, problems } = readLiveRegistry(liveRegistry)
  const detail = desks.length === 0 ? 'none registered' : desks.map((d) => d.name).join(', ')
  return {
    title: 'live desks',
    status: problems.length === 0 ? 'pass' : 'fail',
    detail: problems.join('; ') || detail,
    ...(problems.length === 0 ? {} : { hint: `mend ${liveRegistry}: desk kill reads it` }),
  }
}

/** A paper desk takes everybody's word for who they are; on a live one nobody can answer for whom the configuration does not name. */
function people({ profile, config: { operators } }: WhichDesk): Finding {
  const detail = operators.length === 0 ? 'no operators' : operators.map(({ id }) => id).join(', ')
  if (profile === 'paper' || operators.length > 1) return { title: 'operators', status: 'pass', detail }
  return {
    title: 'operators',
    status: 'fail',
    detail: `${detail}: ${operators.length === 0 ? 'nobody can answer, approve or release' : 'a release takes two people'}`,
    hint: 'name at least two people under operators in the configuration: desk config path',
  }
}

function calendar(desk: WhichDesk, { deps }: Context): Finding {
  const known = calendarOf(desk.config.desk.calendar)
  if (known === undefined)
    return {
      title: 'calendar',
      status: 'fail',
      detail: `no calendar ${desk.config.desk.calendar}`,
      hint: 'desk config validate',
    }
  const today = localDate(known.zone, deps.now().getTime())
  const inside = today >= known.horizon.from && today <= known.horizon.to
  const monthsLeft = (Date.parse(known.horizon.to) - deps.now().getTime()) / (30 * 86_400_000)
  const status = !inside ? 'fail' : monthsLeft < 3 ? 'warning' : 'pass'
  return {
    title: 'calendar',
    status,
    detail: `${known.id} from ${known.horizon.from} to ${known.horizon.to}`,
    ...(status === 'pass' ? {} : { hint: 'install a newer desk: beyond its horizon nothing is guessed' }),
  }
}

/** A configured folder that is not there makes the configuration invalid, and that is told beside everything else. */
function procedures(desk: WhichDesk): Finding {
  try {
    const paths = documentPaths(desk.config.documents)
    return {
      title: 'procedures',
      status: paths.size > 0 ? 'pass' : 'fail',
      detail: `${String(paths.size)} files (desk lint checks them)`,
    }
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    const { message, hint, exit } = error
    return { title: 'procedures', status: 'fail', detail: message, exit, ...(hint === undefined ? {} : { hint }) }
  }
}

function certificates({ deps }: Context): Finding {
  const set = (deps.env['NODE_EXTRA_CA_CERTS'] ?? '') !== ''
  return {
    title: 'start-up',
    status: set ? 'warning' : 'pass',
    detail: set ? 'NODE_EXTRA_CA_CERTS is set and slows every start' : 'nothing slows it',
    ...(set ? { hint: 'unset NODE_EXTRA_CA_CERTS where desk needs no extra certificates' } : {}),
  }
}
