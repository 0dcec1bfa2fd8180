// A log as a desk has it after some months: runs that were opened, parked, taken up again and closed.
import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** Adds `runs` ended runs to the log of a state directory: four lines of the ledger and two segments each. */
export async function addRuns(stateDir, runs, scratch) {
  const bundle = await rolldown({
    input: { segment: 'src/audit/segment.ts', id: 'src/audit/id.ts' },
    cwd: join(import.meta.dirname, '..'),
    platform: 'node',
    tsconfig: 'tsconfig.json',
  })
  await bundle.write({ dir: join(scratch, 'audit'), format: 'esm', entryFileNames: '[name].mjs' })
  await bundle.close()
  const { openSegment } = await import(join(scratch, 'audit', 'segment.mjs'))
  const { newId } = await import(join(scratch, 'audit', 'id.mjs'))
  const now = () => new Date()
  const disk = { write: (await import('node:fs')).writeSync, sync: () => undefined } // its crash-safety is not what is measured
  for (let i = 0; i < runs; i++) {
    const run = newId('run', now, (n) => globalThis.crypto.getRandomValues(new Uint8Array(n)))
    for (const k of [0, 1]) {
      const writer = openSegment({
        stateDir,
        run,
        k,
        header: { event: 'run.opened', data: { kind: 'opened' } },
        envelope: { actor: 'oncall', host: 'bench', traceId: run },
        summary: { graph: 'tree/no-fills', title: 'Orders are not filled', locks: [] },
        now,
        disk,
      })
      const at = { path: [{ node: 'q1' }], visit: 1 }
      if (k === 0) writer.park({ needs: [{ kind: 'answer', title: 'Is the venue up?', at: { ...at, path: 'q1' } }] })
      else writer.close({ outcome: 'ok' })
    }
  }
}
