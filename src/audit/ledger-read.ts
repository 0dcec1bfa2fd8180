/** Reads the ledger: file by file, line by line, in the order that checkpoints sign. */
import { readdirSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { isErrno } from './failure.ts'
import { ledgerDir } from './layout.ts'
import { parseLedgerLine, type LedgerLine } from './ledger-line.ts'

export interface LedgerEntry {
  /** `2026-11.ndjson`. */
  readonly file: string
  /** 1-based line of the file. */
  readonly line: number
  /** The exact text, which is what is hashed. */
  readonly text: string
  readonly value: LedgerLine
}
export interface TornLine {
  readonly file: string
  readonly line: number
  readonly text: string
  /** How many good lines stand before it. */
  readonly index: number
  /** It looks as a crash leaves it. Otherwise it was whole once, and was changed. */
  readonly cut: boolean
}
export interface Ledger {
  readonly lines: readonly LedgerEntry[]
  readonly torn: readonly TornLine[]
}

/** `2026-11.ndjson`, or `2026-11-pruned.ndjson`, which stands for that month and all before it. */
const fileName = /^\d{4}-\d{2}(?:-pruned)?\.ndjson$/
const prunedName = /^\d{4}-\d{2}-pruned\.ndjson$/
/** Between the look at the directory and the reading of a file another process may have pruned. */
const mostReadings = 3

/** An absent ledger is empty. Throws the system's error where the ledger is there and cannot be read. */
export const readLedger = (stateDir: string): Ledger => ledgerOf(ledgerTexts(stateDir))

export function ledgerOf(files: ReturnType<typeof ledgerTexts>): Ledger {
  const lines: LedgerEntry[] = []
  const torn: TornLine[] = []
  for (const { file, texts } of files) {
    for (const [i, text] of texts.entries()) {
      if (text === '') continue
      const value = parseLedgerLine(text)
      if (value === undefined)
        torn.push({ file, line: i + 1, text, index: lines.length, cut: isCut(text, texts[i + 1]) })
      else lines.push({ file, line: i + 1, text, value })
    }
  }
  return { lines, torn }
}

/** Files in order, each in its lines, of which every second one is empty. Throws as `readLedger`. */
export function ledgerTexts(stateDir: string): readonly { readonly file: string; readonly texts: readonly string[] }[] {
  for (let reading = 1; ; reading++) {
    try {
      return ledgerFiles(stateDir).map((file) => ({
        file,
        texts: readRegularFile(`${ledgerDir(stateDir)}/${file}`)
          .toString()
          .split('\n'),
      }))
    } catch (error) {
      if (!isErrno(error, 'ENOENT') || reading === mostReadings) throw error
    }
  }
}

/** In order, without those that another one stands for. Empty where there is no ledger. */
export function ledgerFiles(stateDir: string): string[] {
  const all = filesIn(stateDir)
  return all.filter((name) => !supersededBy(all, name))
}

/** Files that another one stands for, which a crash kept from being deleted. */
export function supersededFiles(stateDir: string): string[] {
  const all = filesIn(stateDir)
  return all.filter((name) => supersededBy(all, name))
}

export const isPrunedFile = (name: string): boolean => prunedName.test(name)
export const prunedFileOf = (month: string): string => `${month}-pruned.ndjson`

function supersededBy(all: readonly string[], name: string): boolean {
  const latest = all.findLast(isPrunedFile)
  return latest !== undefined && name !== latest && name.slice(0, 7) <= latest.slice(0, 7)
}

function filesIn(stateDir: string): string[] {
  try {
    return readdirSync(ledgerDir(stateDir))
      .filter((name) => fileName.test(name))
      .sort()
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/**
 * A whole line has newlines of its own before and behind it and ends with its hash. What a crash cut short has no hash and runs into
 * the newline of the next line; after a power cut there may be zeros.
 */
export function isCut(text: string, next: string | undefined): boolean {
  if (text.includes('\0')) return true
  return next !== '' && !/,"h":"[0-9a-f]{64}"\}/.test(text)
}
