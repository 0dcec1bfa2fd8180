/** What commands print with `--json` and `--output ndjson` is what the published JSON Schemas say, and nothing beyond it. */
import { once } from 'node:events'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { reportFailure } from '../../src/cli/failure-report.ts'
import { Desk } from '../support/desk.ts'
import { addRunbooks } from '../support/procedures.ts'
import { ask, servedDesk } from '../support/served.ts'
import { serve } from '../support/serving.ts'

const folder = join(import.meta.dirname, '..', '..', 'dist', 'schemas', 'output')
const names = readdirSync(folder).map((file) => file.replace('.json', ''))
type Schema = Parameters<typeof z.fromJSONSchema>[0]
const schemaOf = (name: string): Schema => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Schema
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readers = new Map<string, z.ZodType>()
function readerOf(name: string): z.ZodType {
  const reader = readers.get(name) ?? z.fromJSONSchema(schemaOf(name))
  readers.set(name, reader)
  return reader
}

const seen = new Set<string>()
/** Fits, and would not with one more property. */
function fits(name: string, value: unknown, what: string): void {
  seen.add(name)
  const read = readerOf(name).safeParse(value)
  expect(read.success ? [] : read.error.issues, `${what}: ${JSON.stringify(value)}`).toEqual([])
  const more = isObject(value) ? { ...value, surplus: 1 } : [{ surplus: 1 }]
  expect(readerOf(name).safeParse(more).success, `${what}, with a property too many`).toBe(false)
}

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

type Options = Parameters<Desk['run']>[1]
/** Runs a command with --json; its document has to fit the schema of that name. */
async function says(name: string, line: string, options: Options = {}): Promise<string> {
  const ran = await desk.run([...line.split(' ').filter((word) => word !== ''), '--json'], options)
  const lines = ran.stdout.trimEnd()
  fits(name, JSON.parse(lines === '' ? 'null' : lines), `desk ${line}`)
  return ran.stdout
}
const idIn = (text: string, kind: string): string => new RegExp(`${kind}-[0-9a-z]{26}`).exec(text)?.[0] ?? 'none'
const risk = { env: { DESK_OPERATOR: 'risk' } }

it('no schema lets a property pass that it does not name', () => {
  const open = (schema: unknown): number =>
    Array.isArray(schema)
      ? schema.reduce<number>((sum, each) => sum + open(each), 0)
      : isObject(schema)
        ? Object.values(schema).reduce<number>((sum, each) => sum + open(each), 0) +
          (isObject(schema['properties']) && schema['type'] === 'object' && schema['additionalProperties'] !== false
            ? 1
            : 0)
        : 0
  for (const name of names) {
    const text = readFileSync(join(folder, `${name}.json`), 'utf8')
    expect(text).toContain('"additionalProperties": false')
    expect([name, open(JSON.parse(text))]).toEqual([name, 0])
  }
})

it.each([
  ['status', ''],
  ['status', 'status'],
  ['procedures', 'tree'],
  ['procedures', 'runbook'],
  ['procedures', 'gates'],
  ['find', 'find drift'],
  ['show', 'show no-fills'],
  ['show', 'show reconciliation --format json'],
  ['lint', 'lint'],
  ['test', `test ${join(import.meta.dirname, '..', '..', 'trees', 'no-fills.yaml')}`],
  ['doctor', 'doctor'],
  ['calendar', 'calendar'],
  ['config-show', 'config show'],
  ['config-path', 'config path'],
  ['config-validate', 'config validate'],
  ['help', 'help'],
  ['explain', 'explain keys'],
  ['explain', 'explain runbook.steps.save'],
  ['explain', 'explain desk.trading'],
  ['explain', 'explain rolling-deploy'],
  ['explain', 'explain rolling-deploy/calm'],
  ['explain', 'explain law/halt-always'],
  ['explain', 'explain 75'],
  ['explain', 'explain unknown-id'],
  ['help', 'help exit-codes'],
  ['help', 'help contacts'],
  ['help', 'completion bash'],
  ['demo', 'demo'],
  ['audit-records', 'audit tail'],
  ['audit-records', 'audit search --event desk'],
  ['audit-verify', 'audit verify'],
  ['audit-checkpoint', 'audit checkpoint'],
  ['audit-checkpoint', 'audit checkpoint --expire'],
  ['audit-expiry', 'audit checkpoint --expire --dry-run'],
  ['run-list', 'run list'],
  ['run-due', 'run continue --due'],
  ['unlock-status', 'unlock status'],
  ['incident-list', 'incident list'],
  ['incident-classes', 'incident open'],
  ['monitor-list', 'monitor list'],
  ['monitors', 'monitor check desk'],
  ['monitor-rules', 'monitor rules --as prometheus'],
  ['monitor-rules', 'monitor rules --as alertmanager'],
  ['monitor-silences', 'monitor silence list'],
  ['kill-dry-run', 'kill --dry-run'],
  ['kill', 'kill --reason drill'],
  ['throttle', 'throttle 25'],
  ['tree', 'tree no-fills'],
  ['tree', 'tree no-fills --answer q1=no'],
  ['runbook', 'runbook reconciliation'],
  ['runbook', 'runbook rolling-deploy --simulate'],
  ['gates', 'gates daily'],
  ['gates', 'gates daily --only D1'],
  ['error', 'gates --due'],
  ['gates', 'gates attest Q2 --reason reviewed'],
  ['hold-list', 'hold list'],
  ['plan', 'tree no-fills --dry-run'],
  ['plan', 'runbook killswitch --dry-run'],
  ['plan', 'gates daily --dry-run --offline'],
])('%s: desk %s', async (name, line) => {
  await desk.run(['status'])
  await says(name, line)
})

describe('refused and crashed', () => {
  it.each([
    'tree nonsense',
    'show nonsense',
    'nonsense',
    'tree no-fills --nonsense',
    'throttle 75',
    'unlock request --confirm paper',
    'unlock request',
    'unlock approve release-1 --confirm paper',
    'promote --confirm paper',
    'run show run-1',
    'run continue run-1',
    'run abort run-1',
    'run approve run-1',
    'incident show T-9',
    'incident note T-9 seen',
    'incident assign T-9 ann',
    'incident postmortem T-9',
    'monitor silence add server-alive --for 1h --reason known',
    'monitor silence expire job-queue',
    'monitor rules',
    'calendar --from 2050-01-01',
    'audit tail -n 0',
    'demo nothing',
    'help nothing',
    '--config nowhere.yaml doctor',
  ])('desk %s', async (line) => {
    await says('error', line)
  })

  it('a bug, and a broken world', () => {
    for (const error of [new Error('unforeseen'), Object.assign(new Error('EIO'), { syscall: 'read', code: 'EIO' })]) {
      let out = ''
      const io = { out: (text: string) => void (out += text), err: () => undefined }
      reportFailure(error, io, { wantsJson: true, withStack: true })
      fits('error', JSON.parse(out), error.message)
    }
  })

  it('a state directory that is a file', async () => {
    writeFileSync(desk.stateDir, '')
    await says('error', 'tree no-fills')
    await says('status', 'status')
    await says('kill', 'kill')
  })

  it('a log that was changed, and documents and configurations with errors', async () => {
    await desk.run(['status'])
    const segments = join(desk.stateDir, 'audit', 'segments')
    for (const file of readdirSync(segments))
      writeFileSync(join(segments, file), readFileSync(join(segments, file), 'utf8').replace('"host"', '"hose"'))
    await says('audit-verify', 'audit verify')
    await says('audit-records', 'audit tail')
    writeFileSync(join(desk.dir, 'bad.yaml'), 'kind: tree\nid: &x bad\n')
    await says('lint', 'lint bad.yaml')
    await says('config-validate', 'config validate bad.yaml')
  })
})

it('a run on its way: shown, approved, continued when due, undone and left', async () => {
  desk.at('2026-11-20T10:00:00-05:00')
  const opened = await says('runbook', 'runbook model-rollback')
  const run = idIn(opened, 'run')
  await says('run-list', 'run list')
  await says('status', 'status')
  await says('runbook', `run show ${run}`)
  await says('audit-records', `audit show ${run}`)
  desk.at('2026-11-24T10:00:00-05:00')
  await says('run-due', 'run continue --due')
  const deploy = idIn(await says('runbook', 'runbook rolling-deploy'), 'run')
  desk.at('2026-12-20T10:00:00-05:00')
  await says('run-due', 'run continue --due')
  await says('run-approve', `run approve ${deploy}`, risk)
  await says('runbook', `run continue ${deploy}`)
  await says('tree', 'tree no-fills --answer q1=no --act')
  const other = idIn(await says('tree', 'tree post-incident'), 'run')
  await says('run-abort', `run abort ${other} --disposition leave`)
  await says('run-abort', `run abort ${other} --disposition leave`, risk)
})

it('a configuration with everything in it', async () => {
  const env = addRunbooks(
    desk,
    {},
    `adapters: [{ serves: [notify], kind: exec, command: [/bin/true], timeoutMs: 1000 }]
operators: [{ id: oncall, roles: [oncall, risk], logins: [oncall] }]
http: { hosts: [example.com] }
secrets: [never-shown]
`,
  )
  expect(await says('config-show', 'config show --origin', { env })).not.toContain('never-shown')
})

it('a run that is undone', async () => {
  const env = addRunbooks(desk, {
    undone: `  - id: half
    title: Half the size
    do: desk.note
    with: { text: begun }
  - id: said
    title: Say why
    attest: { role: risk, ask: Why? }`,
  })
  const run = idIn(await says('runbook', 'runbook undone', { env }), 'run')
  await says('runbook', `run abort ${run} --disposition undo`, { env })
})

it('the way back from a halt', async () => {
  await says('runbook', 'runbook killswitch')
  const incidents = await says('incident-list', 'incident list')
  const incident = /"id":"([^"]+)"/.exec(incidents)?.[1] ?? ''
  await says('incident-show', `incident show ${incident}`)
  await says('incident-note', `incident note ${incident} seen`)
  await says('incident-assign', `incident assign ${incident} ann`)
  await says('incident-show', `incident show ${incident}`)
  await says('incident-postmortem', `incident postmortem ${incident} --out ${join(desk.dir, 'template.md')}`)
  await says(
    'tree',
    'tree post-incident --act --answer q1=no --answer no-root-cause.cause=limit --answer no-root-cause.class=venue --answer no-root-cause.fix=paper',
  )
  writeFileSync(join(desk.dir, 'review.md'), 'what happened and why and what changes '.repeat(5))
  desk.at('2026-11-20T09:15:00-05:00')
  await says('runbook', 'runbook reconciliation')
  await says('tree', 'tree post-incident --act --confirm paper --answer q1=yes --answer q2=yes --answer q3=yes')
  await says('unlock-request', 'unlock request --confirm paper')
  const request = idIn(await says('unlock-status', 'unlock status'), 'release')
  await says('error', `unlock approve ${request} --confirm paper`)
  await says('unlock-approve', `unlock approve ${request} --confirm paper`, risk)
  await says('incident-close', `incident close ${incident} --artifact review.md`)
})

it('a halt of a part and its release asked for; a promotion', async () => {
  await desk.run(['status'])
  await says('throttle', 'throttle 25')
  desk.at('2026-11-25T09:00:00-05:00')
  const asked = idIn(await says('promote-request', 'promote --confirm paper'), 'promote')
  await says('promote-approve', `promote ${asked} --confirm paper`, risk)
  await says('kill', 'kill --scope venue:backup')
  await says('status', 'status')
})

it('a waiver', async () => {
  await desk.fault('alert-noise')
  desk.at('2026-11-20T17:00:00-05:00')
  await says('gates', 'gates weekly')
  await says('gates-waive', 'gates waive W2 --reason agreed --until 2026-11-22', risk)
  await says('gates', 'gates weekly')
})

it('a silence', async () => {
  await says('monitor-silence', 'monitor silence add job-queue --for 1h --reason known')
  await says('monitor-silences', 'monitor silence list')
  await says('monitor-silence-expired', 'monitor silence expire job-queue')
})

it('a watch, from its beginning to its end', async () => {
  await desk.fault('stale-one')
  const stopping = { env: { DESK_NOW: '' } }
  const { stdout } = await desk.run(['monitor', 'watch', '--output', 'ndjson'], {
    ...stopping,
    onStdout: (text, kill) => {
      if (text.includes('"type":"monitor"') && text.includes('"type":"class"')) kill('SIGTERM')
    },
  })
  for (const each of stdout.trimEnd().split('\n')) fits('monitor-watch-line', JSON.parse(each), each)
  const ended = await desk.run(['monitor', 'watch', '--json'], {
    ...stopping,
    onStart: (kill) => setTimeout(kill, 4000, 'SIGTERM'),
  })
  fits('monitor-watch', JSON.parse(ended.stdout), 'a watch')
})

it('what is served over HTTP', async () => {
  const server = await serve(desk)
  try {
    fits('serve', JSON.parse(server.said()), 'desk serve')
    for (const [name, path] of [
      ['serve-health', '/health'],
      ['serve-ready', '/ready'],
      ['serve-status', '/api/system/status'],
      ['error', '/nowhere'],
    ] as const)
      fits(name, (await ask(server, path)).value, path)
    fits('error', (await ask(server, '/api/system/unlock_request', '{')).value, 'a broken request')
    fits('kill', (await ask(server, '/api/system/kill_switch', { scope: 1 })).value, 'a broken halt')
  } finally {
    server.process.kill('SIGTERM')
    await once(server.process, 'exit')
  }
})

it('what is to be signed', async () => {
  const served = await servedDesk({ profile: 'live', config: 'operators: [{ id: oncall, roles: [oncall] }]\n' })
  fits('kill', (await ask(served, '/api/system/kill_switch', '')).value, 'a halt')
  const { value } = await ask(served, '/api/system/unlock_request', { requestor: 'oncall' })
  fits('unlock-statement', value, 'a request without a signature')
})

describe('--output ndjson', () => {
  it.each([
    'tree no-fills --act',
    'tree no-fills --answer q1=no',
    'runbook killswitch',
    'runbook reconciliation',
    'runbook model-rollback',
    'gates daily',
  ])('every line of desk %s', async (line) => {
    const { stdout } = await desk.run([...line.split(' '), '--output', 'ndjson'])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(3)
    for (const each of lines) fits('ndjson-line', JSON.parse(each), each)
  })
})

it('an export', async () => {
  await desk.run(['runbook', 'reconciliation'])
  const { stdout } = await desk.run(['audit', 'export'])
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(3)
  for (const each of lines) fits('audit-export-line', JSON.parse(each), each)
})

afterAll(() => {
  expect(names.filter((name) => !seen.has(name))).toEqual([])
})
