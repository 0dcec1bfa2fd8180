/** What is watched, how it is watched elsewhere, what a watch has seen, and which alerts are silenced. */
import * as z from 'zod'
import { list, output } from './parts.ts'
import { alertLevels, monitorLayers } from '../../model/graph.ts'

const text = z.string()
const named = { set: text, id: text }

export const listed = output({
  monitors: list(
    z.strictObject({
      set: text,
      id: text,
      title: text,
      layer: z.enum(monitorLayers),
      everySeconds: z.number(),
      level: z.enum(alertLevels),
      to: list(text),
      action: text,
    }),
  ),
})

/** `left`: what is no rule, and why. Of routes there are receivers instead. */
export const rules = output({
  as: z.enum(['prometheus', 'alertmanager']),
  rules: list(z.strictObject(named)),
  left: list(z.strictObject({ ...named, reason: text })),
  receivers: list(text),
  text,
})

const seen = z.enum(['pass', 'fail', 'undetermined'])
/** When the watch has ended. `classes`: what was detected of each class of incidents. */
export const watch = output({
  from: text,
  to: text,
  monitors: list(z.strictObject({ ...named, looks: z.int(), status: seen.optional() })),
  classes: list(z.strictObject({ id: text, looks: z.int(), status: seen.optional() })),
})
/** A line of a watch with `--output ndjson`: the version first, then whatever has changed. */
export const watchLine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('version'), schema: z.literal(1) }),
  z.strictObject({
    ...{ type: z.literal('monitor'), at: text, ...named, level: z.enum(alertLevels), status: seen },
    reason: text.optional(),
    trouble: list(text).optional(),
  }),
  z.strictObject({
    ...{ type: z.literal('class'), at: text, id: text, status: seen },
    because: list(text),
    unread: list(text),
    /** The run that is open. */
    joins: text.optional(),
  }),
])

const silenced = z.strictObject({ name: text, until: text, reason: text, by: text.optional() })
/** `record`: the segment that holds it. */
export const silence = output({ silence: silenced, record: text })
export const silences = output({ silences: list(silenced) })
export const silenceExpired = output({ expired: z.strictObject({ name: text, by: text }), record: text })
