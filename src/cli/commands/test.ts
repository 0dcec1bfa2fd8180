/** `desk test [paths]`: plays the cases that lie beside procedures, each on a throwaway desk, and says which edges they have taken. */
import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Command, Context } from '../command.ts'
import { byPath, documentPaths, folders, idOf, readDocuments, testFiles } from '../documents.ts'
import { graphFor, type Library, loadLibrary } from '../library.ts'
import { compare } from '../testing/compare.ts'
import { Taken } from '../testing/coverage.ts'
import { unknownWords } from '../testing/known-words.ts'
import { play } from '../testing/play.ts'
import { type CaseResult, renderers, type Results } from '../testing/results.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { documentKinds, type DocumentKind, type GraphId } from '../../model/graph.ts'
import { type Case, readCases, type ReadCases } from '../../parse/cases.ts'
import type { Finding } from '../../source/diagnostic.ts'

export interface TestOptions {
  /** Files and folders; none: everything that desk ships or the configuration names. */
  readonly paths: readonly string[]
  readonly format: keyof typeof renderers
  /** Fails where something essential was never seen. */
  readonly coverage: boolean
}

export const run: Command<TestOptions> = async ({ paths, format, coverage }, context) => {
  const { io, deps, globals } = context
  const desk = whichDesk(context)
  const library = await loadLibrary(desk, context)
  const asked =
    paths.length === 0 ? [...documentPaths(desk.config.documents).values()] : paths.map((p) => resolve(deps.cwd, p))
  const read = readDocuments(testFiles(asked), deps.cwd)
  const files = read.files.map(readCases)
  if (files.length === 0 && read.findings.length === 0)
    throw new DeskError('no-cases', exitCodes.usage, 'there are no test files there', '<id>.test.yaml beside <id>.yaml')
  const played = await playAll(files, library, desk, context)
  const results: Results = {
    ...played,
    findings: [...read.findings, ...files.flatMap((file) => file.findings), ...played.findings],
  }
  io.out(renderers[globals.json ? 'json' : format](results, byPath(read.files)))
  const failed = results.cases.filter(({ findings }) => findings.length > 0).length
  const never = results.coverage.flatMap(({ missing }) => missing.filter(({ essential }) => essential)).length
  io.err(
    `${String(results.cases.length)} cases: ${String(failed)} failed; ${String(never)} essential edges never taken\n`,
  )
  if (results.findings.length > 0) return exitCodes.invalidDocument
  return failed > 0 || (coverage && never > 0) ? exitCodes.failed : exitCodes.ok
}

async function playAll(
  files: readonly ReadCases[],
  library: Library,
  desk: WhichDesk,
  context: Context,
): Promise<Results> {
  const taken = new Taken()
  const cases: CaseResult[] = []
  const findings: Finding[] = []
  const graphs = new Set<GraphId>()
  for (const { file, cases: own } of files) {
    const kind = kindBeside(file.path)
    if (kind === undefined) {
      const message = `no procedure lies beside ${file.path}`
      findings.push({
        rule: 'test/no-procedure',
        severity: 'error',
        message,
        span: { file: file.path, start: 0, end: 0 },
      })
      continue
    }
    const graph = graphFor(library, kind, idOf(file.path).replace(/\.test$/, ''), context)
    graphs.add(graph.id)
    for (const one of own) {
      if (context.deps.interrupted.aborted) break
      const unknown = unknownWords(one, library.graphs, graph.id)
      const result = { document: graph.id, name: one.name.value, span: one.name.span }
      cases.push({ ...result, findings: unknown.length > 0 ? unknown : await judge(one) })
    }

    async function judge(one: Case): Promise<readonly Finding[]> {
      try {
        const seen = await play(one, { graph, library }, context, desk)
        taken.add(seen)
        return compare(one, seen)
      } catch (error) {
        if (!(error instanceof DeskError)) throw error
        return [{ rule: `test/${error.code}`, severity: 'error', message: error.message, span: one.name.span }]
      }
    }
  }
  const coverage = [...graphs].flatMap((id) => {
    const graph = library.graphs.get(id)
    return graph === undefined ? [] : [taken.of(graph)]
  })
  return { cases, findings, coverage }
}

/** By the folder that the file lies in. */
function kindBeside(path: string): DocumentKind | undefined {
  const folder = basename(dirname(resolve(path)))
  return documentKinds.find((kind) => folders[kind] === folder && existsSync(path.replace(/\.test(\.ya?ml)$/, '$1')))
}
