/** Whether this process could do what it is there for, right now. */
import { accessSync, closeSync, constants, existsSync, fsyncSync, unlinkSync } from 'node:fs'
import type { Context } from '../command.ts'
import { homeOr } from '../kill/halt-now.ts'
import type { DeskState } from '../state.ts'
import { auditDir } from '../../audit/layout.ts'
import { createFile, ensureDirectory } from '../../disk/directory.ts'
import { disk, writeAll } from '../../disk/write.ts'
import { desksToHalt, type DeskRef } from '../../killswitch/desks.ts'
import { permitDir } from '../../killswitch/permit.ts'

/** One sentence each; none: ready. */
export function whyNotReady(context: Context, stateDir: string, state: DeskState): readonly string[] {
  const { env, system, pid } = context.deps
  const { desks, problems, misuse } = desksToHalt(
    { env, home: homeOr('/'), registry: system.liveRegistry },
    context.globals.profile,
  )
  return [
    ...problems,
    ...(misuse === undefined ? [] : [misuse]),
    ...desks.flatMap(whyNoHalt),
    ...whyNoLog(stateDir, pid),
    ...(state.read.unknown === undefined ? [] : [`the state cannot be told: ${state.read.unknown}`]),
    ...(state.auditOk ? [] : ['the audit log is not sound: desk audit verify']),
  ]
}

/** Removing a file takes the right to write its directory. A read-only disk refuses here as well. */
function whyNoHalt({ name, stateDir }: DeskRef): readonly string[] {
  const dir = permitDir(stateDir)
  if (!existsSync(dir)) return []
  return failing(`${name} could not be halted from here`, () => {
    accessSync(dir, constants.W_OK | constants.X_OK)
  })
}

/** By writing: a disk that is full tells it only then. */
const whyNoLog = (stateDir: string, pid: number): readonly string[] =>
  failing('the audit log cannot be written', () => {
    ensureDirectory(auditDir(stateDir))
    const path = `${auditDir(stateDir)}/ready-${String(pid)}`
    const fd = createFile(path, 'wx')
    try {
      writeAll(disk, fd, Buffer.alloc(probeBytes))
      fsyncSync(fd)
    } finally {
      closeSync(fd)
      unlinkSync(path)
    }
  })
const probeBytes = 4096

function failing(what: string, act: () => void): readonly string[] {
  try {
    act()
    return []
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`]
  }
}
