import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, it } from 'vitest'

const loader = JSON.stringify(resolve('scripts/compiled.cjs'))
/** A chunk long enough to be kept compiled; it tells its directory and what a function of it gives. */
const chunk = (answer: string): string =>
  `exports.say = () => [${JSON.stringify(answer)}, require('node:path').basename(__dirname)].join(' ')\n//${'.'.repeat(9000)}\n`

const made: string[] = []
afterEach(() => {
  for (const dist of made.splice(0)) rmSync(dist, { recursive: true })
})

function build(): string {
  const dist = mkdtempSync(join(tmpdir(), 'desk-compiled-'))
  made.push(dist)
  for (const folder of ['chunks', 'compiled']) mkdirSync(join(dist, folder))
  writeFileSync(join(dist, 'chunks', 'a.cjs'), chunk('one'))
  run(
    dist,
    `const seen = []
    install(dist, new Map(), dist + '/compiled', (script, filename, source) => seen.push([script, source]))
    require(dist + '/chunks/a.cjs').say()
    const [[script, source]] = seen
    require('node:fs').writeFileSync(dist + '/compiled/a.cjs.bin', packed(source, script.createCachedData()))`,
  )
  return dist
}

/** Runs in a process of its own, because it changes how Node loads files. */
const run = (dist: string, body: string): string =>
  execFileSync(
    process.execPath,
    ['-e', `const { install, packed } = require(${loader}); const dist = ${JSON.stringify(dist)}; ${body}`],
    { encoding: 'utf8' },
  )

/** What the chunk says, and whether compiled code was taken for it. */
const said = (dist: string): string =>
  run(
    dist,
    `const vm = require('node:vm')
    const { Script } = vm
    let taken = 'plain'
    vm.Script = class extends Script {
      constructor(source, options) {
        super(source, options)
        if (this.cachedDataRejected === false) taken = 'compiled'
      }
    }
    install(dist)
    process.stdout.write(require(dist + '/chunks/a.cjs').say() + ' ' + taken)`,
  )

it('takes the code that was compiled from the same source', () => {
  expect(said(build())).toBe('one chunks compiled')
})

it('runs a chunk that was changed since, also at the same length', () => {
  const dist = build()
  writeFileSync(join(dist, 'chunks', 'a.cjs'), chunk('two'))
  expect(said(dist)).toBe('two chunks plain')
})

it('takes nothing from a file that is damaged at any place, cut, empty or of another version', () => {
  const dist = build()
  const path = join(dist, 'compiled', 'a.cjs.bin')
  const whole = readFileSync(path)
  const damaged = [0, 12, 60, Math.floor(whole.length / 3), whole.length - 1].map((at) => {
    const bytes = Buffer.from(whole)
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    return bytes
  })
  const half = Math.floor((whole.length - chunk('one').length) / 2)
  const otherVersion = Buffer.from(whole)
  for (const start of [0, half]) otherVersion.writeUInt8(otherVersion.readUInt8(start + 5) ^ 1, start + 5)
  for (const bytes of [...damaged, whole.subarray(0, -1), whole.subarray(0, 100), Buffer.alloc(0), otherVersion]) {
    writeFileSync(path, bytes)
    expect(said(dist)).toBe('one chunks plain')
  }
})

it('loads each chunk once, and knows those that were there before it', () => {
  const dist = build()
  writeFileSync(join(dist, 'chunks', 'b.cjs'), `exports.times = (globalThis.times = (globalThis.times ?? 0) + 1)\n`)
  writeFileSync(join(dist, 'chunks', 'first.cjs'), `exports.later = () => require('./b.cjs')\n`)
  writeFileSync(
    join(dist, 'chunks', 'c.cjs'),
    `exports.b = require('./b.cjs'); exports.first = require('./first.cjs')\n`,
  )
  expect(
    run(
      dist,
      `const filename = dist + '/chunks/first.cjs'
      const first = Object.assign(new module.constructor(filename, module), { filename, paths: [] })
      require.extensions['.js'](first, filename)
      install(dist, new Map([[filename, first]]))
      const c = require(dist + '/chunks/c.cjs')
      process.stdout.write(String([c.first === first.exports, first.exports.later() === c.b, globalThis.times]))`,
    ),
  ).toBe('true,true,1')
})

it('gives chunks that need each other what each has so far, as Node does', () => {
  const dist = build()
  writeFileSync(join(dist, 'chunks', 'b.cjs'), `exports.name = 'b'; exports.c = require('./c.cjs').name\n`)
  writeFileSync(join(dist, 'chunks', 'c.cjs'), `exports.name = 'c'; exports.b = require('./b.cjs').name\n`)
  expect(run(dist, `install(dist); process.stdout.write(JSON.stringify(require(dist + '/chunks/b.cjs')))`)).toBe(
    '{"name":"b","c":"c"}',
  )
})
