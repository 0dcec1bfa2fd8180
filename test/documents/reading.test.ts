import { describe, expect, it } from 'vitest'
import { library, shippedFiles, shippedReads } from './shipped.ts'

/** Without the gate sets: those are told by the ids of their gates. */
const demanded =
  'rolling-deploy feature-deploy model-rollback config-rollback killswitch reconciliation drift-investigation retrain ' +
  'broker-failover api-credentials startup startup-after-incident shutdown emergency-shutdown sev1-response ' +
  'gateway-disconnect risk-limit-breach event-bus-backlog compliance-alert restore-positions site-failover ' +
  'killswitch-release canary-deploy blue-green-deploy rolling-instances shadow-validation auto-rollback ' +
  'disaster-recovery no-fills wrong-pnl missing-data alerts-spam config-mismatch post-incident'

describe('shipped documents', () => {
  it('are there', () => {
    const ids = shippedFiles.map((file) => file.path.replace(/^.*\/|\.yaml$/g, ''))
    for (const id of demanded.split(/\s+/)) expect(ids, id).toContain(id)
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
