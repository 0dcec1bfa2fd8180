/** The gate's examples in Python, C and shell say what the gate says, whatever is permitted and whatever is asked. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bootId, mayTrade } from '../../src/killswitch/gate.ts'
import { examples } from '../docs/markdown.ts'

const dir = mkdtempSync(join(tmpdir(), 'desk-gate-'))
afterAll(() => {
  rmSync(dir, { recursive: true })
})
const isThere = (tool: string): boolean => spawnSync(tool, ['--version']).error === undefined

const write = (name: string, text: string | undefined): string => {
  writeFileSync(join(dir, name), text ?? '')
  return join(dir, name)
}
const sources = (language: string): readonly string[] => examples(language, 'docs/gate.md').map(({ text }) => text)

const all = ['trade', 'open', 'half', 'full', 'rate-half', 'rate-full', 'unheld', 'reduce'].concat([
  'venue=primary',
  'reduce-venue=primary',
  'model=signal',
  'reduce-model=signal',
])
/** Every permission absent by itself, and every two of them. */
const absences: readonly (readonly string[])[] = [
  [],
  ...all.map((token) => [token]),
  ...all.flatMap((a, i) => all.slice(i + 1).map((b) => [a, b])),
]
const marks = ['hold-symbol=AAPL', 'hold-reduce-symbol=AAPL', 'hold-symbol=MSFT']
const usual = ['primary', 'signal', 'aapl'] as const
const odd: readonly (readonly [string, string, string])[] = [
  ['', 'signal', 'AAPL'],
  ['../primary', 'signal', 'AAPL'],
  ['primary', '-signal', 'AAPL'],
  ['primary', 'signal', 'A'.repeat(65)],
  ['primary', 'signal', 'A\nB'],
  ['other', 'signal', 'AAPL'],
]

function desk(name: string, absent: readonly string[], extra: readonly string[], boot: string): string {
  const permit = join(dir, 'desks', name, 'permit')
  mkdirSync(permit, { recursive: true })
  for (const token of all) if (!absent.includes(token)) writeFileSync(join(permit, `${token}@${boot}`), '')
  for (const mark of extra) writeFileSync(join(permit, mark), '')
  return join(dir, 'desks', name)
}

type Asked = readonly [stateDir: string, venue: string, model: string, symbol: string]
function questions(): readonly Asked[] {
  const boot = bootId() ?? ''
  const asked: Asked[] = absences.map((absent, i) => [desk(`absent-${String(i)}`, absent, [], boot), ...usual])
  for (const mark of marks) asked.push([desk(mark, [], [mark], boot), ...usual])
  const whole = desk('whole', [], [], boot)
  for (const question of odd) asked.push([whole, ...question])
  asked.push([desk('other-boot', [], [], '00000000-0000-0000-0000-000000000000'), ...usual])
  asked.push([join(dir, 'nowhere'), ...usual], ['relative', ...usual])
  return asked
}

const languages = [
  { name: 'Python', tool: 'python3', make: (python: string) => [python, write('gate.py', sources('python')[0])] },
  { name: 'shell', tool: 'bash', make: () => ['sh', write('gate.sh', sources('sh')[0])] },
  {
    name: 'C',
    tool: 'cc',
    make: (compiler: string) => {
      const source = write('gate.c', sources('c')[0])
      execFileSync(compiler, ['-std=c11', '-Wall', '-Wextra', '-Werror', '-o', join(dir, 'gate'), source])
      return [join(dir, 'gate')]
    },
  },
] as const

describe('the same answer as the gate', () => {
  for (const { name, tool, make } of languages) {
    test.skipIf(!isThere(tool))(name, () => {
      const [file = '', ...args] = make(tool)
      const answers = new Set<string>()
      for (const asked of questions()) {
        const [stateDir, venue, model, symbol] = asked
        const { allowed, sizeMultiplier, orderRate } = mayTrade({ stateDir, venue, model, symbol })
        const said = execFileSync(file, [...args, ...asked], { encoding: 'utf8' }).trim()
        expect(said, asked.join(' ')).toBe(`${allowed} ${String(sizeMultiplier)} ${String(orderRate)}`)
        answers.add(said)
      }
      expect(answers.size).toBeGreaterThan(6)
    })
  }

  test('one line of shell tells halted from not halted', () => {
    const line = write('line.sh', sources('sh')[1])
    const boot = bootId() ?? ''
    const said = (absent: readonly string[], name: string): string =>
      execFileSync('sh', [line, desk(name, absent, [], boot)], { encoding: 'utf8' }).trim()
    expect([said([], 'line-on'), said(['trade'], 'line-off')]).toEqual(['trading', 'halted'])
  })
})
