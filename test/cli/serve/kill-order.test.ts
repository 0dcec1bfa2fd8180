import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isKillTarget, killPath, pathOf, readKillOrder } from '../../../src/cli/serve/kill-order.ts'
import { nameScope } from '../../../src/killswitch/scope.ts'

const scopeOf = (target: string, body: string | undefined): string => nameScope(readKillOrder(target, body).scope)

describe('what is halted', () => {
  it.each([
    ['nothing said', '', ''],
    ['a body that never came whole', '?scope=venue:primary', undefined],
    ['a body that is no JSON', '?scope=venue:primary', '{"scope": "venue:primary"'],
    ['a body that is no object', '', '["venue:primary"]'],
    ['a scope that makes no sense', '', '{"scope": "vneue:primary"}'],
    ['a scope that is no text', '', '{"scope": {"kind": "venue", "id": "primary"}}'],
    ['an empty scope', '?scope=', ''],
    ['a scope of null', '', '{"scope": null}'],
    ['two scopes that differ', '?scope=venue:primary', '{"scope": "venue:backup"}'],
    ['a scope twice, once wrong', '?scope=venue:primary&scope=x', ''],
  ])('%s: everything', (_, query, body) => {
    expect(scopeOf(`${killPath}${query}`, body)).toBe('all')
  })
  it.each([
    ['in the query', '?scope=venue:primary', ''],
    ['in the body', '', '{"scope": "venue:primary"}'],
    ['in both', '?scope=venue%3Aprimary', '{"scope": "venue:primary"}'],
    ['beside a key that nobody knows', '', '{"scope": "venue:primary", "sure": true}'],
  ])('a scope %s: that much', (_, query, body) => {
    expect(scopeOf(`${killPath}${query}`, body)).toBe('venue:primary')
  })
  it('whatever is sent, a halt narrows only to a scope that was named in full', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), { nil: undefined }),
        (query, body) => {
          const order = readKillOrder(`${killPath}?${query}`, body)
          const said = `${decoded(query)} ${body ?? ''}`.toUpperCase()
          if (order.scope.kind !== 'all') expect(said).toContain(order.scope.id.toUpperCase())
          expect(order.reason.length).toBeLessThanOrEqual(1000)
        },
      ),
    )
  })
})

it('what was not understood is told', () => {
  expect(readKillOrder(killPath, '').misuse).toEqual([])
  expect(readKillOrder(killPath, '{"reason": "drill", "operator": "somebody"}').misuse).toEqual([])
  expect(readKillOrder(killPath, '{"resaon": "drill"}').misuse).toEqual(['unknown key "resaon"'])
  expect(readKillOrder(killPath, '{"reason": 7}').misuse).toEqual(['reason has to be a text'])
  expect(readKillOrder(killPath, undefined).misuse).toEqual(['the body did not come whole: everything was halted'])
})

it('flattens only on a plain yes', () => {
  const flattens = (body: string): boolean => readKillOrder(killPath, body).flatten
  expect(flattens('{"flatten": true}')).toBe(true)
  for (const body of ['', '{"flatten": 1}', '{"flatten": "yes"}', '{"flatten": false}', '{"flatten": true'])
    expect(flattens(body)).toBe(false)
  expect(readKillOrder(killPath, '{"flatten": 1}').misuse).toHaveLength(1)
})

it('the path is the same however it is spelt, and no other', () => {
  for (const target of ['', '/', '?scope=all', '/?x', '#x'].map((more) => killPath + more))
    for (const origin of ['', 'http://localhost:8080', 'https://desk.example.com'])
      expect(isKillTarget('POST', origin + target), target).toBe(true)
  for (const target of [`${killPath}x`, `/x${killPath}`, '/', '', '?', `/?${killPath}`])
    expect(isKillTarget('POST', target), target).toBe(false)
  for (const method of ['GET', 'post', 'PUT', undefined]) expect(isKillTarget(method, killPath)).toBe(false)
  expect(pathOf('/')).toBe('/')
})

const decoded = (query: string): string => [...new URLSearchParams(query.replace(/#.*/s, '')).values()].join(' ')
