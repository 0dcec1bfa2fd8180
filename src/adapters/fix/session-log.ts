/** The file of a session: read once, appended to while its lock is held, never rewritten but for a line that a crash left half-written. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import { createFile, ensureDirectory, syncDirectory } from '../../disk/directory.ts'
import { type Disk, disk as realDisk, writeAll } from '../../disk/write.ts'
import { messageOf } from '../answer.ts'
import { parseRecord, type SessionRecord } from './records.ts'
import { apply, emptyState, type SessionState } from './state.ts'

export interface LogIdentity {
  readonly sender: string
  readonly target: string
  /** Called where the session has no file yet. */
  readonly newId: () => string
}

export class SessionLog {
  readonly state: SessionState = emptyState()
  readonly #path: string
  readonly #identity: LogIdentity
  readonly #disk: Disk
  /** How far the file has been read or written. */
  #bytes = 0
  #lines = 0
  #fd: number | undefined
  /** Whether something happened that is not in the file. */
  #isAhead = false
  /** Where the last line begins, if it says that all is in the file. */
  #closedAt: number | undefined

  constructor(path: string, identity: LogIdentity, disk: Disk = realDisk) {
    this.#path = path
    this.#identity = identity
    this.#disk = disk
  }

  /** What other processes have added since. Answers why it cannot be read; then nothing here can be believed. */
  refresh(): string | undefined {
    if (this.#isAhead) return undefined
    try {
      const added = readFrom(this.#path, this.#bytes)
      if (added === undefined) return this.#bytes === 0 ? undefined : `${this.#path} is gone`
      const whole = added.subarray(0, added.lastIndexOf(10) + 1)
      for (const line of whole.toString('utf8').split('\n').slice(0, -1)) {
        const problem = this.#take(line)
        if (problem !== undefined) return `${this.#path}:${String(this.#lines + 1)}: ${problem}`
        this.#lines++
        this.#closedAt = this.state.clean ? this.#bytes : undefined
        this.#bytes += Buffer.byteLength(line) + 1
      }
      return undefined
    } catch (error) {
      return `${this.#path} cannot be read: ${messageOf(error)}`
    }
  }

  #take(line: string): string | undefined {
    const record = parseRecord(line)
    if (record === undefined) return 'no record of a session'
    if ((record.kind === 'session') !== (this.#lines === 0)) return 'a session begins once, in its first line'
    if (
      record.kind === 'session' &&
      (record.sender !== this.#identity.sender || record.target !== this.#identity.target)
    )
      return `of another session, ${record.sender} to ${record.target}`
    apply(this.state, record)
    return undefined
  }

  /** Only while the session's lock is held. Answers why it cannot be written. */
  open(): string | undefined {
    try {
      ensureDirectory(dirname(this.#path))
      if (this.#bytes === 0) this.#create()
      else this.#fd ??= openSync(this.#path, appending)
      const fd = this.#fd
      // A half-written line was never acted upon: whatever it announced has not been sent.
      if (fd !== undefined && !this.#isAhead && fstatSync(fd).size > this.#bytes) ftruncateSync(fd, this.#bytes)
      return undefined
    } catch (error) {
      return `${this.#path} cannot be written: ${messageOf(error)}`
    }
  }

  #create(): void {
    this.#fd = openIfThere(this.#path, appending) ?? createFile(this.#path, 'ax+')
    ftruncateSync(this.#fd, 0)
    const { sender, target, newId } = this.#identity
    const record: SessionRecord = { kind: 'session', schema: 1, id: newId(), sender, target }
    this.#write(this.#fd, [record], true)
    syncDirectory(dirname(this.#path))
    apply(this.state, record)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  /** In one write, on disk when it returns if `durable` says so. Answers why it is not in the file; it counts for this process either way. */
  append(records: readonly SessionRecord[], durable: boolean): string | undefined {
    const problem = this.#tryAppend(records, durable)
    if (problem !== undefined) this.#fallBehind()
    for (const record of records) apply(this.state, record)
    return problem
  }

  /** The next process must not take the file for complete; a line can be removed where none can be added. */
  #fallBehind(): void {
    this.#isAhead = true
    if (this.#fd === undefined || this.#closedAt === undefined) return
    try {
      ftruncateSync(this.#fd, this.#closedAt)
      this.#bytes = this.#closedAt
      this.#closedAt = undefined
    } catch {
      // Then the venue tells the next process that its numbers are too low.
    }
  }

  /** Like `append` and durable, but what cannot be written has not happened. */
  announce(records: readonly SessionRecord[]): string | undefined {
    const problem = this.#tryAppend(records, true)
    if (problem === undefined) for (const record of records) apply(this.state, record)
    return problem
  }

  #tryAppend(records: readonly SessionRecord[], durable: boolean): string | undefined {
    if (this.#isAhead) return 'the file lacks what went before'
    const fd = this.#fd
    if (fd === undefined) return 'the file is not open'
    try {
      this.#write(fd, records, durable)
      return undefined
    } catch (error) {
      this.#undo(fd)
      return messageOf(error)
    }
  }

  /** The part that was written would spoil the next line. */
  #undo(fd: number): void {
    try {
      ftruncateSync(fd, this.#bytes)
    } catch {
      this.#isAhead = true
    }
  }

  #write(fd: number, records: readonly SessionRecord[], durable: boolean): void {
    const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    writeAll(this.#disk, fd, bytes)
    if (durable) this.#disk.sync(fd)
    this.#closedAt = records.at(-1)?.kind === 'closed' ? this.#bytes : undefined
    this.#bytes += bytes.length
    this.#lines += records.length
  }
}

const appending = constants.O_RDWR | constants.O_APPEND

function openIfThere(path: string, flags: number): number | undefined {
  try {
    return openSync(path, flags)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Undefined: there is no such file. */
function readFrom(path: string, start: number): Buffer | undefined {
  const fd = openIfThere(path, constants.O_RDONLY)
  if (fd === undefined) return undefined
  try {
    const size = fstatSync(fd).size
    if (size < start) throw new Error('it is shorter than it was')
    const bytes = Buffer.alloc(size - start)
    for (let read = 0; read < bytes.length;) {
      const more = readSync(fd, bytes, read, bytes.length - read, start + read)
      if (more === 0) throw new Error('it ended while it was read')
      read += more
    }
    return bytes
  } finally {
    closeSync(fd)
  }
}
