/** Seen on peers: evidence is written once, when all is over, so a kill loses it; and a signal skips the rest, the way back included. */
import { describe, expect, it } from 'vitest'
import { listOf } from '../support/json-answers.ts'
import { deskWith, mark, marksOf, newestRun, step } from './marking.ts'

const measured = `  - id: small
    title: Note the size
    check: desk.trading
    record: [result.sizeMultiplier]
  - id: tell
    title: Say that it begins
    do: notify.post
    with: { channel: on-call, text: It begins }
    undo: { do: notify.post, with: { channel: on-call, text: It did not happen } }`

describe('evidence is written once at the end', () => {
  it('kill -9: what was measured and done before it is on record, and the log verifies', async () => {
    const { desk, env } = deskWith({ measuring: `${measured}\n${step('dies', `${mark('d')}; kill -9 $PPID`)}` })
    expect((await desk.run(['runbook', 'measuring'], { env })).signal).toBe('SIGKILL')
    expect(marksOf(desk)).toBe('d')
    const run = String((await newestRun(desk))['run'])
    const { stdout } = await desk.run(['run', 'show', run], { env })
    expect(stdout).toMatch(/#small\b/)
    expect(stdout).toMatch(/acted .*ok .*#tell\b/)
    expect((await desk.run(['audit', 'verify'])).code).toBe(0)
  })

  it('SIGTERM: the run is parked and named, and the way back is still there and is taken', async () => {
    const { desk, env } = deskWith({
      measuring: `${measured}\n${step('stops', `${mark('d')}; kill -TERM $PPID`)}\n${step('never', mark('n'))}`,
    })
    const ran = await desk.run(['runbook', 'measuring'], { env })
    const run = String((await newestRun(desk))['run'])
    expect([ran.code, ran.stderr]).toEqual([143, expect.stringContaining(`desk run continue ${run}`)])
    expect(marksOf(desk)).toBe('d')
    const undone = await desk.json(['run', 'abort', run, '--disposition', 'undo'], { env })
    expect(undone.value).toMatchObject({ run: { id: run, status: 'aborted' } })
    const { stdout } = await desk.run(['run', 'show', run], { env })
    expect(stdout).toMatch(/acted .*ok .*#tell~undo/)
    expect(marksOf(desk)).toBe('d')
    expect(listOf((await desk.json(['run', 'list'])).value['runs'])).toHaveLength(1)
  })
})
