/** Screens of one question: 80x24 without scrolling. Pure: what goes in is data, what comes out is text. */
import { cut, shown, table, wrap } from './layout.ts'
import { type Style, toned } from './style.ts'
import { displayWidth } from '../../source/visible.ts'
import type { Evidence } from '../../model/journal.ts'
import { type InForce, wordsFor } from '../../model/standing.ts'
import type { Ask } from '../../walk/ports.ts'

export interface Look {
  readonly desk: string
  readonly standing: InForce
  readonly width: number
  readonly style: Style
}
const screenRows = 24
const mostRows = 10
const fewestRows = 3
/** The line of state, rules and blank lines, where evidence comes from and what it says, two rows of keys, the cursor, a complaint. */
const rowsBesides = 12
/** Around plain facts: the line of state, rules and blank lines, the title, two rows of keys, the cursor, a complaint. */
const rowsAroundFacts = 9
/** Of a question that stands beneath what was told of it. */
const briefRows = 3

/** The desk, its state in words, and where one is. */
export function headLine({ desk, standing, width, style }: Look, where: string): string {
  const state = wordsFor(standing)
  const left = `${desk}  ${toned(style, state)}`
  const room = width - displayWidth(`${desk}  ${state}`)
  const right = cut(where, Math.max(0, room - 2))
  return `${left}${' '.repeat(Math.max(2, room - displayWidth(right)))}${right}`
}

/** What was seen, a line per value and a table per list, cut where it would not fit. */
export function evidenceLines(evidence: Evidence, width: number, rows: number): readonly string[] {
  const head = cut(`  ${evidence.source}, ${evidence.asOf}`, width)
  const reason = evidence.reason === undefined ? [] : wrap(evidence.reason, width, '    ')
  const all = [...reason, ...observedLines(evidence.observed, width)]
  return [head, ...clipped(all, rows, '    ')]
}

/** The rest is what `?` tells. */
const clipped = (lines: readonly string[], rows: number, indent: string): readonly string[] =>
  lines.length <= rows
    ? lines
    : [...lines.slice(0, rows - 1), `${indent}… ${String(lines.length - rows + 1)} more: ? shows all`]

function observedLines(observed: unknown, width: number): readonly string[] {
  if (observed === undefined || observed === null) return []
  if (!isRecord(observed)) return table([['', shown(observed)]], width, '    ')
  const values = Object.entries(observed).flatMap(fieldsOf)
  const plain = values.filter(([, value]) => recordsIn(value) === undefined)
  return [
    ...table(
      plain.map(([name, value]) => [name, shown(value)]),
      width,
      '    ',
    ),
    ...values.flatMap(([, value]) => listLines(recordsIn(value), width)),
  ]
}

/** What lies within a mapping under names of its own: `ticket.title`. */
const fieldsOf = ([name, value]: readonly [string, unknown]): readonly (readonly [string, unknown])[] =>
  isRecord(value) ? Object.entries(value).map(([inner, each]) => [`${name}.${inner}`, each]) : [[name, value]]

type Item = Readonly<Record<string, unknown>>

/** A row for each, the unusual ones first; the names of the fields stand above. */
function listLines(items: readonly Item[] | undefined, width: number): readonly string[] {
  if (items === undefined) return []
  const names = [...new Set(items.flatMap((item) => Object.keys(item)))]
  return table(
    [names, ...unusualFirst(items).map((item) => names.map((name) => (name in item ? shown(item[name]) : '')))],
    width,
    '    ',
  )
}

/** What is true of an item and not of most others is what the reader looks for, and a list may be cut after a few rows. */
function unusualFirst(items: readonly Item[]): readonly Item[] {
  const flagsOf = (item: Item): string => JSON.stringify(Object.entries(item).filter(([, value]) => value === true))
  const counts = new Map<string, number>()
  for (const flags of items.map(flagsOf)) counts.set(flags, (counts.get(flags) ?? 0) + 1)
  const commonness = (item: Item): number => counts.get(flagsOf(item)) ?? 0
  return items.toSorted((one, other) => commonness(one) - commonness(other))
}

const isRecord = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value)
const recordsIn = (value: unknown): readonly Item[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord) ? value : undefined

const rule = (width: number): string => '-'.repeat(width)

/** Where one is and what is asked, and nothing else: beneath what `?` tells, which must not scroll away. */
export const briefScreen = (asked: string, where: string, look: Look): string =>
  [
    headLine(look, where),
    rule(look.width),
    ...clipped(wrap(asked, look.width), briefRows, '').map((line) => look.style.bold(line)),
    '',
  ].join('\n')

/** The whole question, to be told by `?` where it does not fit beneath; else nothing. */
export const longQuestion = (asked: string, { width }: Look): readonly string[] =>
  wrap(asked, width).length <= briefRows ? [] : factLines([asked], width)

/** The question, its links and its evidence. The keys follow it. */
export function questionScreen(ask: Extract<Ask, { kind: 'answer' }>, look: Look): string {
  const { width, style } = look
  const { graph, text, probe, node } = ask
  const asked = wrap(text, width)
  const rows = Math.max(fewestRows, Math.min(mostRows, screenRows - rowsBesides - asked.length - ask.look.length))
  const seen =
    probe === undefined
      ? []
      : [
          ...evidenceLines(probe.evidence, width, rows),
          node.who === 'person'
            ? `  The evidence says ${probe.answer ?? 'nothing certain'}; only a person answers this.`
            : `  The probe says ${style.bold(probe.answer ?? 'unsure')}.`,
        ]
  return [
    headLine(look, `${graph} ${node.id}`),
    rule(width),
    ...asked.map((line) => style.bold(line)),
    ...ask.look.map((line) => cut(`  look: ${line}`, width)),
    ...(seen.length === 0 ? [] : ['', ...seen]),
    '',
  ].join('\n')
}

/** In one word whether it looks, acts, asks or walks another procedure; the method itself is told by `?`. */
const verbOf = (does: string): string =>
  does.includes('/') ? 'run' : does.includes('.') ? 'do' : does === 'attest' ? 'say' : does

/** What a leaf found and what it offers to do. */
export function offerScreen(ask: Extract<Ask, { kind: 'act' }>, look: Look): string {
  const { width, style } = look
  const { node, graph } = ask
  const offers = ask.offers.map((offer, i) => [`${String(i + 1)}.`, verbOf(offer.does), offer.title])
  return [
    headLine(look, `${graph} ${node.id}`),
    rule(width),
    `${style.bold(node.leaf.toUpperCase())}  ${style.bold(cut(node.title, width - 14))}`,
    ...wrap(node.because, width, '  '),
    '',
    'What it does:',
    ...table(offers, width),
    '',
  ].join('\n')
}

/** What else a person decides about: `facts` are cut where there is no room for them, `below` is always there. */
export interface Told {
  readonly facts: readonly string[]
  readonly below: readonly string[]
}

/** Everything else that waits for a person: a title, what is asked, and facts. */
export function plainScreen(title: string, where: string, { facts, below }: Told, look: Look): string {
  const last = factLines(below, look.width)
  const room = Math.max(fewestRows, screenRows - rowsAroundFacts - last.length)
  return [
    headLine(look, where),
    rule(look.width),
    look.style.bold(title),
    ...clipped(factLines(facts, look.width), room, '  '),
    ...last,
    '',
  ].join('\n')
}

export const factLines = (facts: readonly string[], width: number): readonly string[] =>
  facts.flatMap((fact) => wrap(fact, width, '  '))
