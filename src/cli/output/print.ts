/** The one document that a command prints with `--json`, held by its type to the schema that is published under that name. */
import type { Io } from '../command.ts'
import type { Output, OutputName } from './published.ts'

export function printJson<K extends OutputName>(io: Pick<Io, 'out'>, _name: K, document: Output<K>): void {
  io.out(`${JSON.stringify(document)}\n`)
}
