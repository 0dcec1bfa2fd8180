/** Deploys: each is a numbered directory, and a symbolic link says which one is live. */
import { syncDirectory } from '../../../disk/directory.ts'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, PaperFailure } from '../failure.ts'
import { isRecord, replaceFile } from '../store.ts'
import type { Files } from './files.ts'
import { hashFiles, readTree, writeTree } from './files.ts'

export interface Deploy {
  readonly commit: string
  readonly by: string
  /** RFC 3339. */
  readonly at: string
  /** Hash of the idempotency key that caused it. */
  readonly key?: string
}

export const liveDir = (configDir: string): string => join(configDir, 'live')
const releasesDir = (configDir: string): string => join(configDir, 'releases')

export const readLive = (configDir: string): Files => readTree(liveDir(configDir))

/** Makes the files live. Until the link is renamed nothing has happened. Answers their hash. */
export function activateRelease(configDir: string, files: Files, deploy: Deploy): string {
  let renamed = false
  try {
    const releases = releasesDir(configDir)
    const number = String(liveNumber(configDir) + 1)
    // A release above the live one was never activated: its deployer died.
    rmSync(join(releases, number), { recursive: true, force: true })
    mkdirSync(join(releases, number), { recursive: true, mode: 0o700 })
    writeTree(join(releases, number), files)
    replaceFile(join(releases, `${number}.json`), JSON.stringify(deploy))
    const aside = `${liveDir(configDir)}.new`
    rmSync(aside, { force: true })
    symlinkSync(`releases/${number}`, aside)
    renameSync(aside, liveDir(configDir))
    renamed = true
    syncDirectory(configDir)
  } catch (error) {
    if (error instanceof PaperFailure && !renamed) throw new PaperFailure('paper-disk', error.message)
    throw new PaperFailure('paper-disk', `the release cannot be written: ${messageOf(error)}`, false, renamed)
  }
  return hashFiles(files)
}

function liveNumber(configDir: string): number {
  let target: string
  try {
    target = readlinkSync(liveDir(configDir))
  } catch {
    return 0
  }
  const number = Number(/^releases\/([1-9]\d*)$/.exec(target)?.[1])
  if (!Number.isSafeInteger(number))
    throw new PaperFailure('paper-corrupt', `${liveDir(configDir)} points to ${target}`)
  return number
}

/** Deploys that came into force, oldest first. Throws PaperFailure where one cannot be read. */
export function listDeploys(configDir: string): readonly Deploy[] {
  const last = liveNumber(configDir)
  const numbers = readdirSync(releasesDir(configDir))
    .map((name) => Number(/^([1-9]\d*)\.json$/.exec(name)?.[1]))
    .filter((number) => number <= last)
    .sort((a, b) => a - b)
  return numbers.map((number) => readDeploy(join(releasesDir(configDir), `${String(number)}.json`)))
}

function readDeploy(file: string): Deploy {
  let deploy: unknown
  try {
    deploy = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new PaperFailure('paper-corrupt', `${file} cannot be read: ${messageOf(error)}`)
  }
  if (isDeploy(deploy)) return deploy
  throw new PaperFailure('paper-corrupt', `${file} does not describe a deploy`)
}

const isDeploy = (value: unknown): value is Deploy =>
  isRecord(value) && ['commit', 'by', 'at'].every((name) => typeof value[name] === 'string')
