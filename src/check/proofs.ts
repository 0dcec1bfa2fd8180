/**
 * What proves a fact, and readings on which a claim of it is tried. They are made of the result's own type, of the boundaries of the
 * rule, and of every literal that the expectation names: between its literals a comparison cannot change its mind.
 */
import type { Fact } from '../model/graph.ts'
import { reconciledEvent } from './fact-flow.ts'
import type { Reading } from './try-expectation.ts'

/** Values that an expectation tells apart, as it writes them. */
export interface Literals {
  readonly numbers: readonly number[]
  readonly texts: readonly string[]
}
/** A reading that proves too little, and what it lacks, in words. */
export type Poor = readonly [string, Reading]
interface Proof {
  readonly method: string
  readonly args?: Reading
  readonly good: Reading
  readonly poor: (literals: Literals) => readonly Poor[]
}

const stringLiteral = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g

export function literalsIn(text: string): Literals {
  const texts = [...text.matchAll(stringLiteral)].map((match) => match[1] ?? match[2] ?? '')
  const rest = text.replace(stringLiteral, ' ')
  const numbers = [...rest.matchAll(/(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi)].map(([written]) => Number(written))
  return { numbers: numbers.filter(Number.isFinite), texts }
}

/** Whether it does more than compare: what is calculated may change its mind between any two values. */
export const calculates = (text: string): boolean => /[*/%+]|[\w)\]]\s*-/.test(text.replace(stringLiteral, ' '))

/** On, just beside and between all of them, and far beyond. */
export function around(marks: readonly number[]): readonly number[] {
  const sorted = [...new Set(marks)].sort((a, b) => a - b)
  const between = sorted.slice(1).map((mark, i) => (mark + (sorted[i] ?? mark)) / 2)
  const beside = sorted.flatMap((mark) => [mark - 1, mark - 0.001, mark, mark + 0.001, mark + 1])
  return [...new Set([...beside, ...between, (sorted.at(-1) ?? 0) * 2 + 1, 1e6, 1e15])]
}

/** Whole numbers from one upwards. */
export const countsAround = (marks: readonly number[]): readonly number[] =>
  [...new Set(around([1, 2, 10, 100, ...marks]).map(Math.floor))].filter(
    (count) => count > 0 && Number.isSafeInteger(count),
  )

const evidence = { found: true, passed: true, sinceHalt: true, ageMinutes: 5, at: '2026-01-05T15:00:00Z' }
const { ageMinutes: _age, ...ageless } = evidence
/** Older evidence opens nothing any more. */
const oldestMinutes = 60

function poorEvidence({ numbers, texts }: Literals): readonly Poor[] {
  const ages = around([0, oldestMinutes, 1440, ...numbers]).filter((age) => age >= 0)
  const aged = ages.map((ageMinutes) => ({ ...evidence, ageMinutes }))
  const moments = ['1970-01-01T00:00:00Z', ...texts]
  const dated = (reading: Reading): readonly Reading[] => [reading, ...moments.map((at) => ({ ...reading, at }))]
  const old = [...aged.filter(({ ageMinutes }) => ageMinutes >= oldestMinutes), ageless].flatMap(dated)
  const every = [...aged, ageless].flatMap(dated)
  return [
    ...every.flatMap((reading): readonly Poor[] => [
      ['passed', { ...reading, passed: false }],
      ['sinceHalt', { ...reading, sinceHalt: false }],
      ['passed', { ...reading, passed: false, sinceHalt: false }],
    ]),
    ...old.map((reading): Poor => [`an age below ${String(oldestMinutes)} minutes`, reading]),
    ['found', { found: false, passed: false, sinceHalt: false }],
  ]
}

const ticket = {
  id: 'INC-1',
  kind: 'incident',
  title: 'x',
  status: 'open',
  rootCause: 'x',
  fixVerifiedIn: 'staging',
  openedAt: '2026-01-05T15:00:00Z',
}
const { rootCause: _cause, ...causeless } = ticket
const { fixVerifiedIn: _fix, ...unverified } = ticket

function poorTickets({ numbers, texts }: Literals): readonly Poor[] {
  const lengths = numbers.flatMap((n) => [Math.floor(n) - 1, Math.floor(n), Math.floor(n) + 1])
  const long = lengths.filter((length) => length > 0 && length < 1000).map((length) => 'x'.repeat(length))
  const words = [...new Set(['x', 'staging', ...texts, ...long])]
  const others = [{}, { status: 'closed' }, ...words.flatMap((word) => [{ id: word }, { title: word }])]
  const lacking = [
    ...['', ...words].flatMap((fixVerifiedIn): readonly Poor[] => [
      ['rootCause', { ...causeless, fixVerifiedIn }],
      ['a rootCause that is not empty', { ...ticket, fixVerifiedIn, rootCause: '' }],
    ]),
    ...['', ...words].flatMap((rootCause): readonly Poor[] => [
      ['fixVerifiedIn', { ...unverified, rootCause }],
      ['a fixVerifiedIn that is not empty', { ...ticket, rootCause, fixVerifiedIn: '' }],
      ['a fix verified outside production', { ...ticket, rootCause, fixVerifiedIn: 'production' }],
    ]),
  ] as const
  return [
    ['found', { found: false }],
    ['a ticket', { found: true }],
    ...lacking.flatMap(([lack, poor]) =>
      others.map((other): Poor => [lack, { found: true, ticket: { ...poor, ...other } }]),
    ),
  ]
}

const kept = { name: 'x', inForce: '1', committed: '1', before: '1', looser: 'higher', softened: false }
/** Softened by hand, or by a commit. */
const softened = [
  { ...kept, inForce: '2', softened: true },
  { ...kept, inForce: '2', committed: '2', softened: true },
]

function poorLimits({ numbers, texts }: Literals): readonly Poor[] {
  const counts = countsAround(numbers)
  return [
    ['a limit that was read', { softened: 0, limits: [] }],
    ...softened.flatMap((loose) => [
      ...[[loose], [loose, kept], [kept, loose], [kept, kept, loose]].map((limits): Poor => [
        'softened',
        { softened: 1, limits },
      ]),
      ...texts.map((name): Poor => ['softened', { softened: 1, limits: [{ ...loose, name }] }]),
      ...counts.map((count): Poor => ['softened', { softened: count, limits: [loose, kept] }]),
    ]),
  ]
}

/** Only what has an entry here can be claimed. */
export const proofs: Readonly<Partial<Record<Fact, Proof>>> = {
  reconciled: {
    method: 'desk.evidence',
    args: { event: reconciledEvent },
    good: evidence,
    poor: poorEvidence,
  },
  'cause-known': { method: 'tickets.latestIncident', good: { found: true, ticket }, poor: poorTickets },
  'limits-kept': { method: 'risk.limits', good: { softened: 0, limits: [kept] }, poor: poorLimits },
}
