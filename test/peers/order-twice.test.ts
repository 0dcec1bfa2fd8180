/** Seen on peers: killed between an effect and its record, a second start does it again. Durable engines repeat the step in flight. */
import { describe, expect, it } from 'vitest'
import { deskWith, mark, marksOf, newestRun, step } from './marking.ts'

describe('kill -9 in the middle, and a second start places the order twice', () => {
  const killed = async () => {
    const steps = [step('first', mark('1')), step('order', `${mark('o')}; kill -9 $PPID`), step('last', mark('3'))]
    const { desk, env } = deskWith({ ordering: steps.join('\n') })
    expect((await desk.run(['runbook', 'ordering'], { env })).signal).toBe('SIGKILL')
    expect(marksOf(desk)).toBe('1o')
    return { desk, env, run: String((await newestRun(desk))['run']) }
  }

  it('whoever starts it again, however often: the order is not sent again, a person is asked what became of it', async () => {
    const { desk, env, run } = await killed()
    const ask: unknown = expect.stringContaining(`--answer order='done|failed|not-done'`)
    for (let turn = 0; turn < 2; turn++) {
      const { code, stderr } = await desk.run(['run', 'continue', run], { env })
      expect([code, stderr]).toEqual([3, ask])
      expect((await desk.run(['run', 'continue', '--due'], { env })).code).not.toBe(1)
    }
    expect(marksOf(desk)).toBe('1o')
    expect((await desk.run(['run', 'continue', run, '--answer', 'order=done'], { env })).code).toBe(0)
    expect(marksOf(desk)).toBe('1o3')
  })

  it('only a person who saw that it never arrived has it sent', async () => {
    const { desk, env, run } = await killed()
    await desk.run(['run', 'continue', run, '--answer', 'order=not-done'], { env })
    // The step itself kills its process each time.
    expect(marksOf(desk)).toBe('1oo')
  })

  it('a second run of the same procedure finds what it needs held by the dead one', async () => {
    const { desk, env } = deskWith({
      ordering: `${step('order', `${mark('o')}; kill -9 $PPID`)}\nlocks: ['symbol:AAPL']`,
    })
    expect((await desk.run(['runbook', 'ordering'], { env })).signal).toBe('SIGKILL')
    const again = await desk.run(['runbook', 'ordering'], { env })
    expect([again.code, again.stderr]).toEqual([75, expect.stringContaining('symbol:AAPL is held by run-')])
    expect(marksOf(desk)).toBe('o')
  })
})
