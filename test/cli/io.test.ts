import { describe, expect, it } from 'vitest'
import { ioOf, wantsColour } from '../../src/cli/io.ts'

const streams = (stdin: boolean, stdout: boolean) => ({
  stdin: { isTTY: stdin },
  stdout: { isTTY: stdout, columns: 80, write: () => true },
  stderr: { write: () => true },
})

describe('who may be asked', () => {
  it.each([
    ['two terminals', streams(true, true), {}, true],
    ['stdin is a pipe', streams(false, true), {}, false],
    ['stdout is a pipe', streams(true, false), {}, false],
    ['CI', streams(true, true), { CI: 'true' }, false],
    ['CI=false is not CI', streams(true, true), { CI: 'false' }, true],
    ['DESK_NO_INPUT', streams(true, true), { DESK_NO_INPUT: '1' }, false],
  ])('%s', (_, s, env, expected) => {
    expect(ioOf(s, env).canPrompt).toBe(expected)
  })
})

describe('colour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ])('%o on a terminal: %s', (env, terminal, expected) => {
    expect(wantsColour(env, terminal)).toBe(expected)
  })
})
