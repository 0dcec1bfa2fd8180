import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
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

it('an incident closes with a cause, a verified fix and a written review, and not before', async () => {
  expect((await desk.run(['runbook', 'killswitch'])).code).toBe(0)
  const { value } = await desk.json(['incident', 'list'])
  const [{ id } = { id: '' }] = (value as { incidents: { id: string }[] }).incidents
  expect((await desk.json(['status'])).value['incidents']).toMatchObject([{ id }])
  expect((await desk.run(['status'])).stdout).toContain(`Incidents\n  ${id}`)
  const review = join(desk.dir, 'review.md')
  writeFileSync(review, 'The broker was down. '.repeat(10))
  const close = ['incident', 'close', id, '--artifact', review]
  const early = await desk.run(close)
  expect([early.code, early.stderr]).toEqual([4, expect.stringContaining('no documented root cause')])

  const cause = [
    '--answer',
    'q1=no',
    '--act',
    '--answer',
    'no-root-cause.cause=a switch failed',
    '--answer',
    'no-root-cause.class=mistaken-kill',
    '--answer',
    'no-root-cause.fix=staging',
  ]
  const unknown = cause.map((word) => word.replace('mistaken-kill', 'mistake'))
  const refused = await desk.run(['tree', 'post-incident', ...unknown])
  expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining('mistaken-kill')])
  expect((await desk.run(['incident', 'close', id, '--artifact', review])).code).toBe(4)
  expect((await desk.run(['tree', 'post-incident', ...cause])).code).toBe(0)
  expect((await desk.run(['incident', 'close', id])).code).toBe(4)
  writeFileSync(review, 'too short')
  expect((await desk.run(close)).code).toBe(4)
  writeFileSync(review, 'The broker was down. '.repeat(10))
  expect((await desk.run(close)).code).toBe(0)
  expect((await desk.json(['incident', 'show', id])).value).toMatchObject({
    incident: { status: 'closed', rootCause: 'a switch failed', causeClass: 'mistaken-kill', fixVerifiedIn: 'staging' },
  })
  expect((await desk.run(['incident', 'show', 'T-99'])).code).toBe(64)
  expect((await desk.json(['status'])).value['incidents']).toEqual([])
})

it('status tells of no incidents only where its files can tell: not where a program keeps them, nor from a broken file', async () => {
  expect((await desk.json(['status'])).value['incidents']).toEqual([])
  const config = join(desk.dir, 'elsewhere.yaml')
  writeFileSync(config, 'adapters: [{ serves: [tickets], kind: exec, command: [/bin/false] }]\n')
  expect((await desk.json(['status', '--config', config])).value['incidents']).toBeNull()
  expect((await desk.run(['status', '--config', config])).stdout).toContain('desk incident list')
  expect((await desk.run(['runbook', 'killswitch'])).code).toBe(0)
  writeFileSync(join(desk.stateDir, 'paper', 'tickets.json'), '{"state":{}}')
  expect((await desk.json(['status'])).value['incidents']).toBeNull()
})

it('notes and the commander are on record and in the review, which asks for what is missing', async () => {
  desk.at('2026-11-20T10:00:00-05:00')
  await desk.run([
    'incident',
    'open',
    'risk-breach',
    '--answer',
    'cause=market gap',
    '--answer',
    'reviewed=none of them',
  ])
  // The run has waited for a minute without new orders, which moves its clock alone.
  desk.at('2026-11-20T10:10:00-05:00')
  const { value } = await desk.json(['incident', 'list'])
  const [{ id } = { id: '' }] = (value as { incidents: { id: string }[] }).incidents
  expect((await desk.run(['incident', 'note', id, ' '])).code).toBe(64)
  expect((await desk.run(['incident', 'note', 'T-99', 'x'])).code).toBe(64)
  expect((await desk.run(['incident', 'note', id, 'The', 'gap', 'opened at 15:58'])).code).toBe(0)
  expect((await desk.run(['incident', 'assign', id, 'a b'])).code).toBe(64)
  expect((await desk.json(['incident', 'assign', id, 'ann'])).value).toMatchObject({
    incident: { assignee: 'ann' },
    by: 'oncall',
  })
  expect((await desk.json(['incident', 'assign', id, 'ben'])).value).toMatchObject({ before: 'ann' })
  expect((await desk.run(['incident', 'show', id])).stdout).toContain('commander        ben')
  const events = await desk.run(['audit', 'search', '--event', 'incident.assigned', '--json'])
  expect(events.stdout).toContain('"commander":"ben","before":"ann"')

  const file = join(desk.dir, 'review.md')
  const told = await desk.run(['incident', 'postmortem', id, '--out', file])
  expect(told.code).toBe(0)
  expect(told.stderr).toContain('missing before it closes: the root cause')
  expect(told.stderr).toMatch(/still open: halt-\w+ of the desk/)
  const { readFileSync } = await import('node:fs')
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('- Class: P0 risk-breach')
  expect(text).toContain('- Commander: ben')
  expect(text).toContain('market gap (oncall)')
  expect(text).toContain('oncall: HALTED the desk: A hard risk limit is crossed')
  expect(text).toContain(`oncall: ${id}: The gap opened at 15:58`)
  expect((await desk.run(['incident', 'postmortem', id, '--out', file])).code).toBe(64)
  const cause = ['no-root-cause.cause=a gap', 'no-root-cause.class=model', 'no-root-cause.fix=staging']
  await desk.run(['tree', 'post-incident', '--act', ...['q1=no', ...cause].flatMap((each) => ['--answer', each])])
  const early = await desk.run(['incident', 'close', id, '--artifact', file])
  expect([early.code, early.stderr]).toEqual([4, expect.stringContaining('still to be written')])
  writeFileSync(file, text.replaceAll(/\[TO BE WRITTEN: [^\]]*\]/g, 'as the record says'))
  expect((await desk.run(['incident', 'close', id, '--artifact', file])).code).toBe(0)
  expect((await desk.run(['incident', 'assign', id, 'ann'])).code).toBe(4)
  expect((await desk.json(['incident', 'postmortem', id])).value).toMatchObject({
    missing: [],
    incident: { status: 'closed' },
  })
})

it('only an operator who may command is given command', async () => {
  await desk.run(['runbook', 'killswitch'])
  const config = join(desk.dir, 'desk.config.yaml')
  writeFileSync(config, 'operators: [{ id: oncall, roles: [oncall] }, { id: ann, roles: [commander] }]\n')
  const assign = (person: string) => desk.run(['incident', 'assign', 'T-1', person, '--config', config])
  expect((await assign('nobody')).code).toBe(64)
  expect([(await assign('oncall')).code, (await assign('oncall')).stderr]).toEqual([
    4,
    expect.stringContaining('who does: ann'),
  ])
  expect((await assign('ANN')).stdout).toBe('T-1  commanded by ann; assigned by oncall\n')
})

it('a damaged log makes a review undetermined, not shorter', async () => {
  await desk.run(['runbook', 'killswitch'])
  const { readdirSync, readFileSync } = await import('node:fs')
  const segments = join(desk.stateDir, 'audit', 'segments')
  const file = readdirSync(segments).find((name) => name.startsWith('run-')) ?? ''
  writeFileSync(join(segments, file), readFileSync(join(segments, file), 'utf8').replace('"acted"', '"Acted"'))
  const { code, stderr } = await desk.run(['incident', 'postmortem', 'T-1'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('may not be all')])
})

it('what was noted moves no cursor in the review', async () => {
  await desk.run(['runbook', 'killswitch'])
  await desk.run(['incident', 'note', 'T-1', 'red\u001b[2J\u202e <b>'])
  const { stdout } = await desk.run(['incident', 'postmortem', 'T-1'])
  expect(stdout).toContain('T-1: red\\u001b\\[2J\\u202e \\<b\\>')
})

it('a review is a file with an end, and closes an incident once', async () => {
  await desk.run(['runbook', 'killswitch'])
  const cause = ['q1=no', 'no-root-cause.cause=a switch', 'no-root-cause.class=model', 'no-root-cause.fix=staging']
  await desk.run(['tree', 'post-incident', '--act', ...cause.flatMap((each) => ['--answer', each])])
  const pipe = join(desk.dir, 'pipe')
  execFileSync('mkfifo', [pipe])
  const close = (artifact: string) => desk.run(['incident', 'close', 'T-1', '--artifact', artifact])
  for (const endless of [pipe, '/dev/zero', desk.dir])
    expect([endless, (await close(endless)).code]).toEqual([endless, 64])
  const review = join(desk.dir, 'review.md')
  writeFileSync(review, 'x '.repeat(1 << 20))
  expect((await close(review)).stderr).toContain('larger than')
  writeFileSync(review, 'The switch was broken. '.repeat(10))
  expect((await close(review)).code).toBe(0)
  writeFileSync(review, 'It was not the switch. '.repeat(10))
  const again = await close(review)
  expect([again.code, again.stderr]).toEqual([4, expect.stringContaining('closed already')])
})
