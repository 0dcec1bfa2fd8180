import { describe, expect, it } from 'vitest'
import { library, shippedFiles, shippedReads } from './shipped.ts'

describe('shipped documents', () => {
  it('have all that the first source names', () => {
    const ids = {
      gates: ['daily'],
      runbooks: [
        ...['api-credentials', 'broker-failover', 'config-rollback', 'drift-investigation', 'feature-deploy'],
        ...['killswitch', 'model-rollback', 'reconciliation', 'retrain', 'rolling-deploy'],
      ],
      trees: ['alerts-spam', 'config-mismatch', 'missing-data', 'no-fills', 'post-incident', 'wrong-pnl'],
    }
    const paths = Object.entries(ids).flatMap(([folder, names]) => names.map((name) => `${folder}/${name}.yaml`))
    expect(shippedFiles.map((file) => file.path)).toEqual(expect.arrayContaining(paths))
  })
  it.each(shippedReads.map((read) => [read.file.path, read] as const))(
    '%s can be read without a finding',
    (_, read) => {
      expect(read.findings).toEqual([])
      expect(read.document?.isWhole).toBe(true)
    },
  )
  it('compile, all of them, without a finding', () => {
    expect(library.findings).toEqual([])
    expect(library.graphs.size).toBe(shippedFiles.length)
  })
})
