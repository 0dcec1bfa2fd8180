// Builds dist/: the command line as CommonJS chunks (each library once, loaded on first use), the gate as ESM and CommonJS with types,
// the JSON Schemas of documents and outputs, and the licences of everything that is bundled.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { inputsOf, isFresh, noteFresh } from './fresh.mjs'

const root = dirname(import.meta.dirname)
process.chdir(root)
const inputs = inputsOf(root, commit())
if (process.argv.includes('--unless-fresh') && isFresh(root, inputs)) {
  process.stdout.write('dist/ is what a build would make of these files\n')
  process.exit()
}
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
// Built aside and moved into place at the end, so that a desk in use never meets half a build.
const out = `dist.building-${process.pid}`
rmSync(out, { recursive: true, force: true })

// What need not be derived at every start: gates and runbooks for status and the home screen, the proofs of the shipped documents.
const derived = await rolldown({
  input: { shipped: 'scripts/shipped.ts' },
  platform: 'node',
  external: ['typescript'],
  tsconfig: 'tsconfig.json',
  onLog: failOnWarning,
})
await derived.write({ dir: `${out}/build`, format: 'esm', entryFileNames: '[name].mjs' })
await derived.close()
const { explainedErrors, explainedRules, outputSchemas, schemas, shipped, writeProofs } = await import(
  join(root, out, 'build', 'shipped.mjs')
)
rmSync(out, { recursive: true })
const { gates, runbooks, proofs } = shipped(root)
const { list, graphs } = writeProofs(proofs)

const define = {
  DESK_VERSION: JSON.stringify(`${version}+${commit()}`),
  // The program believes no proofs but these.
  DESK_PROOFS: JSON.stringify(createHash('sha256').update(list).digest('hex')),
  // What it has proved itself it believes as long as it is the same program.
  DESK_SOURCES: JSON.stringify(hashOfSources()),
}
// What must start at once is built as a program of its own: no file more than it needs, and nothing that others want of it.
const atOnce = ['status', 'kill']
const programs = [await bundle({ desk: 'src/cli/entry.ts' }, { isEntry: true, groups: mainGroups() })]
for (const name of atOnce)
  programs.push(await bundle({ [name]: `src/cli/fast/${name}.ts` }, { isEntry: false, groups: killGroups() }))

async function bundle(input, { isEntry, groups }) {
  const built = await rolldown({
    input,
    preserveEntrySignatures: 'allow-extension',
    platform: 'node',
    tsconfig: 'tsconfig.json',
    transform: { define },
    plugins: [withoutUnused()],
    onLog: failOnWarning,
  })
  const { output } = await built.write({
    dir: out,
    format: 'cjs',
    cleanDir: false,
    sourcemap: true,
    entryFileNames: isEntry ? '[name].cjs' : 'chunks/[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    dynamicImportInCjs: false,
    codeSplitting: { groups },
    intro: (chunk) => (isEntry && chunk.isEntry ? loader() : ''),
    // Names stay as they are: they stand in messages and stack traces.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  })
  await built.close()
  const chunks = output.filter(({ type }) => type === 'chunk')
  for (const { fileName } of chunks) escapeBeyondAscii(join(out, fileName))
  return chunks
}

/** One letter beyond it, and V8 keeps the whole text of a chunk in twice the memory; the loader of compiled chunks reads single bytes. */
function escapeBeyondAscii(path) {
  const text = readFileSync(path, 'utf8')
  const escaped = text.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
  if (escaped !== text) writeFileSync(path, escaped)
}

writeFileSync(`${out}/gates.json`, JSON.stringify(gates))
writeFileSync(`${out}/runbooks.json`, JSON.stringify(runbooks))
writeFileSync(`${out}/proofs.json`, list)
writeFileSync(`${out}/graphs.ndjson`, graphs)
writeFileSync(`${out}/rules.json`, JSON.stringify(explainedRules(root)))
writeFileSync(`${out}/errors.json`, JSON.stringify(explainedErrors(root)))
mkdirSync(`${out}/schemas/output`, { recursive: true })
for (const [kind, schema] of schemas()) writeFileSync(`${out}/schemas/${kind}.json`, JSON.stringify(schema, null, 2))
for (const [name, schema] of outputSchemas())
  writeFileSync(`${out}/schemas/output/${name}.json`, JSON.stringify(schema, null, 2))

// What those may load that must start at once is a law, not a hope: the entry, the status, the halt and what follows it, each with every
// chunk that it imports statically, use Node's own modules only.
const [entry, status, kill] = programs
allowNodeOnly(entry, 'src/cli/entry.ts')
allowNodeOnly(status, 'src/cli/fast/status.ts')
for (const source of ['cli/fast/kill', 'cli/kill/finish', 'adapters/paper/control'])
  allowNodeOnly(kill, `src/${source}.ts`)

function allowNodeOnly(chunks, source) {
  const first = chunks.find((chunk) => chunk.moduleIds.includes(join(root, source)))
  if (first === undefined) throw new Error(`no chunk holds ${source}`)
  const eager = new Set([first.fileName])
  for (const name of eager) {
    const chunk = chunks.find(({ fileName }) => fileName === name)
    const foreign =
      chunk === undefined
        ? name.startsWith('node:')
          ? undefined
          : name
        : chunk.moduleIds.find((id) => id.includes('node_modules'))
    if (foreign !== undefined) throw new Error(`${source} must start at once and loads ${foreign}`)
    for (const next of chunk?.imports ?? []) eager.add(next)
  }
}

const gate = await rolldown({
  input: { gate: 'src/killswitch/gate.ts' },
  platform: 'node',
  tsconfig: 'tsconfig.json',
  onLog: failOnWarning,
})
for (const [format, ext] of [
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
]) {
  await gate.write({ dir: out, format, entryFileNames: `[name].${ext}`, sourcemap: true, cleanDir: false })
}
await gate.close()
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const types = [
  '--ignoreConfig',
  '--declaration',
  '--emitDeclarationOnly',
  '--outDir',
  out,
  '--module',
  'nodenext',
  '--target',
  'es2023',
  '--types',
  'node',
  '--strict',
  '--allowImportingTsExtensions',
]
execFileSync(process.execPath, [tsc, 'src/killswitch/gate.ts', ...types], { stdio: 'inherit' })
const declarations = readFileSync(`${out}/gate.d.ts`, 'utf8')
for (const ext of ['d.mts', 'd.cts']) writeFileSync(`${out}/gate.${ext}`, declarations)
rmSync(`${out}/gate.d.ts`)

writeFileSync(`${out}/NOTICES`, notices(programs.flat().flatMap((chunk) => chunk.moduleIds)))
rmSync('dist', { recursive: true, force: true })
renameSync(out, 'dist')
compileChunks()
// What was changed meanwhile may be in it or not.
if (inputsOf(root, commit()) === inputs) noteFresh(root, inputs)

/** The halt depends on as little as possible and calls it afterwards; stack traces that name the sources need Node's own loader, and so does the build. */
function loader() {
  return `const loadedChunks = new Map();
function atOnce(name) {
const filename = __dirname + '/chunks/' + name + '.cjs';
const load = require.extensions['.cjs'] ?? require.extensions['.js'];
// What Node would look up on the way is known: where it lies, and that it is CommonJS.
const chunk = Object.assign(new module.constructor(filename, module), { filename, paths: [] });
loadedChunks.set(filename, chunk);
load(chunk, filename);
return chunk.exports;
}
function useCompiledChunks() {
if (process.env.DESK_DEBUG !== undefined || require.extensions['.cjs'] !== undefined) return;
const module = { exports: {} };
${readFileSync('scripts/compiled.cjs', 'utf8')}
module.exports.install(__dirname, loadedChunks);
}
if (!['kill', '--version'].includes(process.argv[2])) useCompiledChunks();`
}

/** Runs what people run and keeps what V8 made of it, for the Node that builds. Only speed depends on it. */
function compileChunks() {
  const scratch = mkdtempSync(join(tmpdir(), 'desk-build-'))
  const folder = join(scratch, 'compiled')
  mkdirSync(folder)
  const env = { ...process.env, DESK_STATE_DIR: join(scratch, 'state'), HOME: scratch, DESK_NO_INPUT: '1' }
  for (const name of ['DESK_PROFILE', 'DESK_CONFIG', 'DESK_DEBUG', 'DESK_NOW', 'NODE_OPTIONS']) delete env[name]
  const started = (...args) => {
    const { status, stderr } = spawnSync(process.execPath, args, { env })
    if (status === null || status === 70) throw new Error(`${args.join(' ')}: ${stderr}`)
  }
  const run = (...args) => started('scripts/compile-chunks.cjs', join(root, 'dist'), folder, ...args)
  run('tree', 'no-fills', '--json')
  run('status')
  run('status', '--json')
  run('runbook', 'reconciliation')
  const own = ownProcedure(scratch)
  started('bin/desk.cjs', ...own) // the first time it is compiled, which is not what a walk needs at every start
  run(...own)
  run('gates', 'daily')
  run('lint')
  run('--help')
  run('kill', '--profile', 'paper')
  rmSync(env.DESK_STATE_DIR, { recursive: true })
  run('kill', '--profile', 'paper')
  cpSync(folder, 'dist/compiled', { recursive: true })
  rmSync(scratch, { recursive: true })
}

/** The words that walk a runbook of the desk's own which starts programs. */
function ownProcedure(scratch) {
  const documents = join(scratch, 'documents')
  const step = (n) => `  - { id: s${n}, title: Program ${n}, do: exec.run, with: { file: /bin/true } }\n`
  mkdirSync(join(documents, 'runbooks'), { recursive: true })
  writeFileSync(
    join(documents, 'runbooks', 'programs.yaml'),
    `kind: runbook
id: programs
title: Programs in a row
category: operations
source: the build
frequency: { text: At every build, practise: quarter }
trigger:
  text: The program is built.
steps:
${[1, 2, 3].map(step).join('')}verify:
  - { id: session, title: The session can be told, check: desk.session, expect: result.minutesToOpen >= 0.0 }
`,
  )
  const config = join(scratch, 'desk.config.yaml')
  writeFileSync(config, `documents: [${JSON.stringify(documents)}]\n`)
  return ['--config', config, 'runbook', 'programs', '--json']
}

/**
 * Parts of Node that a library loads, for milliseconds, and desk has no use for: the command-line library wants `node:child_process` for
 * subcommands that are programs of their own, of which there are none, the colours ask `node:tty` whether there is a terminal, which
 * desk finds out by itself, and the YAML parser asks the environment whether to print what it reads.
 */
function withoutUnused() {
  const unused = [
    { source: 'node:child_process', importer: /node_modules\/commander\//, code: 'module.exports = {}' },
    { source: 'node:tty', importer: /node_modules\/chalk\//, code: 'export default { isatty: () => false }' },
    // Its parser asks the environment at every token whether to print it, which takes a good part of parsing.
    {
      source: 'process',
      importer: /node_modules\/yaml\/dist\/(?:parse|compose)\//,
      code: 'module.exports = { env: {} }',
    },
  ]
  const stubOf = (index) => `\0unused-${index}`
  return {
    name: 'without-unused',
    resolveId: (source, importer = '') => {
      const index = unused.findIndex((each) => each.source === source && each.importer.test(importer))
      return index < 0 ? undefined : stubOf(index)
    },
    load: (id) => {
      const stub = unused.find((_, index) => stubOf(index) === id)
      return stub === undefined ? undefined : { code: stub.code, moduleType: 'js' }
    },
  }
}

/**
 * Every file that is loaded costs half a millisecond, so what starts together lies together. Static imports come along with each. Here
 * the library behind the command line, the compiler of documents, and what walks them.
 */
function mainGroups() {
  return [
    { name: 'zod', test: /node_modules\/zod\//, priority: 3 },
    { name: 'yaml', test: /node_modules\/yaml\//, priority: 3 },
    { name: 'main', test: /src\/cli\/main\.ts$/, priority: 2 },
    { name: 'walk', test: /src\/cli\/commands\/(?:tree|runbook|gates)\.ts$/, priority: 1 },
  ]
}

/** What follows a halt, with the paper venues. */
function killGroups() {
  return [
    { name: 'halt', test: /src\/cli\/fast\/kill\.ts$/, priority: 2 },
    { name: 'aftermath', test: /src\/cli\/kill\/finish\.ts$/, priority: 1 },
    { name: 'venues', test: /src\/adapters\/paper\/control\.ts$/ },
  ]
}

/** The licence text of every package that is in the bundle. */
function notices(moduleIds) {
  const folders = new Set(
    moduleIds.map((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]).filter((f) => f !== undefined),
  )
  return [...folders]
    .sort()
    .map((folder) => {
      const meta = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f))
      return `${meta.name} ${meta.version} (${meta.license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`
    })
    .join('\n---\n\n')
}

function hashOfSources() {
  const hash = createHash('sha256').update(readFileSync('package-lock.json'))
  const files = readdirSync('src', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort())
    hash.update(`${path}\0`).update(createHash('sha256').update(readFileSync(path)).digest())
  return hash.digest('hex')
}

function commit() {
  if (!existsSync('.git')) return 'unknown'
  try {
    return execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return 'unknown'
  }
}

/** Any warning of the bundler is an error. */
function failOnWarning(level, log) {
  if (level === 'warn') throw new Error(log.message)
}
