// What `desk kill` costs as a whole process: until the permission is gone, and to its end with everything on record.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { environment, wholeProcess } from './measure.mjs'

const entry = join(dirname(import.meta.dirname), 'bin', 'desk.cjs')

/** Restores the permission, starts `desk kill` and waits until the file system tells that it is gone. */
export async function untilHalted(dir) {
  const stateDir = join(dir, 'halted')
  rmSync(stateDir, { recursive: true, force: true })
  cpSync(join(dir, 'young'), stateDir, { recursive: true })
  const permits = join(stateDir, 'permit')
  const path = join(
    permits,
    readdirSync(permits).find((name) => name.startsWith('trade@')),
  )
  const watcher = watch(permits)
  const start = process.hrtime.bigint()
  const child = spawn(process.execPath, [entry, 'kill'], {
    env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }),
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const ms = await new Promise((resolve) => {
    watcher.on('change', () => {
      if (!existsSync(path)) resolve(Number(process.hrtime.bigint() - start) / 1e6)
    })
  })
  watcher.close()
  const [code] = await ended
  if (code !== 0) throw new Error(`desk kill ended with ${code}`)
  return ms
}

/** Where there was no desk there are no venues, so nothing is waited for; everything is put on record all the same. */
export function killWithoutVenues(dir) {
  const stateDir = join(dir, 'empty-host')
  rmSync(stateDir, { recursive: true, force: true })
  return wholeProcess([entry, 'kill'], { env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }), expected: [78] })
}

/** A desk with venues: the whole process without the time in which it sends the cancels and waits for the venues, which the log tells. */
export function killApartFromVenues(dir) {
  const stateDir = join(dir, 'with-venues')
  rmSync(stateDir, { recursive: true, force: true })
  cpSync(join(dir, 'young'), stateDir, { recursive: true })
  const whole = wholeProcess([entry, 'kill'], { env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }) })
  const segments = join(stateDir, 'audit', 'segments')
  const halt = readdirSync(segments).find((name) => name.startsWith('halt-'))
  const records = readFileSync(join(segments, halt), 'utf8').trimEnd().split('\n').map(JSON.parse)
  const { sendingMs, waitingMs } = records.find(({ event }) => event === 'halt.verified').data
  return whole - sendingMs - waitingMs
}
