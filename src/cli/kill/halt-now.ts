/** One desk halted at this very moment: the part of a kill that comes before everything else. Node's own modules only. */
import { hrtime, pid } from 'node:process'
import { accountHome, homeDirectory } from '../home-directory.ts'
import { newId } from '../../audit/id.ts'
import type { DeskRef } from '../../killswitch/desks.ts'
import { type Engaged, engage } from '../../killswitch/engage.ts'
import type { Scope } from '../../killswitch/scope.ts'

/** A desk for which the permission is gone, or could not be removed. */
export interface Halted {
  readonly engaged: Engaged
  readonly id: string
}

/** Synchronous, and never throws. Who and why is put down afterwards: only the configuration tells what nobody may read. */
export function haltNow(desk: DeskRef, scope: Scope): Halted {
  const at = new Date(nowMs(desk))
  const id = newId('halt', () => at, ownBytes)
  const note = JSON.stringify({ since: at.toISOString() })
  return { engaged: engage(desk, { scope, id, note }), id }
}

/**
 * A user without an entry in the system's list of users may halt as well. Where HOME is relative the account's own home is meant: a desk
 * below the working directory is nobody's.
 */
export function homeOr(otherwise: string): string {
  try {
    const home = homeDirectory()
    return home.startsWith('/') ? home : accountHome()
  } catch {
    return otherwise
  }
}

/** On paper DESK_NOW, where it can be read. A wrong one is somebody else's finding, not a reason to hesitate. */
function nowMs(desk: DeskRef): number {
  const given = desk.profile === 'paper' ? Date.parse(process.env['DESK_NOW'] ?? '') : Number.NaN
  // eslint-disable-next-line no-restricted-properties -- the injected clock loads what a halt must not wait for
  return Number.isNaN(given) ? Date.now() : given
}

/** Unique without the cost of loading a cipher: process and time of this machine. */
function ownBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, pid)
  const ticks = hrtime.bigint()
  view.setUint16(4, Number((ticks >> 32n) & 0xffffn))
  view.setUint32(6, Number(ticks & 0xffffffffn))
  return bytes
}
