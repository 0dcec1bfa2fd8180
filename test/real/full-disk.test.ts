/** A disk that is full, out of inodes, or read-only, for real. */
import { mkdirSync } from 'node:fs'
import { afterAll, expect } from 'vitest'
import { testWith } from './support/machine.ts'
import { inOwnMounts } from './support/mounted.ts'
import { Scratch } from './support/program.ts'

const scratch = new Scratch()
const mounted = testWith('mounting')
afterAll(() => {
  scratch.remove()
})
function mountPoint(): string {
  const dir = scratch.fresh()
  mkdirSync(dir)
  return dir
}

mounted('on a full disk the desk halts and says that it is not on record; nothing else is done', async () => {
  const dir = mountPoint()
  const out = await inOwnMounts(
    `M=${dir}; mount -t tmpfs -o size=2m none $M
    desk runbook reconciliation > /dev/null
    # Links keep the blocks of the permissions, which a halt would otherwise give back to the log.
    mkdir $M/links; ln $M/state/permit/* $M/links/
    dd if=/dev/zero of=$M/filler bs=4k 2>/dev/null || true
    echo THROTTLE; desk throttle 50
    echo RUNBOOK; desk runbook reconciliation
    echo TREE; desk tree no-fills --act
    echo GATES; desk gates daily
    echo KILL; desk kill --reason drill
    echo STATUS; desk status
    echo SPACE; rm -f $M/filler
    desk unlock status --json
    desk audit verify`,
    `${dir}/state`,
  )
  const parts = sections(out)
  // A throttle removes permissions, so it happens all the same.
  expect(parts['THROTTLE']).toContain('100 % -> 50 %')
  expect(parts['THROTTLE']).toContain('[73]')
  for (const name of ['RUNBOOK', 'TREE', 'GATES']) {
    expect(parts[name]).toContain('[73]')
    expect(parts[name]).not.toMatch(/^ {2}done /m)
  }
  expect(parts['KILL']).toMatch(/^HALTED paper$/m)
  expect(parts['KILL']).toMatch(/halted, but not on record/)
  expect(parts['KILL']).toContain('[73]')
  expect(parts['STATUS']).toContain('HALTED')
  expect(parts['STATUS']).toContain('[0]')
  // As soon as there is room again, the next command writes it down.
  expect(parts['SPACE']).toMatch(/"halts":\[\{/)
  expect(parts['SPACE']?.match(/\[\d+\]$/gm)).toEqual(['[0]', '[0]'])
})

mounted('without inodes the desk halts as well', async () => {
  const dir = mountPoint()
  const out = await inOwnMounts(
    `M=${dir}; mount -t tmpfs -o size=8m,nr_inodes=160 none $M
    desk runbook reconciliation > /dev/null
    i=0; while mkdir $M/filler$i 2>/dev/null; do i=$((i+1)); done
    echo RUNBOOK; desk runbook reconciliation
    echo KILL; desk kill --reason drill
    echo STATUS; desk status`,
    `${dir}/state`,
  )
  const parts = sections(out)
  expect(parts['RUNBOOK']).toContain('[73]')
  // Removed permissions give inodes back, and with them the halt may be put on record.
  expect(parts['KILL']).toMatch(/^HALTED paper$/m)
  expect(parts['KILL']).toMatch(/^\[(0|73)\]$/m)
  expect(parts['STATUS']).toContain('HALTED')
})

mounted('on a read-only disk desk kill says loudly that it has not halted', async () => {
  const dir = mountPoint()
  const out = await inOwnMounts(
    `M=${dir}; mount -t tmpfs -o size=2m none $M
    desk runbook reconciliation > /dev/null
    mount -o remount,ro $M
    echo KILL; desk kill --reason drill
    echo KILLJSON; desk kill --json
    echo RUNBOOK; desk runbook reconciliation
    echo STATUS; desk status
    mount -o remount,rw $M
    echo AGAIN; desk kill`,
    `${dir}/state`,
  )
  const parts = sections(out)
  expect(parts['KILL']).toMatch(/^NOT HALTED paper$/m)
  expect(parts['KILL']).toMatch(/STILL NOT HALTED: trading may go on/)
  expect(parts['KILL']).not.toMatch(/^HALTED|halted, but/m)
  expect(parts['KILL']).toContain('EROFS')
  expect(parts['KILL']).toContain('[1]')
  expect(parts['KILLJSON']).toMatch(/"halted":false/)
  expect(parts['KILLJSON']).toContain('[1]')
  expect(parts['RUNBOOK']).toContain('[73]')
  expect(parts['STATUS']).toContain('TRADING')
  expect(parts['AGAIN']).toMatch(/^HALTED paper$/m)
  expect(parts['AGAIN']).toContain('[0]')
})

/** By the words in capitals that stand alone on a line. */
function sections(out: string): Readonly<Record<string, string>> {
  const parts = out.split(/^([A-Z]+)\n/m)
  return Object.fromEntries(parts.flatMap((name, i) => (i % 2 === 1 ? [[name, parts[i + 1] ?? '']] : [])))
}
