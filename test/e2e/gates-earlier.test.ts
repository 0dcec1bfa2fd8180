/** What an earlier run of the same window may stand for, and what it may not. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

async function statusOf(id: string, ...words: readonly string[]) {
  const { code, stdout } = await desk.run([...words, 'gates', 'daily', '--only', id])
  const [, summary = ''] = stdout.split('daily gates')
  return [code, new RegExp(`^ *(\\w+) +${id} `, 'm').exec(summary)?.[1]]
}

it('a result that is dated in the future is none', async () => {
  desk.at('2026-11-20T09:10:00-05:00')
  expect(await statusOf('D1')).toEqual([0, 'pass'])
  await desk.fault('stale-all')
  expect(await statusOf('D1')).toEqual([0, 'pass'])
  desk.at('2026-11-20T09:05:00-05:00')
  expect(await statusOf('D1')).toEqual([1, 'fail'])
})

it('evidence that is dated in the future is none either', async () => {
  desk.at('2026-11-20T18:00:00-05:00')
  expect((await desk.run(['runbook', 'reconciliation'])).code).toBe(0)
  desk.at('2026-11-20T16:05:00-05:00')
  expect(await statusOf('D4')).toEqual([2, 'undetermined'])
  desk.at('2026-11-20T18:05:00-05:00')
  expect(await statusOf('D4')).toEqual([0, 'pass'])
})

it('a pass of a milder set of the same name does not stand for the shipped one', async () => {
  const folder = join(desk.dir, 'own', 'gates')
  mkdirSync(folder, { recursive: true })
  const shipped = readFileSync(join(import.meta.dirname, '..', '..', 'gates', 'daily.yaml'), 'utf8')
  const milder = shipped.replace('expect: result.traded > 0 && result.stale == 0', 'expect: result.traded > 0')
  expect(milder).not.toBe(shipped)
  writeFileSync(join(folder, 'daily.yaml'), milder)
  const config = join(desk.dir, 'milder.yaml')
  writeFileSync(config, 'documents: [own]\n')
  await desk.fault('stale-all')
  expect(await statusOf('D1', '--config', config)).toEqual([0, 'pass'])
  expect(await statusOf('D1')).toEqual([1, 'fail'])
})
