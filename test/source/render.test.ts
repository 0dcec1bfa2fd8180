import { describe, expect, it } from 'vitest'
import { sortFindings, type Finding } from '../../src/source/diagnostic.ts'
import type { SourceFile } from '../../src/source/file.ts'
import { renderGithub } from '../../src/source/render/github.ts'
import { renderJson } from '../../src/source/render/json.ts'
import { renderJunit } from '../../src/source/render/junit.ts'
import { renderText } from '../../src/source/render/text.ts'

const fileOf = (text: string, path = 'x.yaml'): ReadonlyMap<string, SourceFile> => new Map([[path, { path, text }]])
const at = (text: string, token: string, more: Partial<Finding> = {}): Finding => ({
  rule: 'expr/unknown-field',
  severity: 'error',
  message: 'no such field',
  span: { file: 'x.yaml', start: text.indexOf(token), end: text.indexOf(token) + token.length },
  ...more,
})
/** The source line and the carets below it. */
const excerpt = (text: string, token: string): readonly string[] =>
  renderText([at(text, token)], fileOf(text))
    .split('\n')
    .slice(1, 3)

describe('renderText', () => {
  it('shows the place, the line, carets under the token, the hint and what belongs to it', () => {
    const text = 'a: 1\nexpect: result.nann > 1\n'
    const finding = at(text, 'nann', {
      hint: 'did you mean "nan"?',
      related: [{ message: 'declared here', span: { file: 'x.yaml', start: 0, end: 1 } }],
    })
    expect(renderText([finding], fileOf(text))).toBe(
      [
        'x.yaml:2:16: error[expr/unknown-field] no such field',
        '  expect: result.nann > 1',
        '                 ^^^^',
        '  hint: did you mean "nan"?',
        '  x.yaml:1:1: declared here',
        '',
      ].join('\n'),
    )
  })

  it.each([
    ['tabs', 'a:\t\tbad', ['  a:  bad', '      ^^^']],
    ['wide characters', 'a: 東京 bad', ['  a: 東京 bad', '          ^^^']],
    ['a wide token', 'a: 東京', ['  a: 東京', '     ^^^^']],
    ['joining marks', 'a: e\u0301 bad', ['  a: e\u0301 bad', '       ^^^']],
    ['several lines', 'a: bad\nx: y', ['  a: bad', '     ^^^']],
    ['Windows line ends', 'a: bad\r\nx: y', ['  a: bad', '     ^^^']],
  ])('puts the carets right after %s', (_, text, expected) => {
    const token = text.includes('bad\n') ? 'bad\nx: y' : text.includes('bad') ? 'bad' : '東京'
    expect(excerpt(text, token)).toEqual(expected)
  })

  it('puts one caret under a tab', () => {
    expect(excerpt('a:\n\tb: 1\n', '\t')).toEqual(['   b: 1', '  ^'])
  })

  it('shows a part of a very long line', () => {
    const [line = '', carets = ''] = excerpt(`${'😀'.repeat(500)}bad${'y'.repeat(5000)}`, 'bad')
    expect(line.length).toBeLessThan(200)
    expect(line).not.toMatch(/\p{Surrogate}/u)
    expect(carets.trim()).toBe('^^^')
  })

  it('lets no control character of the input reach the terminal', () => {
    const text = 'a: \u001b[2J\u0007 bad\u202e'
    const output = renderText([at(text, 'bad', { message: 'not "\u001b[31m\n"', hint: '\u0000' })], fileOf(text))
    expect(output).toContain('not "\\u001b[31m\\n"')
    expect(output).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })

  it('names a file that could not be read', () => {
    expect(renderText([at('x', 'x')], new Map())).toBe('x.yaml:1:1: error[expr/unknown-field] no such field\n')
  })
})

describe('renderJson', () => {
  it('has exactly the fields of the contract', () => {
    const text = 'a: 1\nb: bad\n'
    expect(JSON.parse(renderJson([at(text, 'bad', { hint: 'h' }), at(text, 'a')], fileOf(text)))).toEqual([
      {
        file: 'x.yaml',
        line: 2,
        column: 4,
        severity: 'error',
        code: 'expr/unknown-field',
        message: 'no such field',
        hint: 'h',
      },
      { file: 'x.yaml', line: 1, column: 1, severity: 'error', code: 'expr/unknown-field', message: 'no such field' },
    ])
  })
})

describe('renderGithub', () => {
  it('escapes data and properties', () => {
    const text = 'a: bad\n'
    const finding = {
      ...at(text, 'bad', { message: '50% is\nnot, so: ::error::' }),
      span: { file: 'a,b:c.yaml', start: 3, end: 6 },
    }
    expect(renderGithub([finding], fileOf(text, 'a,b:c.yaml'))).toBe(
      '::error file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=4,endColumn=7,title=expr/unknown-field::50%25 is\\nnot, so: ::error::\n',
    )
  })
})

describe('renderJunit', () => {
  it('escapes XML, and reports clean files as passed and warnings as output', () => {
    const text = 'a: bad\n'
    const files = new Map([...fileOf(text), ['ok.yaml', { path: 'ok.yaml', text: 'a: 1' }]])
    const report = renderJunit(
      [at(text, 'bad', { message: '"<a>" & \u0000' }), at(text, 'a', { severity: 'warning' })],
      files,
    )
    expect(report).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="desk lint" tests="3" failures="1">
  <testsuite name="x.yaml" tests="2" failures="1">
    <testcase classname="x.yaml" name="expr/unknown-field x.yaml:1:4"><failure type="expr/unknown-field" message="&quot;&lt;a&gt;&quot; &amp; \\u0000">x.yaml:1:4: &quot;&lt;a&gt;&quot; &amp; \\u0000</failure></testcase>
    <testcase classname="x.yaml" name="expr/unknown-field x.yaml:1:1"><system-out>x.yaml:1:1: no such field</system-out></testcase>
  </testsuite>
  <testsuite name="ok.yaml" tests="1" failures="0">
    <testcase classname="ok.yaml" name="lint"/>
  </testsuite>
</testsuites>
`)
  })
})

describe('sortFindings', () => {
  it('orders by file and place and says nothing twice', () => {
    const text = 'a: bad\n'
    const [a, bad] = [at(text, 'a'), at(text, 'bad')]
    const other = { ...a, span: { ...a.span, file: 'B.yaml' } }
    expect(sortFindings([bad, a, other, { ...bad }])).toEqual([other, a, bad])
  })
})
