/** What was explained, as lines for people. */
import { table, wrap } from './layout.ts'
import { displayWidth } from '../../source/visible.ts'
import type { Style } from './style.ts'
import type { Explained } from '../explain/find.ts'
import type { KeyTold } from '../explain/types.ts'

type Of<K extends Explained['kind']> = Extract<Explained, { readonly kind: K }>

export function explainedLines(told: Explained, width: number, style: Style): readonly string[] {
  const head: Head = (text, note) =>
    displayWidth(text + note) + 4 > width
      ? [...wrap(text, width).map((line) => style.bold(line)), ...wrap(`(${note})`, width, '  ')]
      : [`${style.bold(text)}${note === '' ? '' : `  (${note})`}`]
  switch (told.kind) {
    case 'topic':
      return told.text.split('\n')
    case 'field':
      return fieldLines(told, width, head)
    case 'method':
      return methodLines(told, width, head)
    case 'procedure':
      return procedureLines(told, width, head)
    case 'step':
      return stepLines(told, width, head)
    case 'rule': {
      const { example } = told
      return [
        ...head(told.name, 'a rule of documents'),
        ...wrap(told.about, width, '  '),
        ...(example === undefined ? [] : ['', 'Broken, it reads', ...example.findings.split('\n')]),
      ]
    }
    case 'exit-code':
      return [
        ...head(`exit code ${told.name}`, ''),
        ...wrap(told.meaning, width, '  '),
        ...listed('Errors that end so', told.errors, width),
        ...next('desk help exit-codes   all of them'),
      ]
    case 'error':
      return [
        ...head(told.name, 'an error'),
        ...table(
          told.exits.map(({ code, meaning }) => [`exit ${String(code)}`, meaning]),
          width,
        ),
        ...(told.says.length === 0 ? [] : ['', 'It says', ...told.says.flatMap((each) => wrap(each, width, '  '))]),
      ]
  }
}

/** The note goes on a line of its own where it does not fit. */
type Head = (text: string, note: string) => readonly string[]

function fieldLines({ name, meanings }: Of<'field'>, width: number, head: Head): readonly string[] {
  const path = meanings.length === 1 ? [] : [...head(name, 'depends on the form of the step'), '']
  return [
    ...path,
    ...meanings.flatMap(({ form, type, needed, meaning, keys }, i) => [
      ...(i === 0 ? [] : ['']),
      ...head(meanings.length === 1 ? name : (form ?? name), [type, needed ? 'needed' : 'may be left out'].join(', ')),
      ...(meanings.length === 1 && form !== undefined ? wrap(`of steps with ${form}`, width, '  ') : []),
      ...wrap(plain(meaning), width, '  '),
      ...keyLines('Keys', keys, width, 'needed'),
    ]),
    ...(meanings.some(({ keys }) => keys.length > 0) ? next(`desk explain ${name}.<key>`) : []),
  ]
}

function methodLines(told: Of<'method'>, width: number, head: Head): readonly string[] {
  const effect =
    told.effect === 'none'
      ? 'It only reads.'
      : `${told.effect === 'idempotent' ? 'It may be repeated' : 'It happens once and is never repeated'}; ${
          told.risk === 'neutral' ? 'it changes no risk' : `it ${told.risk} risk`
        }${told.loosens ? '; it loosens' : ''}${told.tightens ? '; it tightens' : ''}.`
  return [
    ...head(told.name, told.effect === 'none' ? 'for `check`' : 'for `do`'),
    ...wrap(told.summary, width, '  '),
    ...wrap(effect, width, '  '),
    ...(told.secret.length === 0 ? [] : wrap(`Never in a log: ${told.secret.join(', ')}.`, width, '  ')),
    ...keyLines('Arguments', told.arguments, width, 'needed'),
    ...keyLines('Result', told.result, width, 'optional'),
    ...listed('Used by', told.usedBy, width),
  ]
}

function procedureLines(told: Of<'procedure'>, width: number, head: Head): readonly string[] {
  const [kind = '', id = ''] = told.name.split('/')
  return [
    ...head(told.title, told.name),
    ...told.about.flatMap((text) => wrap(text, width, '  ')),
    ...(told.inputs.length === 0
      ? []
      : [
          '',
          'Inputs',
          ...table(
            told.inputs.map(({ name, type, needed, paper }) => [
              name,
              type,
              needed ? 'needed' : '',
              paper === undefined ? '' : `on paper ${paper}`,
            ]),
            width,
          ),
        ]),
    ...listed('Effects it may have', told.effects, width),
    ...listed('Calls', told.calls, width),
    ...listed('Called by', told.calledBy, width),
    ...next(
      `desk show ${id}   its ${String(told.steps)} steps`,
      `desk ${kind} ${id} --dry-run`,
      `desk explain ${id}/<step>`,
    ),
  ]
}

function stepLines(told: Of<'step'>, width: number, head: Head): readonly string[] {
  const { method } = told
  const ways = told.next.map(({ when, to, title }) => [when, to === '' ? title : to, to === '' ? '' : title])
  return [
    ...head(told.title, told.name),
    ...wrap(told.does, width, '  '),
    ...(method === undefined ? [] : wrap(`${method.name}: ${method.summary}; ${method.kind}`, width, '  ')),
    ...(told.written.length === 0 ? [] : ['', 'Written', ...written(told.written, width)]),
    ...keyLines('Arguments', method?.arguments ?? [], width, 'needed'),
    ...(ways.length === 0 ? [] : ['', 'Next', ...table(ways, width)]),
    ...(told.rules.length === 0
      ? []
      : [
          '',
          'Rules that look at it',
          ...table(
            told.rules.map(({ code, about }) => [code, plain(about)]),
            width,
          ),
        ]),
  ]
}

/** Expressions are told whole: what they ask is what the step is about. */
function written(rows: Of<'step'>['written'], width: number): readonly string[] {
  const keyWidth = Math.max(...rows.map(({ key }) => key.length))
  return rows.flatMap(({ key, value }) => {
    const [first = '', ...rest] = wrap(value, width - keyWidth - 4)
    return [`  ${key.padEnd(keyWidth)}  ${first}`, ...rest.map((line) => `${' '.repeat(keyWidth + 4)}${line}`)]
  })
}

/** One line each; a meaning goes on below where it does not fit. */
function keyLines(
  title: string,
  keys: readonly KeyTold[],
  width: number,
  marks: 'needed' | 'optional',
): readonly string[] {
  if (keys.length === 0) return []
  const mark = ({ needed }: KeyTold): string =>
    marks === 'needed' ? (needed ? 'needed' : '') : needed ? '' : 'may be absent: .hasValue()'
  const rows = keys.map((key) => [key.name, mark(key), key.meaning === undefined ? key.type : plain(key.meaning)])
  return [
    '',
    title,
    ...table(
      rows.map((row) => row.map((cell) => cell)),
      width,
    ),
  ]
}

const listed = (title: string, names: readonly string[], width: number): readonly string[] =>
  names.length === 0 ? [] : ['', title, ...wrap(names.join(', '), width, '  ')]

const next = (...commands: readonly string[]): readonly string[] => [
  '',
  ...commands.map((each, i) => `${i === 0 ? 'next: ' : '      '}${each}`),
]

/** Marks of pages are no words. */
const plain = (text: string): string => text.replaceAll('`', '')
