/** Where procedures lie: those that desk ships, and the folders that the configuration names, which hide shipped ones of the same id. */
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { basename, join, relative } from 'node:path'
import { packageRoot } from './package-root.ts'
import type { DocumentKind } from '../model/graph.ts'
import { isErrno } from '../audit/failure.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Finding } from '../source/diagnostic.ts'
import type { SourceFile } from '../source/file.ts'
import { decodeUtf8, maxDocumentSize, tooLarge } from '../source/utf8.ts'

export const folders: Readonly<Record<DocumentKind, string>> = {
  runbook: 'runbooks',
  tree: 'trees',
  gates: 'gates',
  incident: 'incidents',
  monitors: 'monitors',
}

export interface Documents {
  readonly files: readonly SourceFile[]
  /** What could not be read or decoded. */
  readonly findings: readonly Finding[]
}

/**
 * Paths of all procedures, by `<folder>/<id>`; a configured folder wins over what desk ships. Throws DeskError `no-documents` for a
 * configured folder that is not there, because the shipped procedures would quietly stand in for its own, and `two-documents` where one
 * folder holds an id twice.
 */
export function documentPaths(configured: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const root of configured)
    if (!isFolder(root)) throw unusable('no-documents', `the folder of documents ${root} is not there`)
  for (const root of [packageRoot(), ...configured]) {
    for (const folder of Object.values(folders)) {
      const here = new Map<string, string>()
      for (const path of yamlIn(join(root, folder))) {
        const id = idOf(path)
        const other = here.get(id)
        if (other !== undefined) throw unusable('two-documents', `${other} and ${path} have one id`)
        here.set(id, path)
        found.set(`${folder}/${id}`, path)
      }
    }
  }
  return found
}

/** Files as given, and every YAML file below folders as given. */
export function expandPaths(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => (isFolder(path) ? yamlBelow(path) : [path]))
}

/** The files of cases: as given, below folders as given, and beside documents as given. */
export function testFiles(paths: readonly string[]): readonly string[] {
  const beside = (path: string): string => path.replace(/(\.ya?ml)$/, '.test$1')
  return paths.flatMap((path) => {
    if (isFolder(path)) return yamlBelow(path, isTest)
    if (isTestName(path)) return [path]
    return existsSync(beside(path)) ? [beside(path)] : []
  })
}

/** Reads and decodes; files are named as a person in `cwd` would. */
export function readDocuments(paths: Iterable<string>, cwd: string): Documents {
  const files: SourceFile[] = []
  const findings: Finding[] = []
  for (const path of paths) {
    const shown = shownAs(path, cwd)
    try {
      const size = statSync(path).size
      const decoded =
        size > maxDocumentSize
          ? { file: { path: shown, text: '' }, findings: [tooLarge(shown, size)] }
          : decodeUtf8(shown, readRegularFile(path))
      findings.push(...decoded.findings)
      if (decoded.findings.length === 0) files.push(decoded.file)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      findings.push({ rule: 'parse/unreadable', severity: 'error', message, span: { file: shown, start: 0, end: 0 } })
    }
  }
  return { files, findings }
}

/** As renderers of findings want them. */
export const byPath = (files: readonly SourceFile[]): ReadonlyMap<string, SourceFile> =>
  new Map(files.map((f) => [f.path, f]))

export const idOf = (path: string): string => basename(path).replace(/\.ya?ml$/, '')

/** Relative where that is shorter and inside, absolute elsewhere. */
export function shownAs(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

const unusable = (code: string, message: string): DeskError =>
  new DeskError(
    code,
    exitCodes.invalidConfiguration,
    message,
    '`documents:` of the configuration (desk config show --origin)',
  )

/** Also through a link, as configuration is often mounted. */
const isYaml = (entry: Dirent): boolean =>
  (entry.isFile() || entry.isSymbolicLink()) && /\.ya?ml$/.test(entry.name) && !isTestName(entry.name)
const isTestName = (name: string): boolean => /\.test\.ya?ml$/.test(name)
const isTest = (entry: Dirent): boolean => entry.isFile() && isTestName(entry.name)

function yamlIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(isYaml)
      .map((e) => join(folder, e.name))
      .sort()
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [] // a folder of one kind may well not exist
    throw unusable(
      'no-documents',
      `${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function yamlBelow(folder: string, wanted = isYaml): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(wanted)
    .map((e) => join(e.parentPath, e.name))
    .sort()
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
