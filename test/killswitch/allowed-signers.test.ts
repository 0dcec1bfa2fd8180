import { expect, test } from 'vitest'
import { parseAllowedSigners, principalsOf } from '../../src/killswitch/allowed-signers.ts'
import { freshKey } from './ssh-keys.ts'

const key = freshKey()
const other = freshKey()
const noon = Date.parse('2026-11-20T12:00:00Z')
const ask = (text: string, nowMs = noon, namespace = 'desk-release') =>
  principalsOf(parseAllowedSigners(text), key.base64, namespace, nowMs)
const known = (...principals: readonly string[]) => ({ kind: 'principals', principals })

test('a key speaks for the people of its lines', () => {
  expect(ask(`risk@desk.example ${key.line} a comment`)).toEqual(known('risk@desk.example'))
  expect(ask(`# people\n\n  a@x,b@x ${key.line}\r\n`)).toEqual(known('a@x', 'b@x'))
  expect(ask(`"a@x" ${key.line}\na@x ${key.line}\nc@x ${key.line}`)).toEqual(known('a@x', 'c@x'))
  expect(ask(`risk namespaces="file,desk-release",valid-after="20260101Z" ${key.line}`)).toEqual(known('risk'))
  expect(ask(`risk NAMESPACES="desk-release" ${key.line}`)).toEqual(known('risk'))
})

test('a key that is not there, or not for this purpose, speaks for nobody', () => {
  expect(ask(`risk ${other.line}`)).toMatchObject({ kind: 'nobody', because: 'unknown' })
  expect(ask('')).toMatchObject({ because: 'unknown' })
  expect(ask(`risk namespaces="file" ${key.line}`)).toMatchObject({ because: 'namespace' })
})

test.each([
  ['valid-before="20261120Z"', 'time'],
  ['valid-before="202611201200Z"', 'time'],
  ['valid-before="20261120120001Z"', undefined],
  ['valid-after="20261120120000Z"', undefined],
  ['valid-after="20261120120001Z"', 'time'],
  ['valid-after="20260101Z",valid-before="20260201Z"', 'time'],
  // Without a zone the key must be valid wherever one stands.
  ['valid-after="202611200000"', undefined],
  ['valid-after="202611200001"', 'time'],
  ['valid-before="202611210200"', 'time'],
  ['valid-before="202611210201"', undefined],
])('the time of %s counts', (options, because) => {
  expect(ask(`risk ${options} ${key.line}`)).toMatchObject(
    because === undefined ? known('risk') : { kind: 'nobody', because },
  )
})

test('of several lines of one key those count that are valid', () => {
  expect(ask(`old valid-before="20260101Z" ${key.line}\nnew ${key.line}`)).toEqual(known('new'))
})

test.each([
  `*@desk.example ${key.line}`,
  `risk?,a ${key.line}`,
  `!risk,a ${key.line}`,
  `risk cert-authority ${key.line}`,
  `risk namespaces="desk-*" ${key.line}`,
  `risk valid-after="20260230Z" ${key.line}`,
  `risk valid-before="tomorrow" ${key.line}`,
  `risk valid-before="" ${key.line}`,
  `risk no-touch-required ${key.line}`,
  `risk ssh-rsa ${key.base64}`,
  `risk ssh-ed25519 ${key.base64.slice(0, -4)}`,
  `risk ssh-ed25519 ${key.base64}AAAA`,
  `risk ssh-ed25519`,
  key.line,
  'risk',
  `, ${key.line}`,
])('a line that is not understood allows nobody, and is named: %s', (line) => {
  expect(ask(line)).toMatchObject({ kind: 'nobody', because: 'unknown' })
  expect(parseAllowedSigners(`\n${line}`).problems).toEqual([expect.stringMatching(/^line 2 allows nobody: /)])
})
