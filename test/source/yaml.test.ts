import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { positionAt } from '../../src/source/file.ts'
import { decodeUtf8, maxDocumentSize } from '../../src/source/utf8.ts'
import { parseYaml, type PNode } from '../../src/source/yaml.ts'

const parse = (text: string) => parseYaml({ path: 'x.yaml', text })

/** `rule@line:column` of each finding. */
const found = (text: string): readonly string[] =>
  parse(text).findings.map((f) => {
    const { line, column } = positionAt({ path: 'x.yaml', text }, f.span.start)
    return `${f.rule}@${String(line)}:${String(column)}`
  })

const plain = (node: PNode | undefined): unknown =>
  node === undefined
    ? undefined
    : node.kind === 'scalar'
      ? node.value
      : node.kind === 'seq'
        ? node.items.map(plain)
        : Object.fromEntries(node.entries.map((e) => [e.key, plain(e.value)]))

describe('parseYaml', () => {
  it('reads YAML 1.2 core: no and on are text, quotes are kept off numbers', () => {
    const text =
      'no: q2\nyes: q1\non: on\nn: 0x10\nm: 1_000\nf: 1e3\nd: 2026-01-01\nq: 0.10\nw: 5:30\nb: true\nz:\nl: [a, {b: c}]\n'
    expect(parse(text).findings).toEqual([])
    expect(plain(parse(text).root)).toEqual({
      no: 'q2',
      yes: 'q1',
      on: 'on',
      n: 16,
      m: '1_000',
      f: 1000,
      d: '2026-01-01',
      q: 0.1,
      w: '5:30',
      b: true,
      z: null,
      l: ['a', { b: 'c' }],
    })
  })

  it('gives every node its place', () => {
    const text = 'a:\n  - id: one\n    n: 10 # ten\nb: "x y"\n'
    const { root } = parse(text)
    const spans: string[] = []
    const walk = (node: PNode): void => {
      spans.push(text.slice(node.span.start, node.span.end))
      if (node.kind === 'seq') node.items.forEach(walk)
      if (node.kind === 'map')
        for (const entry of node.entries) {
          spans.push(text.slice(entry.keySpan.start, entry.keySpan.end))
          walk(entry.value)
        }
    }
    if (root !== undefined) walk(root)
    expect(spans).toEqual([
      'a:\n  - id: one\n    n: 10 # ten\nb: "x y"',
      'a',
      '- id: one\n    n: 10',
      'id: one\n    n: 10',
      'id',
      'one',
      'n',
      '10',
      'b',
      '"x y"',
    ])
  })

  it.each([
    ['a tag eats half of an expression', 'expect: !a && b\n', ['yaml/tag@1:9']],
    ['a known tag', 'a: !!str 5\n', ['yaml/tag@1:4']],
    ['an anchor', 'a: &x 1\n', ['yaml/anchor@1:4']],
    ['an alias', 'a: *x\n', ['yaml/alias@1:4']],
    ['an anchor, an alias and a merge', 'a: &x {b: 1}\nc:\n  <<: *x\n', ['yaml/anchor@1:4', 'yaml/alias@3:7']],
    ['a merge key', 'a:\n  <<: {b: 1}\n', ['yaml/merge@2:3']],
    ['a directive', '%YAML 1.1\n---\na: yes\n', ['yaml/directive@1:1']],
    ['two documents', '---\na: 1\n---\nb: 1\n', ['yaml/documents@3:1']],
    ['two documents, the first without its marker', '# first\na: 1\n---\nb: 1\n', ['yaml/documents@3:1']],
    ['three documents', 'a: 1\n--- b\n---\nc: 1\n', ['yaml/documents@2:1', 'yaml/documents@3:1']],
    ['an empty document before', '---\n---\na: 1\n', ['yaml/documents@2:1']],
    ['an empty document behind', 'a: 1\n---\n', ['yaml/documents@2:1']],
    ['something behind the end', 'a: 1\n...\nb: 1\n', ['yaml/documents@3:1']],
    ['a marker behind the end', 'a: 1\n...\n---\nb: 1\n', ['yaml/documents@3:1']],
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', ['yaml/duplicate-key@3:1']],
    ['keys that are no text', '1: a\ntrue: b\n? [c]\n: d\n', ['yaml/key@1:1', 'yaml/key@2:1', 'yaml/key@3:3']],
    ['an empty file', '', ['yaml/empty@1:1']],
    ['comments only', '# nothing\n', ['yaml/empty@1:1']],
    ['a byte order mark', '\ufeffa: 1\n', ['yaml/byte-order-mark@1:1']],
    ['NUL and escape', 'a: \u0000\nb: \u001b[2J\n', ['yaml/hidden-character@1:4', 'yaml/hidden-character@2:4']],
    ['a control character behind an escape', 'a: "x\\e[2J"\n', ['yaml/hidden-character@1:6']],
    ['a directional override', 'a: x\u202ey\n', ['yaml/hidden-character@1:5']],
    ['half of a surrogate pair', 'a: x\ud83d\n', ['yaml/hidden-character@1:5']],
    ['a lone carriage return', 'a: 1\rb: 2\n', ['yaml/line-break@1:5']],
    [
      'numbers out of range',
      'a: 1e400\nb: 9007199254740993\nc: 1e-400\nd: .nan\ne: -.inf\n',
      [1, 2, 3, 4, 5].map((n) => `yaml/number@${String(n)}:4`),
    ],
    ['a number that loses its zeros', 'id: 007\n', ['yaml/number@1:5']],
    ['text after a quoted scalar', 'expect: "a" in result.l\n', ['yaml/syntax@1:13']],
    ['braces without quotes, once', 'a: { b: x-${{ c }}-${{ d }} }\n', ['yaml/syntax@1:12']],
    ['a mapping in one line', 'title: a: b\n', ['yaml/syntax@1:8']],
    ['an unclosed quote', 'a: "x\n', ['yaml/syntax@2:1']],
    ['a tab as indentation', 'a:\n\tb: 1\n', ['yaml/syntax@2:1']],
  ])('refuses %s', (_, text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  it.each(['---\na: 1\n', '# first\n---\n# second\na: 1\n', 'a: 1\n...\n', 'a: 1\n...\n# behind\n', 'a: |\n  ---x\n'])(
    'one document, however it is marked: %j',
    (text) => {
      expect(found(text)).toEqual([])
    },
  )

  it('names the earlier place of a duplicate and keeps the first value', () => {
    const { root, findings } = parse('a: 1\na: 2\n')
    expect(findings[0]?.related).toEqual([
      { message: 'it stands here already', span: { file: 'x.yaml', start: 0, end: 1 } },
    ])
    expect(plain(root)).toEqual({ a: 1 })
  })

  it('has no root where the text cannot be trusted', () => {
    for (const text of ['a: !b c', 'a: [1', 'a: &b c', '', 'a: \u0007']) expect(parse(text).root).toBeUndefined()
  })

  it.each([
    ['64 levels pass', `${'['.repeat(64)}${']'.repeat(64)}`, []],
    ['65 do not', `${'['.repeat(65)}${']'.repeat(65)}`, ['yaml/too-deep@1:65']],
    ['64 blocks pass', `${'- '.repeat(63)}x`, []],
    ['65 blocks do not', `${'- '.repeat(65)}x`, ['yaml/too-deep@1:129']],
    [
      'nested by indentation',
      Array.from({ length: 70 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      ['yaml/too-deep@65:65'],
    ],
  ])('bounds the depth: %s', (_, text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  const size = maxDocumentSize
  it.each([
    ['flow sequences', '['.repeat(size)],
    ['flow mappings', '{a: '.repeat(size / 4)],
    ['block sequences', '- '.repeat(size / 2)],
    ['explicit keys', '? '.repeat(size / 2)],
    ['indentation', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['indented text', `a:\n${' '.repeat(size - 10)}"x\n y"`],
    ['tags', '!'.repeat(size)],
    ['documents', '---\n'.repeat(size / 4)],
    ['anchors', Array.from({ length: 50_000 }, (_, i) => `a${String(i)}: &a${String(i)} x`).join('\n')],
    ['control characters', '\u0007'.repeat(size)],
    ['commas', `[${','.repeat(size - 2)}]`],
    ['colons', ':'.repeat(size)],
    ['keys twice', 'a: 1\n'.repeat(size / 5)],
    ['too much', 'a'.repeat(size + 1)],
  ])('refuses a mebibyte of %s with few findings', (_, text) => {
    const { findings } = parse(text)
    expect(findings.length).toBeGreaterThan(0)
    expect(findings.length).toBeLessThanOrEqual(20)
  })

  it.each([
    ['keys', Array.from({ length: 25_000 }, (_, i) => `aVeryLongKeyOfThirtyCharacters${String(i)}: x`).join('\n')],
    ['blank lines in quotes', `a: "${'\n'.repeat(size - 10)} "`],
    ['escapes', `a: "${'\\x41'.repeat(size / 4 - 2)}"`],
    ['blanks in quotes', `a: '${' '.repeat(size - 10)}x'`],
    ['lines of a block', `a: |\n${' x\n'.repeat(size / 3 - 3)}`],
    ['comments', `${'#\n'.repeat(size / 2 - 10)}a: 1`],
  ])('reads a mebibyte of %s', (_, text) => {
    const { root, findings } = parse(text)
    expect(findings).toEqual([])
    const value = root?.kind === 'map' ? root.entries[0]?.value : undefined
    expect(value?.kind === 'scalar' ? value.offsets.length : 0).toBe(
      (value?.kind === 'scalar' ? value.text.length : -2) + 1,
    )
  })
})

describe('parseYaml never throws', () => {
  const sample =
    'kind: runbook\nsteps:\n  - id: a\n    expect: "x > 1 && y"\n    with: { a: [1, "${{ b }}"] }\n    text: |\n      one\n       two\n'
  const withinText = (text: string): void => {
    for (const { span } of parse(text).findings) {
      expect(span.start).toBeGreaterThanOrEqual(0)
      expect(span.end).toBeGreaterThanOrEqual(span.start)
      expect(span.end).toBeLessThanOrEqual(text.length + 1)
    }
  }
  const touch = (node: PNode | undefined): void => {
    if (node?.kind === 'map') for (const entry of node.entries) touch(entry.value)
    if (node?.kind === 'seq') node.items.forEach(touch)
    if (node?.kind === 'scalar') expect(node.offsets.length).toBe(node.text.length + 1)
  }

  it('on random text', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(...Array.from('-?:,[]{}#&*!|>\'"%@`<~\\ \t\n\r01ax=\u0000é😀\ufeff')),
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
        withinText(text)
        touch(parse(text).root)
      }),
      { numRuns: 3000 },
    )
  })

  it('on random bytes, and says where they are no UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const { file, findings } = decodeUtf8('x.yaml', bytes)
        expect(findings.length === 0).toBe(Buffer.from(bytes).equals(Buffer.from(file.text)))
        if (findings.length === 0) withinText(file.text)
      }),
      { numRuns: 3000 },
    )
  })

  it('on every beginning of a document, and with every character of it changed', () => {
    for (let end = 0; end <= sample.length; end++) {
      withinText(sample.slice(0, end))
      for (const other of ['&', '\t', '"', ':', '\n']) withinText(sample.slice(0, end) + other + sample.slice(end + 1))
    }
  })
})

describe('decodeUtf8', () => {
  it.each([
    ['a stray continuation byte', [0x61, 0x3a, 0x20, 0x80], 3],
    ['a cut character', [0xc3, 0xa9, 0xe2, 0x82], 1],
    ['an overlong form', [0x61, 0xc0, 0x80, 0x62], 1],
    ['a surrogate', [0xed, 0xa0, 0x80], 0],
    ['Latin-1', [0xf0, 0x9f, 0x98, 0x80, 0xe9, 0x0a], 2],
  ])('finds %s', (_, bytes, start) => {
    expect(decodeUtf8('x.yaml', Uint8Array.from(bytes)).findings.map((f) => [f.rule, f.span.start])).toEqual([
      ['yaml/utf8', start],
    ])
  })

  it('refuses more than a mebibyte without decoding it', () => {
    const { file, findings } = decodeUtf8('x.yaml', new Uint8Array(maxDocumentSize + 1))
    expect(file.text).toBe('')
    expect(findings.map((f) => f.rule)).toEqual(['yaml/too-large'])
  })
})
