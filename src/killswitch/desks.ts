/** Which desks a command means: the paper desk of this user, and the live desks that are registered on this host. */
import { readFileSync } from 'node:fs'
import { errnoOf } from './permit.ts'

export interface DeskRef {
  readonly profile: 'paper' | 'live'
  /** `paper` for the embedded desk, else the name in the registry. */
  readonly name: string
  /** Absolute. */
  readonly stateDir: string
}
export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home directory, as the system tells it. */
  readonly home: string
  /** `/etc/desk/live`; elsewhere in tests only. Never taken from the environment. */
  readonly registry: string
}
export const liveRegistry = '/etc/desk/live'

export interface Found {
  readonly desks: readonly DeskRef[]
  /** What keeps us from knowing all desks: an unreadable registry, a line that makes no sense. */
  readonly problems: readonly string[]
  /** A profile that names no desk. */
  readonly misuse?: string
}

/** DESK_STATE_DIR, else $XDG_STATE_HOME/desk/paper, else ~/.local/state/desk/paper. A relative path counts as not given, as XDG says. */
export function paperDesk(places: Pick<Places, 'env' | 'home'>): DeskRef {
  const absolute = (path: string | undefined): path is string => path?.startsWith('/') === true
  const [own, xdg] = [places.env['DESK_STATE_DIR'], places.env['XDG_STATE_HOME']]
  const stateDir = absolute(own) ? own : absolute(xdg) ? `${xdg}/desk/paper` : `${places.home}/.local/state/desk/paper`
  return { profile: 'paper', name: 'paper', stateDir: stateDir.length > 1 ? stateDir.replace(/\/+$/, '') : stateDir }
}

/** One line per desk: `<name> <absolute directory>`; `#` begins a comment. No registry: no live desk. */
export function readLiveRegistry(path: string): Found {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return {
      desks: [],
      problems:
        errnoOf(error) === 'ENOENT' ? [] : [`${path} cannot be read (${errnoOf(error)}): live desks are unknown`],
    }
  }
  const desks: DeskRef[] = []
  const problems: string[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim()
    if (line === '') continue
    const match = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})\s+(\/\S+)$/.exec(line)
    const [name, stateDir] = [match?.[1], match?.[2]]
    if (name === undefined || stateDir === undefined || name === 'paper' || desks.some((desk) => desk.name === name)) {
      problems.push(`${path}:${String(index + 1)}: not "<name> <absolute directory>", or a name that is taken`)
    } else desks.push({ profile: 'live', name, stateDir: stateDir.replace(/\/+$/, '') })
  }
  return { desks, problems }
}

/**
 * The desks that `desk kill` halts, live ones first: all of the host, unless the profile (--profile, else DESK_PROFILE) or DESK_STATE_DIR
 * says which. A profile is `paper`, `live` (every live desk) or a live desk's name; one that is unknown narrows nothing.
 */
export function desksToHalt(places: Places, profile: string | undefined): Found {
  const wanted = profile ?? nonEmpty(places.env['DESK_PROFILE'])
  const paper = paperDesk(places)
  const narrowed = wanted === undefined && places.env['DESK_STATE_DIR']?.startsWith('/') === true
  if (wanted === 'paper' || narrowed) return { desks: [paper], problems: [] }
  const live = readLiveRegistry(places.registry)
  if (wanted === undefined) return { desks: [...live.desks, paper], problems: live.problems }
  const named = wanted === 'live' ? live.desks : live.desks.filter((desk) => desk.name === wanted)
  if (named.length > 0) return { desks: named, problems: live.problems }
  const missing =
    wanted === 'live'
      ? `no live desk is registered in ${places.registry}`
      : `no desk is called ${JSON.stringify(wanted)}`
  return { desks: [...live.desks, paper], problems: live.problems, misuse: missing }
}

/** The one desk that any other command works on; undefined where the profile names none, or `live` could mean several. */
export function deskOf(places: Places, profile: string | undefined): DeskRef | undefined {
  const wanted = profile ?? nonEmpty(places.env['DESK_PROFILE']) ?? 'paper'
  if (wanted === 'paper') return paperDesk(places)
  const { desks } = readLiveRegistry(places.registry)
  return wanted === 'live' ? (desks.length === 1 ? desks[0] : undefined) : desks.find((desk) => desk.name === wanted)
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
