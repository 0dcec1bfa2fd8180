/**
 * Appends to the ledger. No lock and no chain: a line is one O_APPEND write that begins with a newline, so that a torn line spoils only
 * itself; the order of lines is committed by the roots that checkpoints sign. Each line ends with a hash over itself, which names the
 * place of any careless change.
 */
import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { createFile, ensureDirectory, syncDirectory } from '../disk/directory.ts'
import { disk as realDisk, type Disk } from '../disk/write.ts'
import { isErrno, writing } from './failure.ts'
import { ledgerDir } from './layout.ts'
import type { NewLedgerLine } from './ledger-line.ts'
import { ledgerFiles } from './ledger-read.ts'
import { sha256 } from '../model/sha256.ts'

const mostAttempts = 3

export interface LedgerMeans {
  readonly now: () => Date
  readonly disk?: Disk
  /** Redacts. */
  readonly clean?: (value: unknown) => unknown
}

/** Durable when it returns. Throws AuditUnwritable. */
export function appendLedger(stateDir: string, line: NewLedgerLine, means: LedgerMeans): void {
  const { now, disk = realDisk, clean = (value: unknown): unknown => value } = means
  const at = now().toISOString()
  const dir = ledgerDir(stateDir)
  writing(dir, () => {
    const path = `${dir}/${currentFile(stateDir, at.slice(0, 7))}`
    const fd = openToAppend(path)
    try {
      const bytes = Buffer.from(`\n${encodeLedgerLine(clean({ at, ...line }))}\n`)
      let attempts = 1
      // The rest of a short write could land behind somebody else's line, so the whole line is written again.
      while (disk.write(fd, bytes) !== bytes.length) {
        if (attempts++ === mostAttempts)
          throw Object.assign(new Error('a line could not be written in one piece'), { code: 'EIO', syscall: 'write' })
      }
      disk.sync(fd)
    } finally {
      closeSync(fd)
    }
  })
}

export function encodeLedgerLine(line: unknown): string {
  const body = JSON.stringify(line).slice(0, -1)
  return `${body},"h":"${sha256(body)}"}`
}

/** Whether the line still is what was written. */
export function isLineWhole(text: string): boolean {
  const match = /^(.*),"h":"([0-9a-f]{64})"\}$/s.exec(text)
  return match?.[1] !== undefined && sha256(match[1]) === match[2]
}

/** The month's file, or a later one where the clock has gone back: lines are never inserted before lines that may be signed. */
function currentFile(stateDir: string, month: string): string {
  const latest = ledgerFiles(stateDir).at(-1)?.slice(0, 7) ?? ''
  return `${latest > month ? latest : month}.ndjson`
}

function openToAppend(path: string): number {
  // A pipe in its place is refused at once instead of waited for.
  const append = constants.O_APPEND | constants.O_WRONLY | constants.O_NONBLOCK
  if (existsSync(path)) return openSync(path, append)
  const dir = path.slice(0, path.lastIndexOf('/'))
  ensureDirectory(dir)
  try {
    const fd = createFile(path, append | constants.O_CREAT | constants.O_EXCL)
    syncDirectory(dir)
    return fd
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return openSync(path, append)
    throw error
  }
}
