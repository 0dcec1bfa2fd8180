/** From a halt to full size, every step by the built program and in its order: nothing comes back before it is earned. */
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { fields } from '../support/json-answers.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const as = (operator: string) => ({ env: { DESK_OPERATOR: operator } })
const answers = (...given: readonly string[]): readonly string[] => given.flatMap((answer) => ['--answer', answer])
const idOf = ({ value }: Awaited<ReturnType<Desk['json']>>): string => String(fields(value['request'])['id'])
const code = async (args: readonly string[], operator = 'oncall'): Promise<number | null> =>
  (await desk.run(args, as(operator))).code
const trading = async () => fields((await desk.json(['status'])).value['trading'])

describe('the way back', () => {
  const confirmed = ['--confirm', 'paper']

  /** Halted, cause on record, reconciled. */
  async function earn(): Promise<void> {
    expect(await code(['runbook', 'killswitch'])).toBe(0)
    const cause = answers(
      'q1=no',
      'no-root-cause.cause=a switch failed',
      'no-root-cause.class=venue',
      'no-root-cause.fix=staging',
    )
    expect(await code(['tree', 'post-incident', '--act', ...cause])).toBe(0)
    desk.at('2026-11-20T09:15:00-05:00')
    expect(await code(['runbook', 'reconciliation'])).toBe(0)
  }
  /** The request of the resume leaf, approved by somebody else. */
  async function release(): Promise<void> {
    const yes = answers('q1=yes', 'q2=yes', 'q3=yes')
    expect(await code(['tree', 'post-incident', '--act', ...confirmed, ...yes])).toBe(0)
    const { value } = await desk.json(['unlock', 'status'])
    const [request] = Array.isArray(value['requests']) ? value['requests'].map(fields) : []
    const id = String(request?.['id'])
    expect(await code(['unlock', 'approve', id, ...confirmed])).toBe(4)
    expect(await code(['unlock', 'approve', id], 'risk')).toBe(3)
    expect(await code(['status', '--exit-code'])).toBe(4)
    expect(await code(['unlock', 'approve', id, ...confirmed], 'risk')).toBe(0)
  }

  it('is refused before anything is proved', async () => {
    expect(await code(['runbook', 'killswitch'])).toBe(0)
    // Asking is free; what is asked for is refused.
    const asked = await desk.json(['unlock', 'request', ...confirmed])
    expect(asked.code).toBe(0)
    const approved = await desk.run(['unlock', 'approve', idOf(asked), ...confirmed], as('risk'))
    expect([approved.code, approved.stderr]).toEqual([4, expect.stringContaining('desk runbook reconciliation')])
    expect(await code(['throttle', '50'])).not.toBe(0)
    expect(await code(['promote', ...confirmed])).toBe(4)
    expect(await trading()).toMatchObject({ state: 'HALTED' })
  })

  it('leads over 25 % for one full session to full size, by two people each time', async () => {
    await earn()
    await release()
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 0.25 })
    expect(await code(['status', '--exit-code'])).toBe(10)

    // The session that begins after the release has not closed, and the incident has no review.
    expect(await code(['promote', ...confirmed])).toBe(4)
    const review = join(desk.dir, 'review.md')
    writeFileSync(review, 'The broker was down, and nobody was to blame. '.repeat(10))
    const { value } = await desk.json(['incident', 'list'])
    const [incident] = Array.isArray(value['incidents']) ? value['incidents'].map(fields) : []
    expect(await code(['incident', 'close', String(incident?.['id']), '--artifact', review])).toBe(0)
    desk.at('2026-11-20T15:59:00-05:00')
    expect(await code(['promote', ...confirmed])).toBe(4)

    desk.at('2026-11-20T16:10:00-05:00')
    expect(await trading()).toMatchObject({ sizeMultiplier: 0.25 })
    const asked = await desk.json(['promote', ...confirmed])
    expect(asked.code).toBe(0)
    expect(await code(['promote', idOf(asked), ...confirmed])).toBe(4)
    expect(await trading()).toMatchObject({ sizeMultiplier: 0.25 })
    expect(await code(['promote', idOf(asked), ...confirmed], 'risk')).toBe(0)
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 1 })
    expect(await code(['audit', 'verify'])).toBe(0)
  })

  it('a second halt in between voids the request', async () => {
    await earn()
    const asked = await desk.json(['unlock', 'request', ...confirmed])
    expect(asked.code).toBe(0)
    desk.at('2026-11-20T09:20:00-05:00')
    expect(await code(['kill', '--reason', 'again'])).toBe(0)
    expect(await code(['unlock', 'approve', idOf(asked), ...confirmed], 'risk')).toBe(4)
    expect(await trading()).toMatchObject({ state: 'HALTED' })
  })
})

describe('a log that was damaged', () => {
  const segments = (): string => join(desk.stateDir, 'audit', 'segments')
  const newest = (): string => {
    const [last = ''] = readdirSync(segments())
      .filter((name) => name.startsWith('run-'))
      .sort()
      .reverse()
    return join(segments(), last)
  }

  it('in its tail keeps nobody from halting, and is named', async () => {
    expect(await code(['tree', 'no-fills'])).toBe(3)
    const path = newest()
    truncateSync(path, readFileSync(path).length - 20)
    const verified = await desk.json(['audit', 'verify'])
    expect(verified.code).not.toBe(0)
    expect(verified.value).toMatchObject({ ok: false })
    expect(JSON.stringify(verified.value['problems'])).toContain('run-')
    expect(await code(['run', 'list'])).toBe(0)
    expect((await desk.run(['kill'])).stdout).toMatch(/^HALTED paper\n/)
    expect(await trading()).toMatchObject({ state: 'HALTED' })
  })

  it('in the middle is found, whatever still runs', async () => {
    expect(await code(['tree', 'no-fills', '--act'])).toBe(0)
    const path = newest()
    writeFileSync(path, readFileSync(path, 'utf8').replace('reject-codes', 'broker-downX'))
    const verified = await desk.json(['audit', 'verify'])
    expect([verified.code === 0, verified.value['ok']]).toEqual([false, false])
    expect((await desk.json(['run', 'list'])).value['runs']).toHaveLength(1)
  })
})
