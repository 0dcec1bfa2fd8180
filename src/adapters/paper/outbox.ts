/** Messages and pages: kept here instead of being sent. */
import * as z from 'zod'
import { once } from '../../model/once.ts'
import { moment } from '../../ports/method.ts'
import { textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import type { Component } from './store.ts'

const outboxState = once(() =>
  z.strictObject({
    messages: z.array(
      z.strictObject({
        id: z.string(),
        type: z.enum(['post', 'page']),
        to: z.string(),
        text: z.string(),
        at: moment,
        resolvedAt: moment.optional(),
        /** The alert that it tells of. */
        alert: z.string().optional(),
      }),
    ),
    channels: z.array(z.string()),
  }),
)
export const outboxComponent: Component<z.infer<ReturnType<typeof outboxState>>> = {
  name: 'outbox',
  parse: (value) => outboxState().safeParse(value).data,
  seed: () => ({ messages: [], channels: [] }),
}

const send = (type: 'post' | 'page', receiver: string): EffectHandler =>
  effectOn(outboxComponent, (state, world, args) => {
    const id = `message-${String(state.messages.length + 1)}`
    const at = world.now().toISOString()
    state.messages.push({ id, type, to: textOf(args, receiver), text: textOf(args, 'text'), at })
    return { id }
  })

export const outboxEffects: Readonly<Record<string, EffectHandler>> = {
  'notify.post': send('post', 'channel'),
  'notify.page': send('page', 'role'),
  'notify.openChannel': effectOn(outboxComponent, (state, _world, args) => {
    const channel = textOf(args, 'name')
    if (!state.channels.includes(channel)) state.channels.push(channel)
    return { channel }
  }),
  'notify.resolve': effectOn(outboxComponent, (state, world, args) => {
    const id = textOf(args, 'id')
    const message = state.messages.find((each) => each.id === id) ?? refuse(`there is no message ${id}`)
    message.resolvedAt ??= world.now().toISOString()
    return { id, resolved: true }
  }),
}
