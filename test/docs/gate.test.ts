/** The Node examples of the gate's page, run as they stand by a process that has the package installed. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { examples, root } from './markdown.ts'

let desk: Desk
beforeAll(async () => {
  desk = new Desk()
  expect((await desk.run(['tree', 'no-fills'])).code).toBe(3) // a desk is made by its first run
  mkdirSync(join(desk.dir, 'node_modules'))
  symlinkSync(root, join(desk.dir, 'node_modules', 'desk'))
})
afterAll(() => {
  desk.remove()
})

function runExample(language: 'js' | 'cjs'): string {
  const [example] = examples(language, 'docs/gate.md')
  const file = join(desk.dir, language === 'js' ? 'example.mjs' : 'example.cjs')
  writeFileSync(file, example?.text ?? '')
  return execFileSync(process.execPath, [file, desk.stateDir], { encoding: 'utf8', cwd: desk.dir }).trim()
}

it('trades at full size, at half size after a throttle, and not at all after a halt', async () => {
  expect([runExample('js'), runExample('cjs')]).toEqual(['all 1000', 'all 1 1'])
  expect((await desk.run(['throttle', '50'])).code).toBe(0)
  expect([runExample('js'), runExample('cjs')]).toEqual(['all 500', 'all 0.5 1'])
  expect((await desk.run(['kill', '--scope', 'venue:primary'])).code).toBe(0)
  expect([runExample('js'), runExample('cjs')]).toEqual(['none no order', 'all 0.5 1'])
  expect((await desk.run(['kill'])).code).toBe(0)
  expect([runExample('js'), runExample('cjs')]).toEqual(['none no order', 'none 0 0'])
})

/** What is read in and what came out, as the page shows it. */
it('runs the live loop that it shows, before and after a halt', async () => {
  const fresh = new Desk()
  expect((await fresh.run(['tree', 'no-fills'])).code).toBe(3)
  const child = spawn(process.execPath, [join(root, 'examples', 'live-loop.mjs'), fresh.stateDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const records = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const play = async (language: string): Promise<void> => {
    const shown = (examples(language, 'docs/gate.md')[0]?.text ?? '').split('\n').filter((line) => line.startsWith('{'))
    for (const [i, line] of shown.entries()) {
      if (i % 2 === 1) continue
      child.stdin.write(`${line}\n`)
      const { value } = (await records.next()) as { value: unknown }
      const said = String(value)
        .replace(/"timestamp":"[^"]+"/, '"timestamp":"<time>"')
        .replace(/"trace_id":"[^"]+"/, '"trace_id":"<id>"')
        .replace(/"latencyMs":[\d.]+/, '"latencyMs":<ms>')
      expect(said).toBe(shown[i + 1])
    }
  }
  try {
    await play('loop')
    expect((await fresh.run(['kill'])).code).toBe(0)
    await play('halted')
  } finally {
    child.kill()
    fresh.remove()
  }
})
