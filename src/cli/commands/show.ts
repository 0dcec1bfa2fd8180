/** `desk show <id>`: a procedure as an outline, a flowchart or data; with --raw the file itself, even where it does not compile. */
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { folders } from '../documents.ts'
import { type Library, graphFor, loadLibrary } from '../library.ts'
import { cut, wrap } from '../render/layout.ts'
import { mermaid, outline } from '../render/outline.ts'
import { frequencyWords } from '../render/rhythm.ts'
import { styleOf } from '../render/style.ts'
import { whichDesk } from '../which-desk.ts'
import { commandFor } from './find.ts'
import { documentKinds, type DocumentKind, type Graph } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { DocumentEntry } from '../../plan/compile.ts'
import { suggestion } from '../../source/suggest.ts'
import { visible } from '../../source/visible.ts'

interface ShowOptions {
  readonly id: string
  readonly format: 'text' | 'mermaid' | 'json'
  readonly raw: boolean
}

export const run: Command<ShowOptions> = async (options, context) => {
  const library = await loadLibrary(whichDesk(context), context)
  const { kind, id } = kindOf(library, options.id)
  const entry = library.documents.get(`${kind}/${id}`)
  if (options.raw) {
    const text = entry?.text ?? library.files.find((f) => f.path.endsWith(`${folders[kind]}/${id}.yaml`))?.text ?? ''
    context.io.out(text.split('\n').map(visible).join('\n'))
    return exitCodes.ok
  }
  const graph = graphFor(library, kind, id, context)
  if (entry !== undefined) print(graph, entry, context.globals.json ? 'json' : options.format, context)
  return exitCodes.ok
}

/** `tree/no-fills`, or an id that only one document has. */
function kindOf(library: Library, wanted: string): { readonly kind: DocumentKind; readonly id: string } {
  const known = [...library.documents.values()]
  const found = known.find((d) => d.graph === wanted || d.id === wanted)
  if (found !== undefined) return found
  const unread = library.files.find((f) => documentKinds.some((k) => f.path.endsWith(`${folders[k]}/${wanted}.yaml`)))
  const kind = documentKinds.find((k) => unread?.path.includes(`${folders[k]}/`) === true)
  if (kind !== undefined) return { kind, id: wanted }
  throw new DeskError(
    'unknown-id',
    exitCodes.usage,
    `no procedure "${wanted}"`,
    suggestion(
      wanted,
      known.map((d) => d.id),
    ) ?? `known: ${known.map((d) => d.id).join(', ')}`,
  )
}

function print(graph: Graph, entry: DocumentEntry, format: ShowOptions['format'], { io }: Context): void {
  if (format === 'mermaid') {
    io.out(mermaid(graph))
    return
  }
  const lines = outline(graph)
  if (format === 'json') {
    const { id, kind, title, file, sha256 } = entry
    printJson(io, 'show', { schema: 1, id, kind, title, file, sha256, nodes: lines })
    return
  }
  const style = styleOf(io)
  const often = entry.frequency === undefined ? undefined : frequencyWords(entry.frequency)
  const about = [entry.symptom, entry.trigger, often].filter((t) => t !== undefined)
  io.out(
    `${style.bold(entry.title)}  (${entry.kind} ${entry.id})\n${about
      .flatMap((t) => wrap(t, io.columns))
      .map((t) => `${t}\n`)
      .join('')}\n`,
  )
  for (const { depth, id, title, does } of lines) {
    const indent = '  '.repeat(depth)
    // The blocks that every runbook has are no ids of its author.
    const name = id.startsWith('@') ? title : `${id}  ${title === id ? '' : title}`
    io.out(`${cut(`${indent}${name}`.trimEnd(), io.columns)}\n`)
    if (does !== '') io.out(`${cut(`${indent}    ${does}`, io.columns)}\n`)
  }
  io.out(`\nnext: ${commandFor(entry)}\n`)
}
