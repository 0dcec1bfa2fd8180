// Everything CI demands of the tree, in one command: npm run verify.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

process.chdir(dirname(import.meta.dirname))
const bin = (name) => join('node_modules', '.bin', name)
const run = (title, file, args, options = {}) => {
  process.stdout.write(`\n== ${title}\n`)
  return execFileSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options })
}

run('format', bin('prettier'), ['--check', '--log-level', 'warn', '.'])
run('types', bin('tsc'), ['-p', '.'])
run('lint', bin('eslint'), ['--max-warnings', '0', '.'])
architecture()
run('unused code', bin('knip'), [])
run('build', process.execPath, ['scripts/build.mjs'])
run('package', bin('publint'), ['--strict'])
packageTypes()
run('procedures', process.execPath, ['bin/desk.cjs', 'lint', '--full'])
process.stdout.write('\nverify: all good\n')

/** A cruise over no modules finds no violations; so the number of modules is asserted too. */
function architecture() {
  process.stdout.write('\n== architecture\n')
  const text = execFileSync(bin('depcruise'), ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { summary } = JSON.parse(text)
  for (const v of summary.violations) process.stdout.write(`${v.rule.severity} ${v.rule.name}: ${v.from} -> ${v.to}\n`)
  process.stdout.write(`${summary.totalCruised} modules, ${summary.violations.length} violations\n`)
  if (summary.error > 0 || summary.totalCruised < 80) throw new Error('architecture')
}

function packageTypes() {
  const dir = mkdtempSync(join(tmpdir(), 'desk-pack-'))
  try {
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    )
    run('package types', bin('attw'), [join(dir, filename), '--profile', 'node16'])
  } finally {
    rmSync(dir, { recursive: true })
  }
}
