import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of the installed package: where the shipped procedures lie. */
export function packageRoot(): string {
  for (let dir = import.meta.dirname; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'runbooks'))) return dir
    if (dir === dirname(dir)) throw new Error(`no package above ${import.meta.dirname}`)
  }
}
