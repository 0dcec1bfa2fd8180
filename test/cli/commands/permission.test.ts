import { expect, test } from 'vitest'
import { system } from '../../../src/cli/deps.ts'
import type { Command } from '../../../src/cli/command.ts'
import { run as promote } from '../../../src/cli/commands/promote.ts'
import { run as throttle } from '../../../src/cli/commands/throttle.ts'
import { approve, request, status } from '../../../src/cli/commands/unlock.ts'
import { reconciledEvent, resumeEvent } from '../../../src/killswitch/evidence.ts'
import { mayTrade } from '../../../src/killswitch/gate.ts'
import { DeskError } from '../../../src/model/failure.ts'
import { freshDesk, halt, leaveEvidence, scratch, type TestDesk } from '../../killswitch/support.ts'

interface Said {
  readonly exit: number
  readonly out: string
  readonly code?: string
  readonly hint?: string | undefined
}

async function say<O>(desk: TestDesk, operator: string, command: Command<O>, options: O, json = false): Promise<Said> {
  let out = ''
  const io = {
    out: (text: string) => (out += text),
    err: () => undefined,
    canPrompt: false,
    columns: 80,
    colour: false,
  }
  const deps = {
    env: { DESK_STATE_DIR: desk.stateDir, DESK_OPERATOR: operator, HOME: scratch() },
    cwd: '/',
    ...desk.means,
    pid: 1,
    system,
    sleep: () => Promise.resolve(),
    interrupted: new AbortController().signal,
    interrupt: () => undefined,
  }
  try {
    const exit = await command(options, {
      io: { ...io, out: (text) => void io.out(text) },
      deps,
      globals: { json, plain: true, profile: 'paper' },
    })
    return { exit, out }
  } catch (error) {
    if (!(error instanceof DeskError)) throw error
    return { exit: error.exit, out, code: error.code, hint: error.hint }
  }
}
const requestOf = (said: Said): string =>
  /(?:release|promote)-[0-9a-z]{26}/.exec(said.out.slice(said.out.indexOf('next')))?.[0] ?? 'none'
const confirm = 'paper'

test('from the halt back to full size, by two people, with every refusal on the way', async () => {
  const desk = freshDesk()
  expect(await say(desk, 'oncall', request, { confirm })).toMatchObject({ exit: 4, code: 'not-halted' })
  halt(desk)
  expect(await say(desk, 'oncall', request, {})).toMatchObject({ exit: 3, hint: '--confirm paper' })
  expect(await say(desk, 'oncall', request, { confirm: 'live' })).toMatchObject({ exit: 4, code: 'not-confirmed' })
  expect(await say(desk, 'oncall', request, { scope: 'venue', confirm })).toMatchObject({ exit: 64 })
  const asked = await say(desk, 'oncall', request, { confirm, reason: 'the feed is back' })
  expect(asked.exit).toBe(0)
  const id = requestOf(asked)
  expect((await say(desk, 'oncall', status, {})).out).toContain(`desk unlock approve ${id}`)

  expect(await say(desk, 'oncall', approve, { request: id, confirm })).toMatchObject({ exit: 4, code: 'own-request' })
  expect(await say(desk, 'risk', approve, { request: id, confirm })).toMatchObject({ exit: 4, code: 'evidence' })
  leaveEvidence(desk, resumeEvent)
  leaveEvidence(desk, reconciledEvent)
  expect(await say(desk, 'risk', approve, { request: id })).toMatchObject({ exit: 3 })
  expect(await say(desk, 'risk', approve, { request: id, confirm })).toMatchObject({ exit: 0 })
  expect(mayTrade({ stateDir: desk.stateDir })).toMatchObject({ allowed: 'all', sizeMultiplier: 0.25 })

  expect(await say(desk, 'oncall', promote, { confirm })).toMatchObject({
    exit: 4,
    code: 'too-early',
    hint: 'again from 2026-11-20T21:00:00.000Z',
  })
  desk.clock.ms = Date.parse('2026-11-20T21:00:00Z')
  const up = await say(desk, 'oncall', promote, { confirm })
  expect(await say(desk, 'oncall', promote, { request: requestOf(up), confirm })).toMatchObject({
    exit: 4,
    code: 'own-request',
  })
  expect(await say(desk, 'risk', promote, { request: requestOf(up), confirm })).toMatchObject({ exit: 0 })
  expect(mayTrade({ stateDir: desk.stateDir })).toMatchObject({ sizeMultiplier: 1 })
})

test('the JSON of a request has the fields that scripts rely on', async () => {
  const desk = freshDesk()
  const { id } = halt(desk)
  const said = await say(desk, 'oncall', request, { confirm }, true)
  expect(JSON.parse(said.out)).toMatchObject({
    schema: 1,
    request: {
      id: expect.stringMatching(/^release-/) as string,
      epoch: id,
      terms: { scope: 'all', to: { size: 0.25 } },
    },
  })
})

test('a throttle lowers at once, never raises, and knows its words', async () => {
  const desk = freshDesk()
  expect(await say(desk, 'oncall', throttle, { target: '25' })).toMatchObject({ exit: 0 })
  expect(mayTrade({ stateDir: desk.stateDir }).sizeMultiplier).toBe(0.25)
  expect(await say(desk, 'oncall', throttle, { target: '50' })).toMatchObject({ exit: 4, code: 'would-raise' })
  expect(await say(desk, 'oncall', throttle, { target: '100' })).toMatchObject({ exit: 64 })
  expect(await say(desk, 'oncall', throttle, { target: '0' }, true)).toMatchObject({ exit: 0 })
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('reduce-only')
})

test('beneath a halt a throttle says HALTED, and sends nobody to a promotion', async () => {
  const desk = freshDesk()
  halt(desk)
  for (const target of ['0', 'half']) {
    const { exit, out } = await say(desk, 'oncall', throttle, { target })
    expect(exit).toBe(0)
    expect(out).toBe('paper HALTED -> HALTED\n  next    desk unlock status\n')
  }
  expect(await say(desk, 'oncall', throttle, { target: '25' })).toMatchObject({
    code: 'would-raise',
    hint: 'desk unlock status',
  })
})

test('a request that nobody made is an unknown id', async () => {
  const desk = freshDesk()
  halt(desk)
  const id = 'release-00000000000000000000000000'
  expect(await say(desk, 'risk', approve, { request: id, confirm })).toMatchObject({
    exit: 64,
    code: 'unknown-request',
    hint: 'desk unlock status',
  })
})
