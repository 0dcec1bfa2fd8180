/** The gate's examples in Python, C and shell say what the gate says, whatever is permitted and whatever is asked. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Allowed, type Order, admits, bootId, mayTrade } from '../../src/killswitch/gate.ts'
import { examples } from '../docs/markdown.ts'

const dir = mkdtempSync(join(tmpdir(), 'desk-gate-'))
afterAll(() => {
  // By its own program: Node refuses names as long as some of these are.
  execFileSync('rm', ['-rf', dir])
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
  ['primary', 'signal', 'MSFT\n'],
  ['primary', 'signal\n', 'AAPL'],
  ['primary', 'signal', 'é'],
  ['primary', 'signal', 'ÀAPL'],
  ['other', 'signal', 'AAPL'],
]

function desk(name: string, absent: readonly string[], extra: readonly string[], boot: string): string {
  const permit = join(dir, 'desks', name, 'permit')
  mkdirSync(permit, { recursive: true })
  for (const token of all) if (!absent.includes(token)) writeFileSync(join(permit, `${token}@${boot}`), '')
  for (const mark of extra) writeFileSync(join(permit, mark), '')
  return join(dir, 'desks', name)
}

/** A desk on which a denial is a link to itself. */
function linked(mark: string): string {
  const stateDir = desk(`link-${mark}`, [], [], bootId() ?? '')
  symlinkSync(mark, join(stateDir, 'permit', mark))
  return stateDir
}

const longSymbol = 'A'.repeat(64)
/** A desk so deep that the system takes the names of its permissions, but not that of the hold which is there. */
function tooLongForHolds(boot: string): string {
  let path = join(dir, 'deep')
  while (4030 - path.length > 201) path += `/${'d'.repeat(99)}`
  path += `/${'d'.repeat(4029 - path.length)}`
  const permit = join(path, 'permit')
  mkdirSync(permit, { recursive: true })
  for (const token of all) if (!token.startsWith('reduce')) writeFileSync(join(permit, `${token}@${boot}`), '')
  execFileSync('touch', [`hold-symbol=${longSymbol}`], { cwd: permit })
  return path
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
  asked.push([tooLongForHolds(boot), 'primary', 'signal', longSymbol])
  for (const mark of marks.slice(0, 2)) asked.push([linked(mark), ...usual])
  // Of the same directory, by names as long as are allowed and longer, in bytes and in letters.
  for (const length of [1024, 1025, 4000]) asked.push([`${'/'.repeat(length - whole.length)}${whole}`, ...usual])
  const accents = desk('é', [], [], boot)
  asked.push([accents, ...usual], [`${'/'.repeat(1024 - accents.length)}${accents}`, ...usual])
  return asked
}

const languages = [
  { name: 'Python', tool: 'python3', make: (python: string) => [python, write('gate.py', sources('python')[0])] },
  { name: 'shell', tool: 'sh', make: () => ['sh', write('gate.sh', sources('sh')[0])] },
  { name: 'bash', tool: 'bash', make: () => ['bash', write('gate.sh', sources('sh')[0])] },
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
  const everyQuestion = questions()
  for (const { name, tool, make } of languages) {
    test.skipIf(!isThere(tool))(name, () => {
      const [file = '', ...args] = make(tool)
      const answers = new Set<string>()
      for (const asked of everyQuestion) {
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

interface TextCase {
  readonly allowed: Allowed
  readonly position: string
  readonly order: Order
  readonly working: readonly Order[]
}

describe('the same orders under reduce-only', () => {
  /** A question on one line: what is allowed, the position, the order and the working orders, bought above zero and sold below. */
  const cases = fc.sample(
    fc.record({
      allowed: fc.constantFrom<Allowed>('none', 'reduce-only', 'reduce-only', 'reduce-only', 'all'),
      position: fc.integer({ min: -50, max: 50 }),
      orders: fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 4 }),
    }),
    { numRuns: 2000, seed: 4 },
  )
  const orderOf = (signed: number): Order => ({
    side: signed < 0 ? 'sell' : 'buy',
    quantity: String(Math.abs(signed) / 8),
  })
  const expected = cases.map(({ allowed, position, orders: [asked = 0, ...working] }) =>
    admits({ allowed, sizeMultiplier: 0, orderRate: 1 }, String(position / 8), orderOf(asked), working.map(orderOf)),
  )
  const words: readonly Allowed[] = ['none', 'reduce-only', 'all']
  const input = cases
    .map(({ allowed, position, orders }) => [words.indexOf(allowed), position, orders.length, ...orders].join(' '))
    .join('\n')

  test('are both let out and kept back', () => {
    const passed = expected.filter(Boolean).length
    expect(passed).toBeGreaterThan(300)
    expect(passed).toBeLessThan(1700)
  })

  test.skipIf(!isThere('python3'))('Python', () => {
    const driver = `
for line in sys.stdin:
    allowed, position, _, *orders = map(int, line.split())
    orders = [('sell' if n < 0 else 'buy', str(abs(n) / 8)) for n in orders]
    words = ('none', 'reduce-only', 'all')
    print(int(admits(words[allowed], str(position / 8), orders[0], orders[1:])))
`
    const file = write('admits.py', `import sys\n${sources('python')[1] ?? ''}${driver}`)
    expect(answersOf('python3', [file])).toEqual(expected)
  })

  test.skipIf(!isThere('python3'))('Python takes the same text for a number', () => {
    const good = ['1', '0', '-0', '-0.5', '007', '1.50', '9'.repeat(18), `1.${'0'.repeat(17)}1`]
    const bad = [
      '',
      '1/2',
      '1e3',
      '1E3',
      '1_000',
      ' 1',
      '1 ',
      '1\n',
      '+1',
      '.5',
      '1.',
      'nan',
      'Infinity',
      '0x1',
      '--1',
      '١',
    ]
    const long = ['1'.repeat(19), `1.${'0'.repeat(19)}`]
    const texts = [...good, ...bad, ...long]
    const asked = (['all', 'reduce-only', 'none'] as const).flatMap((allowed) =>
      texts.flatMap(
        (text) =>
          [
            { allowed, position: '-2', order: { side: 'buy', quantity: text }, working: [] },
            { allowed, position: text, order: { side: 'sell', quantity: '1' }, working: [] },
            {
              allowed,
              position: '3',
              order: { side: 'sell', quantity: '1' },
              working: [{ side: 'buy', quantity: text }],
            },
          ] satisfies readonly TextCase[],
      ),
    )
    const driver = `
for allowed, position, order, working in json.load(sys.stdin):
    print(int(admits(allowed, position, order, working)))
`
    const file = write('texts.py', `import json, sys\n${sources('python')[1] ?? ''}${driver}`)
    const pair = ({ side, quantity }: Order): readonly string[] => [side, quantity]
    const lines = JSON.stringify(
      asked.map(({ allowed, position, order, working }) => [allowed, position, pair(order), working.map(pair)]),
    )
    const said = execFileSync('python3', [file], { input: lines, encoding: 'utf8' }).trim().split('\n')
    const told = asked.map(({ allowed, position, order, working }) =>
      admits({ allowed, sizeMultiplier: 0, orderRate: 1 }, position, order, working) ? '1' : '0',
    )
    const named = (answers: readonly string[]): readonly string[] =>
      asked.map((each, i) => `${JSON.stringify(each)}: ${answers[i] ?? 'nothing'}`)
    expect(named(said)).toEqual(named(told))
    expect(told.filter((answer) => answer === '1').length).toBeGreaterThan(10)
  })

  test.skipIf(!isThere('cc'))('C', () => {
    const driver = `
#include <stdio.h>
int main(void) {
  int allowed;
  long long position, orders[8];
  size_t count;
  while (scanf("%d %lld %zu", &allowed, &position, &count) == 3) {
    for (size_t i = 0; i < count; i++) scanf("%lld", &orders[i]);
    printf("%d\\n", admits(allowed, position, orders[0], orders + 1, count - 1));
  }
  return 0;
}
`
    const source = write('admits.c', `${sources('c')[1] ?? ''}${driver}`)
    execFileSync('cc', ['-std=c11', '-Wall', '-Wextra', '-Werror', '-o', join(dir, 'admits'), source])
    expect(answersOf(join(dir, 'admits'), [])).toEqual(expected)
  })

  const answersOf = (file: string, args: readonly string[]): readonly boolean[] =>
    execFileSync(file, args, { input, encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line === '1')
})
