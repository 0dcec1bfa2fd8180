import { describe, expect, it } from 'vitest'
import { library, shippedFiles, shippedReads } from './shipped.ts'

describe('shipped documents', () => {
  it('are there', () => {
    expect(shippedFiles.map((file) => file.path)).toEqual([
      'gates/daily.yaml',
      'runbooks/flatten.yaml',
      'runbooks/killswitch.yaml',
      'runbooks/model-rollback.yaml',
      'runbooks/reconciliation.yaml',
      'runbooks/rolling-deploy.yaml',
      'trees/alerts-spam.yaml',
      'trees/config-mismatch.yaml',
      'trees/missing-data.yaml',
      'trees/no-fills.yaml',
      'trees/post-incident.yaml',
      'trees/wrong-pnl.yaml',
    ])
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
