/**
 * Every output by the name of its published JSON Schema. Commands import the types only: at run time nothing here is loaded, and the build
 * derives `dist/schemas/output/<name>.json` from it.
 */
import * as z from 'zod'
import * as audit from './audit.ts'
import * as incidents from './incidents.ts'
import * as monitors from './monitors.ts'
import { failure, output } from './parts.ts'
import * as permission from './permission.ts'
import * as reading from './reading.ts'
import { line } from './record.ts'
import * as runs from './runs.ts'
import * as walks from './walks.ts'

export const published = {
  error: output({ error: failure }),
  'ndjson-line': line,
  tree: walks.tree,
  runbook: walks.runbook,
  gates: walks.gates,
  monitors: walks.monitors,
  plan: walks.plan,
  procedures: reading.procedures,
  status: permission.status,
  'hold-list': permission.holdList,
  'gates-waive': permission.gateWaive,
  kill: permission.kill,
  'kill-dry-run': permission.killPlan,
  throttle: permission.throttle,
  'unlock-request': permission.unlockRequest,
  'unlock-approve': permission.unlockApprove,
  'unlock-statement': permission.unlockStatement,
  'unlock-status': permission.unlockStatus,
  'promote-request': permission.promoteRequest,
  'promote-approve': permission.promoteApprove,
  'run-list': runs.runList,
  'run-due': walks.due,
  'run-abort': runs.runAbort,
  'run-approve': runs.runApprove,
  'audit-records': audit.records,
  'audit-verify': audit.verify,
  'audit-checkpoint': audit.checkpoint,
  'audit-expiry': audit.expiry,
  'audit-export-line': audit.exportLine,
  'incident-classes': incidents.classes,
  'incident-list': incidents.listed,
  'incident-show': incidents.shown,
  'incident-close': incidents.close,
  'incident-note': incidents.note,
  'incident-assign': incidents.assign,
  'incident-postmortem': incidents.postmortem,
  'monitor-list': monitors.listed,
  'monitor-rules': monitors.rules,
  'monitor-watch': monitors.watch,
  'monitor-watch-line': monitors.watchLine,
  'monitor-silence': monitors.silence,
  'monitor-silences': monitors.silences,
  'monitor-silence-expired': monitors.silenceExpired,
  serve: permission.serveListening,
  'serve-status': permission.serveStatus,
  'serve-health': permission.serveHealth,
  'serve-ready': permission.serveReady,
  find: reading.find,
  show: reading.show,
  lint: reading.lint,
  test: reading.test,
  doctor: reading.doctor,
  demo: reading.demo,
  calendar: reading.calendar,
  'config-show': reading.configShow,
  'config-path': reading.configPath,
  'config-validate': reading.configValidate,
  help: reading.help,
  explain: reading.explain,
} as const

export type OutputName = keyof typeof published
/** What a command prints under that name. */
export type Output<K extends OutputName> = z.output<(typeof published)[K]>

/** JSON Schemas (draft-07), each complete in itself. */
export const outputSchemas = (): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(published).map(([name, shape]) => [
      name,
      { ...z.toJSONSchema(shape, { target: 'draft-7' }), title: `desk output: ${name}` },
    ]),
  )
