/** Documents of one's own beside the shipped ones: a folder and a configuration that names it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Desk } from './desk.ts'

/** Writes runbooks with the given steps; answers the environment in which the desk finds them. */
export function addRunbooks(
  desk: Pick<Desk, 'dir'>,
  runbooks: Readonly<Record<string, string>>,
  config = '',
): Readonly<Record<string, string>> {
  const folder = join(desk.dir, 'procedures', 'runbooks')
  mkdirSync(folder, { recursive: true })
  for (const [id, steps] of Object.entries(runbooks)) writeFileSync(join(folder, `${id}.yaml`), runbookOf(id, steps))
  const path = join(desk.dir, 'desk.config.yaml')
  writeFileSync(path, `documents: [procedures]\n${config}`)
  return { DESK_CONFIG: path }
}

/** `steps` as they stand in a document, indented by two. */
const runbookOf = (id: string, steps: string): string => `kind: runbook
id: ${id}
title: A procedure of this desk
category: operations
source: desk
frequency: { text: In tests, practise: quarter }
trigger: { text: A test asks for it }
steps:
${steps}
verify:
  - id: told
    title: The desk can be asked
    check: desk.trading
    expect: result.sizeMultiplier >= 0.0
`
