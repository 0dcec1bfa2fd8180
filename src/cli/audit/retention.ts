/** How long the configuration keeps what. */
import type { IdKind } from '../../audit/id.ts'
import type { Config } from '../../config/load.ts'
import { retentionMs } from '../../model/retention.ts'

/** Undefined: for ever. What is permitted is a fold over every decision, so none of them goes. */
export const keptFor =
  ({ audit }: Pick<Config, 'audit'>) =>
  (kind: IdKind): number | undefined =>
    kind === 'run' || kind === 'approval' || kind === 'note' ? retentionMs(audit.retention[kind]) : undefined
