import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, readConfig } from '../../src/config/load.ts'
import { configPlaces } from '../../src/config/places.ts'
import { positionAt } from '../../src/source/file.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'desk-config-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true })
})
const write = (name: string, text: string): string => {
  const path = join(dir, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}
const places = (env: Record<string, string> = {}, flag?: string) => configPlaces(flag, { HOME: dir, ...env }, dir)

describe('precedence', () => {
  it('is the embedded paper desk without a file', () => {
    const { config, files, findings } = loadConfig(places())
    expect(findings).toEqual([])
    expect(files).toEqual([])
    expect(config.desk.name).toBe('paper')
    expect(config.hosts.inference).toHaveLength(8)
  })
  it('the project wins over the user, key by key, and each key knows its file', () => {
    const user = write('.config/desk/config.yaml', 'desk: { name: mine, calendar: 24x7 }\n')
    const project = write('desk.config.yaml', 'desk: { name: ours }\n')
    const { config, origins } = loadConfig(places())
    expect(config.desk).toMatchObject({ name: 'ours', calendar: '24x7', model: 'signal' })
    expect(origins.get('desk.name')).toBe(project)
    expect(origins.get('desk.calendar')).toBe(user)
  })
  it('--config wins over DESK_CONFIG, and either replaces both files', () => {
    write('desk.config.yaml', 'desk: { name: project }\n')
    write('env.yaml', 'desk: { name: from-env }\n')
    write('flag.yaml', 'venues: [alpha]\n')
    expect(loadConfig(places({ DESK_CONFIG: 'env.yaml' })).config.desk.name).toBe('from-env')
    const flagged = loadConfig(places({ DESK_CONFIG: 'env.yaml' }, 'flag.yaml')).config
    expect(flagged.desk.name).toBe('paper')
    expect(flagged.venues).toEqual(['alpha'])
  })
  it('folders of documents are relative to the file that names them', () => {
    write('sub/flag.yaml', 'documents: [procedures]\n')
    expect(loadConfig(places({}, 'sub/flag.yaml')).config.documents).toEqual([join(dir, 'sub', 'procedures')])
  })
})

describe('bad files', () => {
  const findingsOf = (text: string) => {
    const read = readConfig(write('desk.config.yaml', text), true)
    return (read?.findings ?? []).map((f) => {
      const { line, column } = positionAt(read!.file, f.span.start)
      return `${String(line)}:${String(column)} ${f.rule} ${f.message}${f.hint === undefined ? '' : ` (${f.hint})`}`
    })
  }
  it('an unknown key is named with its place and the nearest one', () => {
    expect(findingsOf('desk:\n  nmae: x\n')).toEqual([
      '2:3 config/unknown-key unknown key "nmae"; known: name, calendar, model, sessions (did you mean "name"?)',
    ])
  })
  it('a wrong value points at the value', () => {
    expect(findingsOf('desk:\n  calendar: LSE\n')[0]).toMatch(/^2:13 config\/invalid desk\.calendar: /)
  })
  it('an anchor is refused like in any document', () => {
    expect(findingsOf('venues: &v [primary]\n')[0]).toMatch(/^1:9 yaml\//)
  })
  it('a file that was asked for and is not there is a finding', () => {
    expect(loadConfig(places({}, 'absent.yaml')).findings[0]?.rule).toBe('config/unreadable')
  })
})
