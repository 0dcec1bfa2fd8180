/** Which graphs a run goes on with. */
import { expect, test } from 'vitest'
import type { Library } from '../../../src/cli/library.ts'
import { compilePinned } from '../../../src/cli/walking/taking-up.ts'
import type { GraphId } from '../../../src/model/graph.ts'
import { compileLibrary } from '../../../src/plan/compile.ts'
import { reachable } from '../../../src/plan/reachable.ts'
import { catalogue } from '../../../src/ports/catalogue.ts'
import type { SourceFile } from '../../../src/source/file.ts'
import type { PinnedText } from '../../../src/walk/read-run.ts'
import { shippedFiles } from '../../documents/shipped.ts'

const root: GraphId = 'tree/no-fills'
const libraryOf = (files: readonly SourceFile[]): Library => ({ ...compileLibrary(files, { catalogue }), files })
const shipped = libraryOf(shippedFiles)
const pinned: readonly PinnedText[] = reachable(shipped.graphs, root).flatMap((id) => {
  const entry = shipped.documents.get(id)
  return entry === undefined ? [] : [{ id, file: entry.file, text: entry.text }]
})
const edited = (id: GraphId): Library =>
  libraryOf(
    shippedFiles.map((file) =>
      file.path === shipped.documents.get(id)?.file
        ? { path: file.path, text: file.text.replace(/^title: .*$/m, 'title: Another') }
        : file,
    ),
  )
const titleOf = (id: GraphId, graphs = shipped.graphs): string | undefined => graphs.get(id)?.title

test('what was pinned and is still there is not compiled again', () => {
  expect(pinned.length).toBeGreaterThan(1)
  const graphs = compilePinned(pinned, shipped)
  expect([...graphs.keys()].sort()).toEqual(pinned.map(({ id }) => id).sort())
  for (const [id, graph] of graphs) expect(graph).toBe(shipped.graphs.get(id))
})

test.each(pinned.map(({ id }) => id))('where %s has changed since, the run goes on with what it pinned', (id) => {
  const library = edited(id)
  expect(titleOf(id, library.graphs)).toBe('Another')
  const graphs = compilePinned(pinned, library)
  expect(titleOf(id, graphs)).toBe(titleOf(id))
  expect(graphs.get(root)).not.toBe(library.graphs.get(root))
})
