/** A sentence on record, in a segment of its own. */
import * as z from 'zod'
import { RunTaken } from '../../audit/failure.ts'
import { newId } from '../../audit/id.ts'
import { openSegment } from '../../audit/segment.ts'
import { readRun } from '../../audit/segment-read.ts'
import { once } from '../../model/once.ts'
import { type DeskEffect, done, failed, type World } from './effect.ts'

const noteArgs = once(() => z.object({ text: z.string() }))
const event = 'note'

export const note: DeskEffect = {
  plan: ({ now, random }) => ({ id: newId('note', now, random) }),
  perform: (world, args, plan) => {
    const { text } = noteArgs().parse(args)
    const id = idIn(plan)
    const { stateDir, by, host, traceId, now, redaction } = world
    try {
      const header = { event, data: { text } }
      const envelope = { actor: by.id, host, traceId, ...(redaction === undefined ? {} : { redaction }) }
      openSegment({ stateDir, run: id, k: 0, header, envelope, summary: { title: event }, now }).close({
        outcome: 'ok',
      })
    } catch (error) {
      // An earlier attempt began it.
      if (!(error instanceof RunTaken)) throw error
      if (!isOnRecord(world, id)) return failed(`${id} was begun and never finished`)
    }
    return done({ recorded: true })
  },
  happened: (world, _args, plan) => (isOnRecord(world, idIn(plan)) ? { recorded: true } : undefined),
}

const idIn = (plan: Readonly<Record<string, unknown>>): string => (typeof plan['id'] === 'string' ? plan['id'] : '')
const isOnRecord = ({ stateDir }: World, id: string): boolean =>
  id !== '' && readRun(stateDir, id).segments.some(({ entries }) => entries.some((entry) => entry.event === event))
