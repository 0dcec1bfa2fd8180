import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { scalarShape, shapeOf } from '../../src/expr/shape.ts'
import { Undetermined } from '../../src/expr/undetermined.ts'
import { parseYaml } from '../../src/source/yaml.ts'
import { renderText } from '../../src/source/render/text.ts'
import { compileExpression } from '../../src/expr/compile.ts'
import { valueAt } from '../support/nodes.ts'
import { compile, env, marks, variables } from './support.ts'

const evaluate = (text: string, given: Readonly<Record<string, unknown>> = env): unknown => {
  const { expr, findings } = compile(text, 'any')
  expect(findings, text).toEqual([])
  return expr?.evaluate(given)
}
const reasonOf = (run: () => unknown): string => {
  try {
    return `value ${String(run())}`
  } catch (error) {
    return error instanceof Undetermined ? error.reason : `not undetermined: ${String(error)}`
  }
}

describe('values', () => {
  it.each([
    ['result.count == 100 && result.maxAbsZ <= 3.0', true],
    ['result.maxAbsZ <= 3', true],
    ['result.maxAbsZ == 3', false],
    ['3 != result.maxAbsZ', true],
    ['result.legacy == 4', true],
    ['"ok" == result.status', true],
    ['result.status != "outage"', true],
    ['result.status in ["ok", "degraded"]', true],
    ['"outage" in result.statuses', false],
    ['result.status == prior.status', true],
    ['size(result.hosts) == config.hosts.inference && result.hosts.all(h, h.modelHash == prior.hash)', true],
    ['result.hosts[0].modelHash == result.hosts[1].modelHash', true],
    ['result.hosts.exists(h, h.gpu.hasValue() && h.gpu.value().load > 0.4)', true],
    ['result.note.orValue("none")', 'none'],
    ['result.next.hasValue()', false],
    ['result.qty == inputs.size', true],
    ['result.qty == decimal("100.5") && result.qty > 100 && 100 < result.qty && result.qty != 100', true],
    ['result.orders[0][1] > decimal("2")', true],
    ['decimal("2.5") in result.orders[0]', true],
    ['abs(result.qty - decimal("101")) <= decimal("0.5")', true],
    ['result.qty + decimal(1)', '101.5'],
    ['-result.qty < 0', true],
    [`size(result.hosts) > 0 && size(result.hosts.filter(h, h.modelHash != "x")) == 0`, true],
    [`size(result.hosts) > 0 && result.hosts.filter(h, h.modelHash != "x") == []`, true],
    ['result.hosts.map(h, h.name).join(",")', 'a,b'],
    ['string(result.status) + " " + string(result.count) + " " + string(result.qty)', 'ok 100 100.5'],
    ['result.status == "ok" ? "yes" : "no"', 'yes'],
    ['timestamp(result.asOf) < timestamp("2026-01-05T15:00:00Z")', true],
    ['duration("5m") > duration("60s")', true],
    ['result.hosts', env.result.hosts],
    ['result.status', 'ok'],
    ['result.statuses', ['ok', 'degraded']],
    ['result.note', undefined],
    ['result.count', 100],
    ['result.qty', '100.5'],
  ])('%s is %j', (text, expected) => {
    expect(evaluate(text)).toEqual(expected)
  })

  it('tells what it reads, without the names that it binds', () => {
    expect(
      compile('size(result.hosts) > 0 && result.hosts.all(h, h.modelHash == prior.hash)', 'bool').expr?.reads,
    ).toEqual(['prior', 'result'])
  })

  it('tells all texts that it may yield', () => {
    const texts = (text: string) => compile(text, 'string').possible?.map(({ value, span }) => [value, span.start])
    expect(texts('result.ok ? "yes" : result.count > 1 ? "no" : "unsure"')).toEqual([
      ['yes', 12],
      ['no', 39],
      ['unsure', 46],
    ])
    expect(texts('result.status')?.map(([value]) => value)).toEqual(['ok', 'degraded', 'outage'])
    expect(texts('result.ok ? "yes" : inputs.model')).toBeUndefined()
  })
})

describe('refused, at the exact place', () => {
  it.each([
    ['results.count > 1', 'unknown-variable «results»'],
    ['result.nann > 1', 'unknown-field «nann»'],
    ['size(result.hosts) > 0 && result.hosts.all(h, h.modelHsh == "x")', 'unknown-field «modelHsh»'],
    ['result.status == "okk"', 'enum «"okk"»'],
    ['"okk" != result.status', 'enum «"okk"»'],
    ['result.status in ["ok", "okk"]', 'enum «"okk"»'],
    ['"okk" in result.statuses', 'enum «"okk"»'],
    ['result.statuses.exists(s, s == "okk")', 'enum «"okk"»'],
    ['result.status < "ok"', 'type «result.status < "ok"»'],
    ['result.qty == "100.5"', 'type «result.qty == "100.5"»'],
    ['result.qty > 100.0', 'type «result.qty > 100.0»'],
    ['result.maxAbsZ * 2 > 1.0', 'type «result.maxAbsZ * 2»'],
    ['result.note == "a"', 'type «result.note == "a"»'],
    ['inputs.incident == "x"', 'type «inputs.incident == "x"»'],
    ['result.hosts.exists(h, h.gpu.load > 0.4)', 'optional «h.gpu.load > 0.4»'],
    ['result.hosts.exists(h, h.gpu.lod > 0.4)', 'optional «h.gpu.lod > 0.4»'],
    ['result.hosts.exists(h, h.gpu.lod.hasValue())', 'optional «h.gpu.lod»'],
    ['result.next == null', 'no-null «null»'],
    ['!has(result.error)', 'no-has «has(result.error)»'],
    ['result.?noet.hasValue()', 'no-optional-access «result.?noet»'],
    ['result[?"noet"].hasValue()', 'no-optional-access «result[?"noet"]»'],
    ['result["count"] == 1', 'dynamic «result["count"]»'],
    ['result[inputs.model] == 1', 'dynamic «result[inputs.model]»'],
    ['dyn(result).foo == 1', 'dynamic «dyn(result)»'],
    ['{"a": 1}.a == 1', 'no-map «{"a": 1}»'],
    ['1u == 1u', 'literal «1u»'],
    ['"a".matches("(a+)+b")', 'unknown-function «"a".matches("(a+)+b")»'],
    ['optional.of(1).hasValue()', 'unknown-function «optional.of(1)»'],
    ['result.hosts.sise() > 1', 'unknown-function «result.hosts.sise()»'],
    ['result.asOf < "2026"', 'text-order «result.asOf < "2026"»'],
    ['decimal("1,5") > 1', 'literal «"1,5"»'],
    ['timestamp("soon") < timestamp(result.asOf)', 'literal «"soon"»'],
    ['double("NaN") > 1.0', 'type «double("NaN")»'],
    ['result.ok == result.ok', 'same-operands «result.ok == result.ok»'],
    ['result.ok || true', 'constant «true»'],
    ['!false && result.ok', 'constant «false»'],
    ['result.hosts[0] == result.hosts[1]', 'type «result.hosts[0] == result.hosts[1]»'],
    ['result.hosts[0] in result.hosts', 'type «result.hosts[0] in result.hosts»'],
    ['result.status in []', 'constant «result.status in []»'],
    ['!(result.count in [])', 'constant «result.count in []»'],
    ['[].exists(x, x == 1)', 'constant «[].exists(x, x == 1)»'],
    ['result.ok && [][0] == 1', 'constant «[][0]»'],
    ['result.status in ([] + [])', 'type «result.status in ([] + [])»'],
    ['result.hosts.exists(result, true)', 'shadow «result»'],
    ['result.count', 'type «result.count»'],
    ['result.count >', 'syntax «»'],
    ['"abc', 'syntax «"abc»'],
    ['result.count == 1 &', 'syntax «&»'],
    ['if', 'syntax «if»'],
    ['', 'syntax «»'],
    ['1e400 > 1.0', 'syntax «1e400»'],
  ])('%s', (text, expected) => {
    const compiled = compile(text, 'bool')
    expect(marks(text, compiled)[0]).toBe(expected)
    expect(compiled.expr).toBeUndefined()
  })

  it.each([
    ['results.count > 1', 'did you mean "result"?'],
    ['result.cout > 1', 'did you mean "count"?'],
    ['inputs.modle == "x"', 'did you mean "model"?'],
    ['result.status == "degradd"', 'did you mean "degraded"?'],
    ['result.hosts.sise() > 1', 'did you mean "size"?'],
  ])('%s: %s', (text, hint) => {
    expect(compile(text, 'bool').findings[0]?.hint).toBe(hint)
  })

  it('what asks an empty list, in words of its own', () => {
    const messages = ['result.status in []', 'result.status in ([] + [])'].map(
      (text) => compile(text, 'bool').findings[0]?.message,
    )
    expect(messages).toEqual([
      'asks for members of an empty list: it is always the same',
      'uses a list that is always empty, so its members have no type',
    ])
    expect(compile('result.statuses == []', 'bool').findings).toEqual([])
  })

  it('what says nothing about the answer', () => {
    expect(marks('prior.hash == "x"', compile('prior.hash == "x"', 'bool', { mustRead: 'result' }))).toEqual([
      'reads-nothing «prior.hash == "x"»',
    ])
    expect(compile('result.ok', 'bool', { mustRead: 'result' }).findings).toEqual([])
  })

  it('what is too long, too deep or too large', () => {
    const texts = [
      '!'.repeat(5000),
      `${'('.repeat(1900)}1${')'.repeat(1900)}`,
      '!'.repeat(3990) + 'result.ok',
      `[${'1,'.repeat(200)}1] == []`,
    ]
    for (const text of texts) expect(compile(text, 'bool').expr, text.slice(0, 10)).toBeUndefined()
  })

  it('a caret under the token, in a file', () => {
    const file = {
      path: 'x.yaml',
      text: 'steps:\n  - id: a\n    expect: >-\n      size(result.hosts) > 0\n      && result.hosts.all(h, h.modelHsh == "x")\n',
    }
    const node = valueAt(parseYaml(file).root!, 'steps', 0, 'expect')
    if (node.kind !== 'scalar') throw new Error('no scalar')
    const { findings } = compileExpression({
      file: file.path,
      text: node.text,
      offsets: node.offsets,
      variables,
      expected: 'bool',
    })
    expect(renderText(findings, new Map([[file.path, file]]))).toBe(
      [
        'x.yaml:5:32: error[expr/unknown-field] h has no field "modelHsh"; it has name, modelHash, gpu',
        '        && result.hosts.all(h, h.modelHsh == "x")',
        '                                 ^^^^^^^^',
        '  hint: did you mean "modelHash"?',
        '',
      ].join('\n'),
    )
  })
})

describe('all() over a list that may be empty', () => {
  const all = 'result.hosts.all(h, h.modelHash == "x")'
  it.each([
    [all, false],
    [`size(result.hosts) > 0 && ${all}`, true],
    [`${all} && size(result.hosts) > 0`, true],
    [`result.ok && (size( result.hosts )>0 && (${all} || result.ok))`, true],
    [`0 < size(result.hosts) && ${all}`, true],
    [`result.hosts.size() >= 1 && ${all}`, true],
    [`size(result.hosts) != 0 && ${all}`, true],
    [`size(result.hosts) == 2 && ${all}`, true],
    [`size(result.hosts) == config.hosts.inference && ${all}`, true],
    [`size(result.hosts) > 0 ? ${all} : false`, true],
    [`size(result.hosts) == 0 || ${all}`, true],
    [`!(size(result.hosts) == 0) && !${all}`, true],
    [`size(result.hosts) > 0 || ${all}`, false],
    [`size(result.hosts) >= config.hosts.inference - 1 && ${all}`, true],
    [`size(result.hosts) > size(result.orders) && ${all}`, true],
    [`size(result.orders) > size(result.hosts) && ${all}`, false],
    [`size(result.hosts) == 0 && ${all}`, false],
    [`size(result.hosts) != 5 && ${all}`, false],
    [`size(result.hosts) < 5 && ${all}`, false],
    [`!(size(result.hosts) > 0) && ${all}`, false],
    [`size(result.hosts) == result.count && ${all}`, false],
    [`size(result.hosts) == size(result.orders) && ${all}`, false],
    [`size(result.hosts) == 1 - 1 && ${all}`, false],
    [`size(result.orders) > 0 && ${all}`, false],
    [`(size(result.hosts) > 0 || result.ok) && ${all}`, false],
    [`size(result.hosts) > 0 ? result.ok : ${all}`, false],
    ['size(result.orders) > 0 && result.orders.all(o, o.all(q, q > 0))', false],
    ['size(result.orders) > 0 && result.orders.all(o, size(o) > 0 && o.all(q, q > 0))', true],
    ['size(result.hosts) > 0 && result.hosts.map(h, h.name).all(n, n != "")', true],
    ['size(result.hosts) > 0 && result.hosts.filter(h, h.name != "").all(h, h.name != "x")', false],
    ['[1, 2].all(n, n > result.count)', true],
  ])('%s: %s', (text, allowed) => {
    expect(marks(text, compile(text, 'bool')).map((mark) => mark.split(' ')[0])).toEqual(allowed ? [] : ['vacuous-all'])
  })
})

describe('the same as all() in other words', () => {
  const some = 'result.hosts.exists(h, h.modelHash != "x")'
  const bad = 'result.hosts.filter(h, h.modelHash != "x")'
  const filled = 'size(result.hosts) > 0'
  it.each([
    [some, true],
    [`!${some}`, false],
    [`!!${some}`, true],
    [`${filled} && !${some}`, true],
    [`!${some} && ${filled}`, true],
    [`size(result.hosts) == config.hosts.inference && !${some}`, true],
    [`size(result.hosts) == 0 || !${some}`, true],
    [`!(result.ok || ${some})`, false],
    [`!(size(result.hosts) == 0 || ${some})`, true],
    [`!(result.ok || (size(result.hosts) > 5 || ${some}))`, false],
    [`!(result.ok && !(${some}))`, true],
    [`${some} == false`, false],
    [`${some} != true`, false],
    [`${some} == true`, true],
    [`${some} ? false : true`, false],
    [`${some} ? result.ok : !result.ok`, true],
    ['!result.hosts.exists_one(h, h.modelHash != "x")', false],
    [`size(${bad}) == 0`, false],
    [`${bad}.size() == 0`, false],
    [`0 == size(${bad})`, false],
    [`size(${bad}) < 1`, false],
    [`size(${bad}) <= 2`, false],
    [`!(size(${bad}) > 0)`, false],
    [`!(size(${bad}) != 0)`, false],
    [`${bad} == []`, false],
    [`!(${bad} != [])`, false],
    [`size(${bad}.map(h, h.name)) == 0`, false],
    [`size(${bad}) == size(result.hosts)`, false],
    [`size(${bad}) == result.count`, false],
    [`size(${bad}) == config.hosts.inference`, true],
    [`size(${bad}) > 0`, true],
    [`size(${bad}) >= 2`, true],
    [`${filled} && size(${bad}) == 0`, true],
    [`size(result.hosts) == 0`, true],
    ['!("x" in result.hosts.map(h, h.modelHash))', false],
    [`!("x" in ${bad}.map(h, h.modelHash))`, false],
    [`${filled} && !("x" in result.hosts.map(h, h.modelHash))`, true],
    ['"x" in result.hosts.map(h, h.modelHash)', true],
    ['!("ok" in result.statuses)', true],
    [`size(result.hosts) == size(${bad})`, false],
    [`size(result.hosts) > size(${bad})`, true],
    [`size(${bad}) in [0, 1]`, false],
    [`size(${bad}) in [1, 2]`, true],
    [`size(${bad}) + 0 == 0`, false],
    [`double(size(${bad})) < 0.5`, false],
    [`size(${bad}) * 100 < 5 * size(result.hosts) + 1`, false],
    [`size(${bad}) * 100 < 5 * size(result.hosts)`, true],
    [`${filled} && size(${bad}) * 100 <= 5 * size(result.hosts)`, true],
    [`${some} ? result.ok : true`, false],
    [`!(${some} ? true : result.ok)`, false],
    [`!(${some} ? false : result.ok)`, true],
    [`size(result.orders) > 0 && result.orders.all(o, !o.exists(q, q < 1))`, false],
    [`size(result.orders) > 0 && result.orders.all(o, size(o) > 0 && !o.exists(q, q < 1))`, true],
  ])('%s: %s', (text, allowed) => {
    expect(marks(text, compile(text, 'bool')).map((mark) => mark.split(' ')[0])).toEqual(allowed ? [] : ['vacuous-all'])
  })
})

describe('what is always the same', () => {
  it.each([
    ['1 == 1 || result.ok', 'constant «1 == 1»'],
    ['"a" in ["a"] || result.ok', 'constant «"a" in ["a"]»'],
    ['result.ok && !enough(true)', 'constant «enough(true)»'],
    ['size(result.hosts) >= 0', 'constant «size(result.hosts) >= 0»'],
    ['-1 < result.hosts.size()', 'constant «-1 < result.hosts.size()»'],
    ['size(result.hosts) != -1', 'constant «size(result.hosts) != -1»'],
    ['abs(result.maxAbsZ) >= 0.0', 'constant «abs(result.maxAbsZ) >= 0.0»'],
    ['string(result.status).contains("")', 'constant «string(result.status).contains("")»'],
    ['result.count != 1 || result.count != 2', 'constant «result.count != 1 || result.count != 2»'],
    ['result.count == 1 && result.count == 2', 'constant «result.count == 1 && result.count == 2»'],
    [
      '"ok" != result.status || result.status != "outage"',
      'constant «"ok" != result.status || result.status != "outage"»',
    ],
    ['result.count != 1 || result.count > 0', 'constant «result.count != 1 || result.count > 0»'],
    ['result.maxAbsZ > 3.0 || result.maxAbsZ < 5.0', 'constant «result.maxAbsZ > 3.0 || result.maxAbsZ < 5.0»'],
    ['result.maxAbsZ > 5.0 && 3.0 > result.maxAbsZ', 'constant «result.maxAbsZ > 5.0 && 3.0 > result.maxAbsZ»'],
    [
      'result.qty > inputs.size || result.qty <= inputs.size',
      'constant «result.qty > inputs.size || result.qty <= inputs.size»',
    ],
    ['result.ok || result.count > 1 || !result.ok', 'constant «result.ok || result.count > 1 || !result.ok»'],
    ['result.ok == true || result.ok == false', 'constant «result.ok == true || result.ok == false»'],
    ['result.status in ["ok", "degraded", "outage"]', 'constant «result.status in ["ok", "degraded", "outage"]»'],
    ['!(result.ok && !result.ok)', 'constant «result.ok && !result.ok»'],
    [
      'result.ok ? result.count > 1 : result.count > 1',
      'same-operands «result.ok ? result.count > 1 : result.count > 1»',
    ],
    ['result.hosts.exists(h, prior.hash == "x")', 'reads-nothing «prior.hash == "x"»'],
    ['size(result.hosts.filter(h, result.ok)) > 1', 'reads-nothing «result.ok»'],
  ])('%s', (text, expected) => {
    expect(marks(text, compile(text, 'bool'))).toEqual([expected])
  })

  it.each([
    'size(result.hosts) >= 1',
    'size(result.hosts) > 0',
    'result.count >= 0',
    'result.count != 1 && result.count != 2',
    'result.count == 1 || result.count == 2',
    'result.count != 1 || result.legacy != 2',
    'result.count != 1 || result.count == 2',
    'result.count != 1 || result.count > 1',
    'result.count > result.hosts.size() || result.count < result.legacy',
    'result.maxAbsZ > 3.0 && result.maxAbsZ < 5.0',
    'result.maxAbsZ < 3.0 || result.maxAbsZ > 3.0',
    'result.maxAbsZ < 3.0 || result.maxAbsZ > 5.0',
    'result.status in ["ok", "degraded"]',
    'result.status == "ok" || result.status == "degraded"',
    'result.ok || !result.hosts[0].gpu.hasValue()',
    'result.hosts.map(h, "x") == ["x"]',
    'string(result.status).contains("o")',
  ])('not: %s', (text) => {
    expect(marks(text, compile(text, 'bool'))).toEqual([])
  })
})

describe('value() of what may be absent', () => {
  it.each([
    ['result.note.value() == "a"', false],
    ['result.note.hasValue() && result.note.value() == "a"', true],
    ['result.note.value() == "a" && result.note.hasValue()', false],
    ['!result.note.hasValue() || result.note.value() == "a"', true],
    ['result.note.hasValue() || result.note.value() == "a"', false],
    ['result.note.hasValue() ? result.note.value() == "a" : false', true],
    ['result.note.hasValue() ? false : result.note.value() == "a"', false],
    ['result.next.hasValue() && result.note.value() == "a"', false],
    ['result.hosts.exists(h, h.gpu.hasValue()) && result.hosts.exists(h, h.gpu.value().load > 0.4)', false],
  ])('%s: %s', (text, allowed) => {
    expect(marks(text, compile(text, 'bool')).map((mark) => mark.split(' ')[0])).toEqual(
      allowed ? [] : ['unguarded-value'],
    )
  })
})

describe('undetermined, never false', () => {
  it.each([
    ['a list that is too short', 'result.hosts[5].modelHash == "x"', 'failed'],
    ['a division by zero', 'result.count / 0 > 1', 'failed'],
    ['a fraction divided by zero', '!(result.maxAbsZ / 0.0 > 3.0)', 'not-exact'],
    ['a fraction divided by zero in a macro', 'size(result.zs) > 0 && result.zs.all(n, !(n / 0.0 > 3.0))', 'not-exact'],
    ['NaN out of zero by zero', '!((result.maxAbsZ - 2.5) / 0.0 > 3.0)', 'not-exact'],
    ['an overflow', 'result.zs.exists(n, n * 1e300 * 1e300 > 1.0)', 'not-exact'],
    ['an overflow of ints', 'result.count * 9223372036854775807 > 1', 'failed'],
    ['text that is no decimal', 'decimal(inputs.model) > 1', 'failed'],
    ['text that is no moment', 'timestamp(inputs.model) < timestamp(result.asOf)', 'failed'],
  ])('%s', (_, text, reason) => {
    const { expr, findings } = compile(text, 'bool')
    expect(findings).toEqual([])
    expect(reasonOf(() => expr?.evaluate(env))).toBe(reason)
  })

  const { result } = env
  it.each<[string, unknown, string]>([
    ['nothing was answered', undefined, 'missing'],
    ['a field is missing', { ...result, maxAbsZ: undefined }, 'missing'],
    ['NaN', { ...result, maxAbsZ: Number.NaN }, 'not-exact'],
    ['infinity', { ...result, maxAbsZ: Number.NEGATIVE_INFINITY }, 'not-exact'],
    ['a fraction for an int', { ...result, count: 1.5 }, 'not-exact'],
    ['an int beyond 2^53', { ...result, count: 2 ** 53 }, 'not-exact'],
    ['text for a number', { ...result, maxAbsZ: '2' }, 'wrong-type'],
    ['null for text', { ...result, hosts: [{ name: null, modelHash: 'x' }] }, 'wrong-type'],
    ['an unknown status', { ...result, status: 'fine' }, 'wrong-type'],
    ['a number for a decimal', { ...result, qty: 100.5 }, 'wrong-type'],
    ['a decimal with an exponent', { ...result, qty: '1e3' }, 'wrong-type'],
    ['an object for a list', { ...result, hosts: {} }, 'wrong-type'],
    ['a list for the whole', [], 'wrong-type'],
  ])('%s', (_, answered, reason) => {
    const { expr } = compile('result.ok', 'bool')
    expect(reasonOf(() => expr?.evaluate({ ...env, result: answered }))).toBe(reason)
  })

  it('looks only at what it reads', () => {
    expect(evaluate('prior.hash == "x"', { prior: env.prior })).toBe(true)
  })
})

describe('any text', () => {
  const words = fc.array(
    fc.constantFrom(
      ...[
        'result',
        '.hosts',
        '.count',
        'h',
        ', ',
        '(',
        ')',
        '.all(h, ',
        ' && ',
        ' || ',
        '!',
        ' == ',
        ' > ',
        '"x"',
        '1',
        '1.5',
        '[',
      ],
      ...[
        ']',
        ' ? ',
        ' : ',
        'size(',
        '.qty',
        '.note',
        '.hasValue()',
        '.value()',
        '.orValue(',
        'decimal(',
        '{',
        '}',
        'null',
        'in ',
      ],
      ...['-', ' / ', "'", '\\', '.?', '\n'],
    ),
    { maxLength: 14 },
  )
  const { text: formed } = fc.letrec<{ text: string; deep: string }>((tie) => ({
    text: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(
        'result.ok',
        'result.count',
        'result.qty',
        'result.maxAbsZ',
        'result.hosts',
        'result.zs',
        'result.note',
        'result.status',
        '1',
        '0',
        '2.5',
        '"ok"',
        'true',
        'prior.hash',
      ),
      tie('deep'),
    ),
    deep: fc.oneof(
      fc
        .tuple(
          tie('text'),
          fc.constantFrom('&&', '||', '==', '!=', '<', '>=', '+', '-', '*', '/', '%', 'in'),
          tie('text'),
        )
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc
        .tuple(fc.constantFrom('!', '-', 'size', 'string', 'decimal', 'abs', 'double'), tie('text'))
        .map(([f, a]) => `${f}(${a})`),
      fc.tuple(tie('text'), tie('text'), tie('text')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc
        .tuple(tie('text'), fc.constantFrom('all', 'exists', 'filter', 'map'), tie('text'))
        .map(([a, f, b]) => `${a}.${f}(x, ${b} == x)`),
      fc
        .tuple(tie('text'), fc.constantFrom('[0]', '.name', '.hasValue()', '.value()', '.orValue("")'))
        .map(([a, b]) => a + b),
    ),
  }))

  it('compiles to findings inside the text, or to a value, or to undetermined; nothing else is ever thrown', () => {
    const ends = new Map<string, number>()
    fc.assert(
      fc.property(
        fc.oneof(
          words.map((all) => all.join('')),
          formed,
        ),
        (text) => {
          const { expr, findings } = compile(text, 'any')
          expect(expr === undefined).toBe(findings.length > 0)
          for (const { span } of findings) {
            expect(span.start).toBeGreaterThanOrEqual(0)
            expect(span.end).toBeGreaterThanOrEqual(span.start)
            expect(span.end).toBeLessThanOrEqual(text.length)
          }
          const end = expr === undefined ? 'refused' : (reasonOf(() => expr.evaluate(env)).split(' ')[0] ?? '')
          expect(end).not.toBe('not')
          ends.set(end, (ends.get(end) ?? 0) + 1)
        },
      ),
      { numRuns: 5000 },
    )
    for (const end of ['refused', 'value']) expect(ends.get(end) ?? 0, end).toBeGreaterThan(100)
  })

  it('gives the same shape that its value has', () => {
    const schema = z.strictObject({ a: z.int(), b: z.array(z.enum(['x', 'y'])) })
    const { shape } = compile('r.b', 'any', { variables: { r: shapeOf(schema, 'r') } })
    expect(shape).toEqual({ kind: 'list', of: shapeOf(schema.shape.b.element, 'e') })
    expect(compile('r.a + 1', 'any', { variables: { r: shapeOf(schema, 'r') } }).shape).toBe(scalarShape('int'))
  })
})
