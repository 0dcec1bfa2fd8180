// Everything CI demands of the tree, in one command: npm run verify. As many checks run beside each other as there are processors; what
// each says is printed when it has ended.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

process.chdir(dirname(import.meta.dirname))
const bin = (name) => join('node_modules', '.bin', name)

/** Throws, with all that it said, unless it ends with 0. */
const ended = (file, args) =>
  new Promise((resolve, reject) => {
    const child = execFile(file, args, { encoding: 'utf8', maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr })
      else reject(new Error(`${stdout}${stderr}${file} ended with ${error.code ?? error.signal}`))
    })
    child.stdin?.end()
  })
const wordsOf = async (file, args) => {
  const { stdout, stderr } = await ended(file, args)
  return `${stdout}${stderr}`
}

// The longest ones come first. Three look at what the build has made, which before them is made once, or found to be fresh.
const checks = [
  ['lint', () => wordsOf(bin('eslint'), ['--max-warnings', '0', '.'])],
  ['types', () => wordsOf(bin('tsc'), ['-p', '.'])],
  ['format', () => wordsOf(bin('prettier'), ['--check', '--log-level', 'warn', '.'])],
  ['package types', packageTypes],
  ['architecture', architecture],
  ['procedures', () => wordsOf(process.execPath, ['bin/desk.cjs', 'lint', '--full'])],
  ['package', () => wordsOf(bin('publint'), ['--strict'])],
  ['unused code', () => wordsOf(bin('knip'), [])],
]
const build = () => wordsOf(process.execPath, ['scripts/build.mjs', '--unless-fresh'])
const failed = [...(await runAll([['build', build]])), ...(await runAll(checks))]
process.stdout.write(failed.length === 0 ? '\nverify: all good\n' : `\nverify: not good: ${failed.join(', ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1

/** Answers which ones failed. */
async function runAll(all) {
  const rest = [...all]
  const failures = []
  const work = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [title, check] = next
      try {
        process.stdout.write(`\n== ${title}\n${await check()}`)
      } catch (error) {
        failures.push(title)
        process.stdout.write(`\n== ${title}: FAILED\n${error.message}\n`)
      }
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return failures
}

/** A cruise over no modules finds no violations; so the number of modules is asserted too. */
async function architecture() {
  const args = ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json']
  const { stdout } = await ended(bin('depcruise'), args)
  const { summary } = JSON.parse(stdout)
  const lines = summary.violations.map((v) => `${v.rule.severity} ${v.rule.name}: ${v.from} -> ${v.to}\n`)
  const told = `${lines.join('')}${summary.totalCruised} modules, ${summary.violations.length} violations\n`
  if (summary.error > 0 || summary.totalCruised < 80) throw new Error(told)
  return told
}

async function packageTypes() {
  const dir = mkdtempSync(join(tmpdir(), 'desk-pack-'))
  try {
    const packed = await ended('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir])
    const [{ filename }] = JSON.parse(packed.stdout)
    return await wordsOf(bin('attw'), [join(dir, filename), '--profile', 'node16'])
  } finally {
    rmSync(dir, { recursive: true })
  }
}
