/**
 * The paper desk's state: one JSON file per component under `<state>/paper/`, replaced whole. A change is read, made, written aside,
 * synced and renamed under the component's lock, together with the idempotency key that caused it; so after a crash the file is
 * either as before or as after, and the key tells which. A file that cannot be understood is a failure and never made anew; a file
 * that was never there reads as the component's seed, and is written with the first change.
 */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { readRegularFile } from '../../disk/read.ts'
import { dirname } from 'node:path'
import { ensureDirectory, syncDirectory } from '../../disk/directory.ts'
import { acquire } from '../../lock/lock.ts'
import { codeOf, messageOf, PaperFailure } from './failure.ts'

export interface Component<T> {
  /** File name without suffix. */
  readonly name: string
  /** Undefined for anything that is not a state of this component. */
  readonly parse: (value: unknown) => T | undefined
  readonly seed: (now: Date) => T
  /** For a state that one reading asks for again and again and changes nothing of: what it has seen of it. */
  readonly seen?: WeakMap<Place, T>
}

export interface Place {
  readonly stateDir: string
  readonly now: () => Date
  /** True for one reading: it sees one moment, so what it has seen stays as it was. */
  readonly isReading?: boolean
}

/** An effect that took place, kept beside what it changed. */
export interface Performed {
  readonly method: string
  readonly value: unknown
  /** RFC 3339. */
  readonly at: string
}

interface Stored<T> {
  readonly state: T
  readonly performed: Readonly<Record<string, Performed>>
}

const schema = 1
const lockWaitMs = 5000

export const paperDir = (stateDir: string): string => `${stateDir}/paper`
const fileOf = (stateDir: string, name: string): string => `${paperDir(stateDir)}/${name}.json`

/** The state as it is. Takes no lock and writes nothing. Throws PaperFailure. */
export function readComponent<T>(place: Place, component: Component<T>): T {
  const seen = place.isReading === true ? component.seen : undefined
  const before = seen?.get(place)
  if (before !== undefined) return before
  const { state } = load(place, component)
  seen?.set(place, state)
  return state
}

/** What became of the effect with this key, or undefined where none took place. Throws PaperFailure. */
export const findPerformed = <T>(place: Place, component: Component<T>, key: string): Performed | undefined =>
  load(place, component).performed[key]

/** Lets `change` alter the state in place and writes it back. Whatever `change` throws leaves everything as it was. */
export function changeComponent<T, R>(place: Place, component: Component<T>, change: (state: T) => R): R {
  return exclusively(place, component.name, () => {
    const stored = load(place, component)
    const result = change(stored.state)
    save(place, component, stored)
    return result
  })
}

/** Like `changeComponent`, at most once per key: a second call answers what the first one did. */
export function performOnce<T>(
  place: Place,
  component: Component<T>,
  { key, method }: { readonly key: string; readonly method: string },
  change: (state: T) => unknown,
): Performed {
  return exclusively(place, component.name, () => {
    const stored = load(place, component)
    const before = stored.performed[key]
    if (before !== undefined) return before
    const done = { method, value: change(stored.state), at: place.now().toISOString() }
    save(place, component, { state: stored.state, performed: { ...stored.performed, [key]: done } })
    return done
  })
}

/** Runs while no other process runs under the same name. Never nest two. */
export function exclusively<R>(place: Place, name: string, run: () => R): R {
  const release = lock(place, name)
  try {
    return run()
  } finally {
    release()
  }
}

const queues = new Map<string, Promise<unknown>>()

/** `exclusively` for work that awaits. The lock knows processes only, so calls of one process queue up before it. */
export function exclusivelyAsync<R>(place: Place, name: string, run: () => Promise<R>): Promise<R> {
  const queue = `${place.stateDir}\0${name}`
  const locked = async (): Promise<R> => {
    const release = lock(place, name)
    try {
      return await run()
    } finally {
      release()
    }
  }
  const turn = (queues.get(queue) ?? Promise.resolve()).then(locked, locked)
  queues.set(queue, turn)
  return turn
}

function lock(place: Place, name: string): () => void {
  const dir = `${paperDir(place.stateDir)}/locks/${name}`
  const taken = acquire(dir, lockWaitMs, { who: 'paper desk', purpose: name }, { now: place.now })
  if (taken.kind === 'lock') return taken.release
  throw new PaperFailure('paper-locked', `${name} of the paper desk is locked by process ${String(taken.pid)}`)
}

function load<T>({ stateDir, now }: Place, component: Component<T>): Stored<T> {
  const file = fileOf(stateDir, component.name)
  const broken = (why: string): PaperFailure => new PaperFailure('paper-corrupt', `${file} ${why}`)
  let text: string
  try {
    text = readRegularFile(file).toString()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { state: component.seed(now()), performed: {} }
    throw new PaperFailure('paper-disk', `${file} cannot be read: ${messageOf(error)}`)
  }
  const value = parseJson(text)
  if (value === undefined) throw broken('is not JSON')
  if (!isRecord(value) || value['component'] !== component.name) throw broken('is not of this component')
  if (value['schema'] !== schema)
    throw broken(`has schema ${String(value['schema'])}, and this desk knows ${String(schema)}`)
  const state = component.parse(value['state'])
  const performed = value['performed']
  if (state === undefined) throw broken('does not hold a state that makes sense')
  if (!isPerformedRecord(performed)) throw broken('does not tell which effects took place')
  return { state, performed }
}

function save<T>({ stateDir }: Place, { name }: Component<T>, { state, performed }: Stored<T>): void {
  const text = JSON.stringify({ schema, component: name, state, performed })
  replaceFile(fileOf(stateDir, name), text)
}

/** Writes aside, syncs, renames, syncs the directory. One writer at a time. Throws PaperFailure, `uncertain` once it is renamed. */
export function replaceFile(file: string, text: string): void {
  let renamed = false
  try {
    ensureDirectory(dirname(file))
    const aside = `${file}.new`
    const fd = openSync(aside, 'w', 0o600)
    try {
      writeFileSync(fd, text)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(aside, file)
    renamed = true
    syncDirectory(dirname(file))
  } catch (error) {
    throw new PaperFailure('paper-disk', `${file} cannot be written: ${messageOf(error)}`, false, renamed)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPerformedRecord = (value: unknown): value is Readonly<Record<string, Performed>> =>
  isRecord(value) &&
  Object.values(value).every(
    (done) => isRecord(done) && typeof done['method'] === 'string' && typeof done['at'] === 'string' && 'value' in done,
  )
