/** Every way through every recovery tree by answers alone: the leaf, its kind and the exit code that scripts rely on. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
const ownDesk = (): void => {
  beforeEach(() => {
    desk = new Desk()
  })
  afterEach(() => {
    desk.remove()
  })
}

const exitOf = { resume: 10, investigate: 11, throttle: 12, rollback: 13, 'kill-switch': 14 }
type Way = readonly [tree: string, answers: string, leaf: string, kind: keyof typeof exitOf]

const ways: readonly Way[] = [
  ['no-fills', 'q1=no', 'broker-down', 'kill-switch'],
  ['no-fills', 'q1=yes q2=no', 'order-builder', 'rollback'],
  ['no-fills', 'q1=yes q2=yes q3=no', 'reject-codes', 'investigate'],
  ['no-fills', 'q1=yes q2=yes q3=yes', 'rate-limited', 'throttle'],
  ['wrong-pnl', 'q1=no', 'too-early', 'investigate'],
  ['wrong-pnl', 'q1=yes q2=no', 'engine-disagrees', 'rollback'],
  ['wrong-pnl', 'q1=yes q2=yes', 'decaying', 'throttle'],
  ['missing-data', 'q1=no q3=no', 'both-dead', 'kill-switch'],
  ['missing-data', 'q1=no q3=yes', 'use-backup', 'rollback'],
  ['missing-data', 'q1=yes q2=no', 'vendor-symbol', 'investigate'],
  ['missing-data', 'q1=yes q2=yes', 'corporate-action', 'investigate'],
  ['alerts-spam', 'q1=no', 'unrelated', 'throttle'],
  ['alerts-spam', 'q1=yes q2=no', 'new-parent', 'investigate'],
  ['alerts-spam', 'q1=yes q2=yes', 'known-parent', 'investigate'],
  ['config-mismatch', 'q1=no', 'unexplained', 'rollback'],
  ['config-mismatch', 'q1=yes q2=no', 'hot-edit', 'rollback'],
  ['config-mismatch', 'q1=yes q2=yes', 'commit-live', 'investigate'],
  ['post-incident', 'q1=no', 'no-root-cause', 'investigate'],
]

/** Where nobody can tell. */
const unsure: readonly Way[] = [
  ['no-fills', 'q1=unsure', 'broker-down', 'kill-switch'],
  ['no-fills', 'q1=yes q2=unsure', 'order-builder', 'rollback'],
  ['no-fills', 'q1=yes q2=yes q3=unsure', 'rate-limited', 'throttle'],
  ['wrong-pnl', 'q1=unsure q2=unsure', 'engine-disagrees', 'rollback'],
  ['missing-data', 'q1=unsure q3=unsure', 'both-dead', 'kill-switch'],
  ['missing-data', 'q1=yes q2=unsure', 'vendor-symbol', 'investigate'],
  ['alerts-spam', 'q1=unsure', 'unrelated', 'throttle'],
  ['alerts-spam', 'q1=yes q2=unsure', 'new-parent', 'investigate'],
  ['config-mismatch', 'q1=unsure', 'unexplained', 'rollback'],
  ['config-mismatch', 'q1=yes q2=unsure', 'hot-edit', 'rollback'],
  ['post-incident', 'q1=unsure', 'no-root-cause', 'investigate'],
]

async function arrive(tree: string, answers: string): Promise<Awaited<ReturnType<Desk['json']>>> {
  const flags = answers.split(' ').flatMap((answer) => ['--answer', answer])
  return desk.json(['tree', tree, '--detailed-exitcode', ...flags])
}

describe('by answers', () => {
  // Arriving changes nothing, so one desk serves all.
  beforeAll(() => {
    desk = new Desk()
  })
  afterAll(() => {
    desk.remove()
  })
  it.each([...ways, ...unsure])('desk tree %s with %s arrives at %s: %s', async (tree, answers, leaf, kind) => {
    const { code, value } = await arrive(tree, answers)
    expect(value).toMatchObject({ schema: 1, tree, run: { status: 'waiting' }, leaf: { id: leaf, kind } })
    expect(value['path']).toMatchObject(
      answers.split(' ').map((pair) => {
        const [question, answer] = pair.split('=')
        return { question, answer, by: 'person:oncall' }
      }),
    )
    expect(code).toBe(exitOf[kind])
  })

  it('a finding whose action nobody took waits, whatever its kind', async () => {
    const { code, value, stderr } = await desk.json(['tree', 'no-fills', '--answer', 'q1=no'])
    expect(code).toBe(3)
    expect(value['actions']).toMatchObject([{ status: 'offered' }])
    expect(stderr).toContain('--act')
  })
})

describe('after an incident', () => {
  ownDesk()
  /** A halt, its cause on record and verified, the book equal to the broker's. */
  async function prepare(): Promise<void> {
    expect((await desk.run(['runbook', 'killswitch'])).code).toBe(0)
    const said = [
      'q1=no',
      'no-root-cause.cause=A limit of the broker was lowered',
      'no-root-cause.class=venue',
      'no-root-cause.fix=staging',
    ]
    const flags = said.flatMap((answer) => ['--answer', answer])
    expect((await desk.run(['tree', 'post-incident', '--act', ...flags])).code).toBe(0)
  }
  const reconcile = async () => {
    desk.at('2026-11-20T09:15:00-05:00')
    expect((await desk.run(['runbook', 'reconciliation'])).code).toBe(0)
  }

  it('a yes without evidence is a no, question by question, until everything is proved', async () => {
    const yes = 'q1=yes q2=yes q3=yes'
    const leafOf = async () => {
      const { code, value } = await arrive('post-incident', yes)
      return [value['leaf'], code]
    }
    expect(await leafOf()).toMatchObject([{ id: 'no-root-cause', kind: 'investigate' }, 11])
    await prepare()
    expect(await leafOf()).toMatchObject([{ id: 'not-reconciled', kind: 'investigate' }, 11])
    await reconcile()
    await desk.fault('limits-softened')
    expect(await leafOf()).toMatchObject([{ id: 'limits-softened', kind: 'investigate' }, 11])
    await desk.fault('limits-softened', false)
    expect(await leafOf()).toMatchObject([{ id: 'resume', kind: 'resume' }, 10])
    // An hour later the reconciliation proves nothing any more.
    desk.at('2026-11-20T10:15:01-05:00')
    expect(await leafOf()).toMatchObject([{ id: 'not-reconciled' }, 11])
  })

  it('a no is a no, however good the evidence', async () => {
    await prepare()
    await reconcile()
    expect((await arrive('post-incident', 'q1=yes q2=no')).value['leaf']).toMatchObject({ id: 'not-reconciled' })
    expect((await arrive('post-incident', 'q1=yes q2=yes q3=no')).value['leaf']).toMatchObject({
      id: 'limits-softened',
    })
    expect((await arrive('post-incident', 'q1=no')).value['leaf']).toMatchObject({ id: 'no-root-cause' })
  })

  it('asks a person: evidence alone answers nothing', async () => {
    await prepare()
    const { code, value, stderr } = await desk.json(['tree', 'post-incident', '--detailed-exitcode'])
    expect(code).toBe(3)
    expect(value['path']).toEqual([])
    expect(value['leaf']).toBeUndefined()
    expect(stderr).toContain('--answer')
  })
})
