/** Runbooks whose steps leave a mark outside the desk, so that a test sees what took place whatever the desk says about it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Desk } from '../support/desk.ts'
import { listOf } from '../support/json-answers.ts'
import { addRunbooks } from '../support/procedures.ts'
import { onTestFinished } from 'vitest'

/** The desk and the folder of its tests go when the test ends. */
export function deskWith(
  runbooks: Readonly<Record<string, string>>,
  config = '',
): { readonly desk: Desk; readonly env: Readonly<Record<string, string>> } {
  const desk = new Desk()
  onTestFinished(() => {
    desk.remove()
  })
  return { desk, env: addRunbooks(desk, runbooks, config) }
}

/** A program of the desk's own, started in the folder of its tests. */
export const step = (id: string, script: string): string => `  - id: ${id}
    title: Leave a mark
    do: exec.run
    with: { file: /bin/sh, args: [-c, '${script}'] }`

export const mark = (letter: string): string => `printf ${letter} >> marks`

/** One letter for each effect that took place, in order. */
export const marksOf = ({ dir }: Desk): string =>
  existsSync(join(dir, 'marks')) ? readFileSync(join(dir, 'marks'), 'utf8') : ''

/** The newest run of the desk. */
export async function newestRun(desk: Desk): Promise<Record<string, unknown>> {
  const [run] = listOf((await desk.json(['run', 'list'])).value['runs'])
  return run ?? {}
}

/** Every file under a directory. */
export const filesIn = (dir: string): readonly string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
