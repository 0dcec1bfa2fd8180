/** What people, files and counterparties get wrong: each a clear message with a next step, the right exit code, and nothing lost. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { fields, listOf } from '../support/json-answers.ts'
import { addRunbooks } from '../support/procedures.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

describe('names that nobody knows', () => {
  it.each([
    ['tre', '"tre"', 'did you mean "tree"?'],
    ['run lst', '"lst"', 'did you mean "list"?'],
    ['run', 'desk run list|show|continue', 'desk run --help'],
    ['tree no-fils', '"no-fils"', 'did you mean "no-fills"?'],
    ['runbook killswich', '"killswich"', 'did you mean "killswitch"?'],
    ['gates dayly', '"dayly"', 'did you mean "daily"?'],
    ['gates daily --only D1,X9', '"X9"', 'known: D1, D2, D3, D4, D5'],
    ['show nonsense', '"nonsense"', 'next:'],
    ['help kil', '"kil"', 'did you mean "kill"?'],
    ['tree no-fills --answr q1=no', '--answr', '--answer'],
    ['tree no-fills --answer q9=no', '"q9"', 'did you mean "q1"?'],
    ['tree no-fills --answer q1=maybe', '"maybe"', 'yes, no, unsure'],
    ['tree no-fills --answer q1', '"q1"', 'name=value'],
    ['tree no-fills --answer q1=no --answer q1=yes', 'twice', 'once'],
    ['tree no-fills --answers nowhere.yaml', 'nowhere.yaml', 'desk help answers'],
    ['runbook killswitch --set foo=1', 'foo', 'reason'],
    ['runbook killswitch --offline', '--offline', 'add --dry-run'],
    ['runbook killswitch --simulate --dry-run', "'--simulate'", 'desk runbook --help'],
    ['gates daily --output ndjson', "'--json'", 'desk --help'],
    ['run show run-1', 'run-1', 'desk run list'],
    ['run continue', 'no run is open', 'desk run list'],
    ['demo nothing', '"nothing"', 'no-fills'],
    ['gates daily weekly', 'too many', 'desk gates --help'],
    ['tree no-fills wrong-pnl', 'too many', 'desk tree --help'],
    ['run list all', 'too many', 'desk run list --help'],
    ['unlock approve', "'request'", 'desk unlock approve --help'],
    ['help run lst', '"run lst"', 'desk help'],
    ['throttle 75', '"75"', '0, 25, 50 or half'],
    ['calendar --from tomorrow', '"tomorrow"', '2026-11-27'],
    ['calendar --from 2050-01-01', '2050-01-01', '2030-12-31'],
    ['audit show nonsense', 'nonsense', 'desk run list'],
  ])('desk %s: 64 with a hint', async (line, names, hint) => {
    const { code, stderr, value } = await desk.json(line.split(' '))
    expect(code).toBe(64)
    expect(stderr).toContain(names)
    expect(stderr).toContain(hint)
    expect(value).toMatchObject({ schema: 1, error: { exit: 64 } })
    expect((await desk.json(['run', 'list'])).value['runs']).toEqual([])
  })

  it.each([
    ['a path', '../../etc/passwd'],
    ['a slash', 'a/b'],
    ['an escape sequence', 'no\u001b[2Jfills'],
    ['a newline', 'no\nfills'],
    ['nothing', ''],
    ['a flag of its own', '--'],
    ['a name of every object', '__proto__'],
  ])('an id with %s names nothing and moves no cursor', async (_what, id) => {
    for (const args of [
      ['tree', id],
      ['runbook', id],
      ['run', 'show', id],
      ['audit', 'show', id],
    ]) {
      if (id === '--') args.push('no such')
      const { code, stdout, stderr } = await desk.run(args)
      expect([args.join(' '), code]).toEqual([args.join(' '), 64])
      expect(stdout + stderr).not.toContain('\u001b')
    }
  })
})

describe('documents', () => {
  const write = (name: string, text: string | Uint8Array): string => {
    const path = join(desk.dir, name)
    writeFileSync(path, text)
    return path
  }
  const bombs = Array.from('abcdefgh').map((id, i, all) => {
    const below =
      i === 0
        ? '[lol, lol]'
        : `[${Array(9)
            .fill(`*${all[i - 1] ?? ''}`)
            .join(', ')}]`
    return `${id}: &${id} ${below}`
  })
  it.each([
    ['broken', 'kind: runbook\nsteps:\n  - id: [oops\n'],
    ['aliases', `${bombs.join('\n')}\n`],
    ['a tag', 'kind: !!js/function "function () {}"\n'],
    ['a merge key', 'kind: runbook\n<<: { id: merged }\n'],
    ['two documents', 'kind: runbook\n---\nkind: tree\n'],
    ['depth', `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
    ['a duplicate key', 'kind: runbook\nkind: tree\n'],
    ['a control character', 'kind: runbook\ntitle: "\u0007bell"\n'],
    ['nothing', ''],
    ['not UTF-8', new Uint8Array([0x6b, 0x3a, 0x20, 0xff, 0xfe, 0x0a])],
    ['a size beyond 1 MiB', `kind: runbook\ntitle: ${'x'.repeat(1024 * 1024)}\n`],
  ])('%s: 65, with the place', async (_what, text) => {
    const path = write('hostile.yaml', text)
    const { code, stdout } = await desk.run(['lint', path])
    expect(code).toBe(65)
    expect(stdout).toMatch(/hostile\.yaml:\d+:\d+: error\[[\w-]+\/[\w-]+\] /)
    expect(stdout).not.toContain('\u0007')
    const json = await desk.run(['lint', path, '--format', 'json'])
    expect(listOf(JSON.parse(json.stdout))[0]).toMatchObject({ severity: 'error' })
  })

  it('a broken one keeps nobody from another: one line on stderr', async () => {
    const env = addRunbooks(desk, {})
    mkdirSync(join(desk.dir, 'procedures', 'trees'), { recursive: true })
    write('procedures/trees/broken.yaml', 'kind: tree\nid: broken\ntitle: [\n')
    const ran = await desk.run(['runbook', 'reconciliation'], { env })
    expect(ran.code).toBe(0)
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1)
    const own = await desk.json(['tree', 'broken'], { env })
    expect([own.code, own.value['error']]).toMatchObject([65, { exit: 65 }])
    expect((await desk.run(['show', 'broken', '--raw'], { env })).stdout).toContain('id: broken')
  })

  it('an invalid configuration: 78 with line and column', async () => {
    const path = write('desk.config.yaml', 'desk:\n  naem: paper\n')
    const ran = await desk.json(['tree'], { env: { DESK_CONFIG: path } })
    expect(ran.code).toBe(78)
    expect(ran.stderr).toMatch(/desk\.config\.yaml:2:\d+/)
    expect((await desk.run(['config', 'validate', path])).code).toBe(78)
  })
})

describe('a state directory', () => {
  it('that is a file: nothing is done, and nothing is green', async () => {
    writeFileSync(desk.stateDir, '')
    for (const args of [
      ['tree', 'no-fills'],
      ['runbook', 'killswitch'],
      ['gates', 'daily'],
    ]) {
      const { code, value, stderr } = await desk.json(args)
      expect(code).toBe(args[0] === 'gates' ? 2 : 73)
      expect(value).toMatchObject({ error: { exit: code } })
      expect(stderr).not.toContain('a bug in desk')
    }
  })

  it('with a log that cannot be written: 73, and nothing was done', async () => {
    await desk.run(['status'])
    await desk.run(['tree', 'wrong-pnl'])
    const { rmSync } = await import('node:fs')
    rmSync(join(desk.stateDir, 'audit', 'segments'), { recursive: true })
    writeFileSync(join(desk.stateDir, 'audit', 'segments'), '')
    const ran = await desk.json(['tree', 'no-fills', '--answer', 'q2=no', '--act'])
    expect([ran.code, ran.value]).toMatchObject([73, { error: { exit: 73 } }])
    const halted = await desk.run(['kill'])
    expect([halted.code, halted.stdout.split('\n')[0]]).toEqual([73, 'HALTED paper'])
  })
})

/** A program that says which version is in production, and since when that was so; double quotes, as it stands in single ones. */
function pinnedSince(asOf: string, complete = true): string {
  const version = { model: 'signal', version: 'v1.0.0-20260101', hash: 'abc' }
  const value = { ...version, status: 'production', createdAt: '2026-01-01T12:00:00Z' }
  return `echo ${JSON.stringify(JSON.stringify({ kind: 'value', value, asOf, complete }))}`
}

describe('a day beyond the calendar', () => {
  it.each(['gates daily', 'gates monthly', 'gates'])('%s cannot tell', async (words) => {
    const ran = await desk.at('2031-02-03T09:05:00-05:00').run(words.split(' '))
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('2030-12-31')
  })
})

describe('a counterparty', () => {
  /** A program in place of the model registry. */
  const registryIs = (script: string): Readonly<Record<string, string>> =>
    addRunbooks(
      desk,
      {
        asking: `  - id: ask
    title: Ask the registry
    check: registry.getVersionByAlias
    with: { model: signal, alias: production }
    expect: result.version != ""`,
      },
      `adapters: [{ serves: [registry], kind: exec, command: [/bin/sh, -c, '${script}'], timeoutMs: 300 }]\n`,
    )

  it.each([
    ['ends in failure', 'exit 3', 'exit code 3'],
    ['hangs', 'sleep 1000', 'no answer within 300 ms'],
    ['answers nothing', 'true', 'JSON'],
    ['answers nonsense', 'echo nonsense', 'JSON'],
    ['answers something else', 'echo "{}"', 'nonsense'],
    ['is not there', 'exec /no/such/program', '127'],
    ['says what was true an hour ago', pinnedSince('2026-11-20T13:05:00Z'), 'stale: its asOf lies 3600 s back'],
    [
      'says what will be true in an hour',
      pinnedSince('2026-11-20T15:05:00Z'),
      'not of now: its asOf lies 3600 s ahead',
    ],
    ['says a part', pinnedSince('2026-11-20T14:05:00Z', false), 'could not read all of it'],
  ])('that %s makes its checks undetermined: never ok', async (_what, script, reason) => {
    const env = registryIs(script)
    const ran = await desk.json(['runbook', 'asking'], { env })
    expect(ran.code).toBe(2)
    expect(ran.value).toMatchObject({ run: { status: 'undetermined' } })
    const [asked] = listOf(ran.value['steps'])
    expect(asked).toMatchObject({ id: 'ask', status: 'undetermined' })
    expect(fields(asked?.['evidence'])['reason']).toContain(reason)
  })
  it('that says what is true now is believed', async () => {
    expect((await desk.run(['runbook', 'asking'], { env: registryIs(pinnedSince('2026-11-20T14:05:00Z')) })).code).toBe(
      0,
    )
  })
})

describe('--json', () => {
  it.each([
    ['tree'],
    ['tree no-fills'],
    ['tree nonsense'],
    ['runbook reconciliation'],
    ['runbook reconciliation --dry-run'],
    ['runbook reconciliation --simulate'],
    ['gates'],
    ['gates daily'],
    ['status'],
    ['run list'],
    ['run show nonsense'],
    ['audit tail'],
    ['audit verify'],
    ['audit search --event opened'],
    ['calendar'],
    ['find fills'],
    ['show no-fills --format json'],
    ['doctor'],
    ['config show'],
    ['config path'],
    ['unlock status'],
    ['unlock request'],
    ['promote'],
    ['throttle 50'],
    ['help exit-codes'],
    ['nonsense'],
    ['tree --nonsense'],
    [''],
  ])('desk %s prints exactly one document', async (line) => {
    const ran = await desk.run([...line.split(' ').filter((word) => word !== ''), '--json'])
    expect(ran.stdout.endsWith('\n')).toBe(true)
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(1)
    const value: unknown = JSON.parse(ran.stdout)
    expect(typeof value).toBe('object')
    if (ran.code !== null && ran.code >= 64) expect(value).toMatchObject({ error: { exit: ran.code } })
  })
})
