/** `desk lint [paths]`: every finding of every procedure at once; 0 without errors, 65 with. */
import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { configuredSecretsIn } from '../../check/secret-in-text.ts'
import { servedMethods } from '../../adapters/compose.ts'
import { loadConfig } from '../../config/load.ts'
import { configPlaces } from '../../config/places.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { GraphId } from '../../model/graph.ts'
import type { Proved } from '../../plan/compile.ts'
import { catalogue } from '../../ports/catalogue.ts'
import { hasErrors, sortFindings, type Finding } from '../../source/diagnostic.ts'
import type { SourceFile } from '../../source/file.ts'
import { renderGithub } from '../../source/render/github.ts'
import { renderJson } from '../../source/render/json.ts'
import { renderJunit } from '../../source/render/junit.ts'
import { renderText } from '../../source/render/text.ts'
import { demandConfig } from '../asked-desk.ts'
import type { Command } from '../command.ts'
import { byPath, documentPaths, expandPaths, readDocuments } from '../documents.ts'
import { idsOf, provedAmong } from '../proved-library.ts'

const renderers = { text: renderText, json: renderJson, github: renderGithub, junit: renderJunit } as const

export interface LintOptions {
  /** Files and folders; none: everything that desk ships or the configuration names. */
  readonly paths: readonly string[]
  readonly format: keyof typeof renderers
  /** Compiles also what the build has proved. */
  readonly full: boolean
}

export const run: Command<LintOptions> = async ({ paths, format, full }, { io, deps, globals }) => {
  demandConfig({ deps, globals })
  const { config } = loadConfig(configPlaces(globals.config, deps.env, deps.cwd))
  const profile = globals.profile ?? deps.env['DESK_PROFILE'] ?? ''
  // The paper desk serves every method there is.
  const has = profile === '' || profile === 'paper' ? undefined : servedMethods({ config, profile: 'live' })
  const { files, findings } = await lint(paths, deps.cwd, documentPaths(config.documents), {
    ...{ has, full },
    secrets: config.secrets,
  })
  // A misspelt folder in a pipeline must not look like procedures without findings.
  if (files.length === 0 && findings.length === 0)
    throw new DeskError('no-documents', exitCodes.usage, 'there are no procedures there', 'procedures are <id>.yaml')
  const render = renderers[globals.json ? 'json' : format]
  io.out(render(findings, byPath(files)))
  io.err(`${summaryOf(findings, files.length)}\n`)
  return hasErrors(findings) ? exitCodes.invalidDocument : exitCodes.ok
}

interface Linted {
  readonly files: readonly SourceFile[]
  readonly findings: readonly Finding[]
}

/**
 * Documents that are asked for may call others, so the rest of the library is read as well; only what is asked for is reported. Files
 * that are asked for stand first and so hide others of the same id. What the build has proved, to the byte, is not proved again: the
 * findings are the same.
 */
async function lint(
  paths: readonly string[],
  cwd: string,
  library: ReadonlyMap<string, string>,
  {
    has,
    full,
    secrets,
  }: {
    readonly has: ReadonlySet<string> | undefined
    readonly full: boolean
    readonly secrets: readonly string[]
  },
): Promise<Linted> {
  const all = [...library.values()]
  const asked = paths.length === 0 ? all : expandPaths(paths.map((path) => resolve(cwd, path)))
  const own = readDocuments(new Set(asked), cwd)
  const others = readDocuments(
    all.filter((path) => !asked.includes(path)),
    cwd,
  )
  const files = [...own.files, ...others.files]
  // What the build has proved it has proved for the whole catalogue, not for what one desk serves of it.
  const proved = has === undefined && !full ? idsOf(provedAmong(files)) : new Map<SourceFile, GraphId>()
  const findings = proved.size === files.length ? [] : await compiled(files, proved, has)
  const isAsked = new Set(own.files.map((file) => file.path))
  return {
    files: own.files,
    findings: sortFindings([
      ...own.findings,
      ...configuredSecretsIn(own.files, secrets),
      ...findings.filter((finding) => isAsked.has(finding.span.file)),
    ]),
  }
}

async function compiled(
  files: readonly SourceFile[],
  proved: Proved,
  has: ReadonlySet<string> | undefined,
): Promise<readonly Finding[]> {
  const { compileLibrary } = await import('../../plan/compile.ts')
  optimizeLater()
  return compileLibrary(files, { catalogue, proved, ...(has === undefined ? {} : { has }) }).findings
}

/**
 * Much is called a few thousand times, once for each of many shapes. V8 would optimize it early and in vain, which takes a quarter of the
 * time; what is called far more often, over a thousand documents, it still optimizes. Tried on this version of V8 alone.
 */
function optimizeLater(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=500000')
}

function summaryOf(findings: readonly Finding[], documents: number): string {
  const errors = findings.filter((finding) => finding.severity === 'error').length
  const warnings = findings.length - errors
  const counts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  return `${counted(documents, 'document')}: ${counts.length === 0 ? 'no findings' : counts.join(', ')}`
}

const counted = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`
