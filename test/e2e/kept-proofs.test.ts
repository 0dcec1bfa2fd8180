/** What was proved of a desk's own documents is believed only while it is of this very program and these very documents. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Desk } from '../support/desk.ts'
import { sha256 } from '../../src/model/sha256.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
  mkdirSync(join(desk.dir, 'own', 'runbooks'), { recursive: true })
  writeFileSync(join(desk.dir, 'own.yaml'), 'documents: [own]\n')
  write(passes)
})
afterEach(() => {
  desk.remove()
})

const runbook = (expected: string): string => `kind: runbook
id: own-look
title: Look at our own state
category: operations
source: a test
frequency: { text: Whenever it is tested, practise: quarter }
trigger:
  text: Somebody asks.
steps:
  - { id: look, title: Look, check: desk.trading, expect: result.sizeMultiplier >= 0.0 }
verify:
  - { id: state, title: The trading state can be told, check: desk.trading, expect: ${expected} }
`
const [passes, fails] = ['result.sizeMultiplier >= 0.0', 'result.sizeMultiplier > 7.0']
const write = (expected: string): void => {
  writeFileSync(join(desk.dir, 'own', 'runbooks', 'own-look.yaml'), runbook(expected))
}
const folder = (): string => join(desk.stateDir, 'compiled')
const kept = (): readonly string[] => (existsSync(folder()) ? readdirSync(folder()) : [])
const keptFile = (): string => join(folder(), kept()[0] ?? '')
const walk = async (...more: string[]): Promise<number | null> =>
  (await desk.run(['runbook', 'own-look', '--config', join(desk.dir, 'own.yaml'), ...more])).code

test('a walk keeps what it compiled, a dry run nothing, and a document that was changed is compiled again', async () => {
  expect(await walk('--dry-run')).toBe(0)
  expect(kept()).toEqual([])
  expect(await walk()).toBe(0)
  const first = kept()
  expect(first).toHaveLength(1)
  write(fails)
  expect(await walk()).toBe(1)
  expect(kept()).toHaveLength(1)
  expect(kept()).not.toEqual(first)
  write(passes)
  expect(await walk()).toBe(0)
  expect(kept()).toEqual(first)
})

test('proofs of other bytes are proofs of another document', async () => {
  await walk()
  const passing = readFileSync(keptFile())
  write(fails)
  await walk()
  writeFileSync(keptFile(), passing)
  expect(await walk()).toBe(1)
})

test.each([
  [
    'torn',
    (path: string) => {
      truncateSync(path, 400)
    },
  ],
  [
    'changed',
    (path: string) => {
      writeFileSync(path, readFileSync(path, 'utf8').replace('7.0', '0.0'))
    },
  ],
  [
    'empty',
    (path: string) => {
      writeFileSync(path, '')
    },
  ],
])('proofs that are %s count as not there', async (_, harm) => {
  write(fails)
  expect(await walk()).toBe(1)
  const before = readFileSync(keptFile())
  harm(keptFile())
  expect(await walk()).toBe(1)
  expect(readFileSync(keptFile()).equals(before)).toBe(true)
})

test.each([
  [0o600, 0],
  [0o620, 1],
  [0o602, 1],
])('proofs of mode %o that pass though the document does not: exit %i', async (mode, exit) => {
  write(fails)
  await walk()
  const [list = '', ...graphs] = readFileSync(keptFile(), 'utf8').slice(65).split('\n')
  const milder = graphs.map((graph) => graph.replaceAll('> 7.0', '> 0.0'))
  // Whoever forges it knows how: each hash fits.
  const forged = graphs.reduce((text, graph, i) => text.replace(sha256(graph), sha256(milder[i] ?? '')), list)
  const proofs = [forged, ...milder].join('\n')
  writeFileSync(keptFile(), `${sha256(proofs)}\n${proofs}`)
  chmodSync(keptFile(), mode)
  expect(await walk()).toBe(exit)
})

test('a library with a finding is not kept', async () => {
  writeFileSync(join(desk.dir, 'own', 'runbooks', 'broken.yaml'), 'kind: runbook\n')
  expect(await walk()).toBe(0)
  expect(kept()).toEqual([])
})

test('without a place to keep them walks go on', async () => {
  expect(await walk()).toBe(0)
  rmSync(folder(), { recursive: true })
  writeFileSync(folder(), '')
  expect(await walk()).toBe(0)
})
