import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { segmentPath } from '../../../src/audit/layout.ts'
import { exportRecords } from '../../../src/cli/commands/audit-export.ts'
import { newLog, type Log } from '../../audit/writing.ts'
import { temporaryDir } from '../../support/state.ts'
import { say } from './said.ts'
import { sha256 } from '../../../src/model/sha256.ts'

function sample(): Log & { readonly run: string } {
  const log = newLog()
  const writer = log.open()
  log.clock.forward(86_400_000)
  writer.append({ event: 'sample', step: '=cmd()', observed: { token: 'hunter22', list: [1, 2] }, result: '-"x",\n' })
  writer.close()
  log.open().append({ event: 'other' })
  return { ...log, run: writer.run }
}

const linesOf = (out: string): readonly string[] => out.split('\n').slice(0, -1)
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('desk audit export', () => {
  it('streams the lines as they are, and ends with a hash over all before', async () => {
    const log = sample()
    const { exit, out, err } = await say(log, exportRecords, {})
    const lines = linesOf(out)
    expect(exit).toBe(0)
    expect(lines[0]).toBe('{"type":"version","schema":1}')
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      ...{ type: 'end', records: 4, problems: 0, redacted: 0 },
      sha256: hashOf(out.slice(0, out.lastIndexOf('{"type":"end"'))),
    })
    expect(err).toContain('4 records, sha256 ')
    for (const line of lines.slice(1, -1)) {
      const text = line.slice(line.indexOf('"record":') + '"record":'.length, -1)
      const [, body = '', h] = /^(.*),"h":"([0-9a-f]{64})"\}$/s.exec(text) ?? []
      expect(sha256(body)).toBe(h)
    }
  })

  it('takes a period and a run; a date is meant to its end', async () => {
    const log = sample()
    const records = async (options: object): Promise<number> =>
      linesOf((await say(log, exportRecords, options)).out).length - 2
    expect(await records({ from: '2026-11-20', to: '2026-11-20' })).toBe(1)
    expect(await records({ from: '2026-11-21' })).toBe(3)
    expect(await records({ run: log.run.slice(-8) })).toBe(2)
    expect(await records({ to: '2026-11-20T11:59:59.999Z' })).toBe(0)
    for (const bad of [{ from: 'x' }, { from: '2026-11-21', to: '2026-11-20' }, { run: 'nobody' }])
      await expect(say(log, exportRecords, bad)).rejects.toMatchObject({ exit: 64 })
    await expect(say(log, exportRecords, {}, { json: true })).rejects.toMatchObject({ exit: 64 })
  })

  it('writes csv that spreadsheets take for text, of which the hash is told beside it', async () => {
    const log = sample()
    const { out, err } = await say(log, exportRecords, { format: 'csv' })
    expect(out.split('\r\n')[0]).toMatch(/^segment,seq,timestamp,/)
    expect(out).toContain(`,'=cmd(),oncall,host-1,sample,"'-""x"",\n",`)
    expect(out).toContain('"{""token"":""hunter22"",""list"":[1,2]}"')
    expect(err).toContain(hashOf(out))
  })

  it('blacks out what became a secret since, and says so', async () => {
    const log = sample()
    const dir = temporaryDir()
    const config = join(dir, 'desk.config.yaml')
    mkdirSync(dir, { recursive: true })
    writeFileSync(config, 'secrets: [hunter22]\n')
    for (const format of ['ndjson', 'csv'] as const) {
      const { out } = await say(log, exportRecords, { format }, { config })
      expect(out).not.toContain('hunter22')
      expect(out).toContain('[redacted]')
    }
    const { out } = await say(log, exportRecords, {}, { config })
    expect(linesOf(out).filter((line) => line.includes('"redacted":true'))).toHaveLength(1)
    expect(linesOf(out).at(-1)).toContain('"redacted":1')
  })

  it('ends with 1 where a record is not what was written', async () => {
    const log = sample()
    const path = segmentPath(log.stateDir, `${log.run}.0.ndjson`)
    writeFileSync(path, readFileSync(path, 'utf8').replace('hunter22', 'hunter23'))
    const { exit, out, err } = await say(log, exportRecords, {})
    expect(exit).toBe(1)
    expect(err).toContain('chain-broken')
    expect(linesOf(out).at(-1)).toContain('"records":3,"problems":1')
  })
})
