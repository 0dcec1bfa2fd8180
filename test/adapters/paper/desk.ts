/** A paper desk in a directory of its own, with a clock that tests move. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { paperAdapter } from '../../../src/adapters/paper/adapter.ts'
import type { FaultId } from '../../../src/adapters/paper/faults.ts'
import { setFault } from '../../../src/adapters/paper/switch-fault.ts'
import type { Effected, Reading, Settlement } from '../../../src/ports/adapter.ts'
import { catalogue } from '../../../src/ports/catalogue.ts'
import type { MethodDefinition } from '../../../src/ports/method.ts'

export const thursdayNoon = '2026-11-19T12:00:20-05:00'

export function makeStateDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'desk-paper-'))
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  return dir
}

export type Args = Readonly<Record<string, unknown>>

export class PaperDesk {
  readonly now = (): Date => new Date(this.moment)
  haltedAt: Date | undefined
  readonly #adapter

  constructor(
    readonly stateDir: string = makeStateDir(),
    public moment: string = thursdayNoon,
  ) {
    this.#adapter = paperAdapter({ stateDir, now: this.now, haltedAt: () => Promise.resolve(this.haltedAt) })
  }

  get has(): ReadonlySet<string> {
    return this.#adapter.has
  }

  read(method: string, args: Args = {}): Promise<Reading> {
    return this.#adapter.read(callOf(method, args))
  }
  act(method: string, args: Args, key: string): Promise<Effected> {
    return this.#adapter.act({ ...callOf(method, args), key })
  }
  lookup(method: string, args: Args, key: string): Promise<Settlement> {
    return this.#adapter.lookup({ ...callOf(method, args), key })
  }
  set(fault: FaultId, on = true): Promise<void> {
    return setFault(this, fault, on)
  }

  /** The value of a reading, parsed by the method's own schema; fails where there is none. */
  async value(method: string, args: Args = {}): Promise<Value> {
    const reading = await this.read(method, args)
    if (reading.kind !== 'value') throw new Error(`${method}: ${reading.reason}`)
    return new Value(resultOf(method, reading.value))
  }
  /** What an effect answered, likewise. */
  async done(method: string, args: Args, key: string): Promise<Value> {
    const effected = await this.act(method, args, key)
    if (effected.kind !== 'done') throw new Error(`${method}: ${effected.reason}`)
    return new Value(resultOf(method, effected.value))
  }
}

/** A result whose fields tests take out by name. */
export class Value {
  constructor(readonly json: unknown) {}
  at(...path: readonly (string | number)[]): unknown {
    return path.reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      this.json,
    )
  }
  text(...path: readonly (string | number)[]): string {
    const value = this.at(...path)
    if (typeof value !== 'string') throw new Error(`${path.join('.')} is ${String(value)}`)
    return value
  }
  list(...path: readonly (string | number)[]): readonly Value[] {
    const value = this.at(...path)
    if (!Array.isArray(value)) throw new Error(`${path.join('.')} is ${String(value)}`)
    return value.map((item: unknown) => new Value(item))
  }
}

function definitionOf(method: string): MethodDefinition {
  const definition = catalogue.get(method)
  if (definition === undefined) throw new Error(`no method ${method}`)
  return definition
}
export const resultOf = (method: string, value: unknown): unknown => definitionOf(method).result.parse(value)

function callOf(name: string, args: Args) {
  const [port = '', method = ''] = name.split('.')
  return {
    port,
    method,
    args: definitionOf(name).args.parse(args),
    timeoutMs: 1000,
    signal: new AbortController().signal,
  }
}
