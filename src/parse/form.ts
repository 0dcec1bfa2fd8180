/**
 * Reading one mapping by its schema. The zod shape says which keys there are and what each may hold; a form gives the values with their
 * places and reports what does not fit. A bad value is reported and left out, so that one slip never hides the next.
 */
import * as z from 'zod'
import type { Span } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import { suggestion } from '../source/suggest.ts'
import type { PEntry, PMap, PNode, PScalar, PSeq } from '../source/yaml.ts'
import { explainIssue, plainOf, wrongType } from './explain.ts'

export interface Located<T> {
  readonly value: T
  readonly span: Span
}
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- `{} | null` is anything but undefined
type Given<T> = T & ({} | null)
export type Report = (finding: Finding) => void
export type FormShape = Readonly<Record<string, z.ZodType>>

export class Form<S extends FormShape> {
  readonly span: Span
  private readonly entries: ReadonlyMap<string, PEntry>

  /** `spared`: keys whose absence a law reports, with a reason of its own. */
  constructor(
    private readonly shape: S,
    mapping: PMap,
    private readonly what: string,
    private readonly report: Report,
    spared: readonly (keyof S & string)[] = [],
  ) {
    this.span = mapping.entries[0]?.keySpan ?? mapping.span
    this.entries = new Map(mapping.entries.map((entry) => [entry.key, entry]))
    this.reportUnknownKeys()
    this.reportMissingKeys(spared)
  }

  /** The value as the schema gives it; undefined where the key is absent or its value was reported. */
  get<K extends keyof S & string>(key: K): z.output<S[K]> | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined) return undefined
    const schema: S[K] = this.shape[key]
    const read = z.safeParse(schema, plainOf(entry.value))
    if (read.success) return read.data
    for (const issue of read.error.issues) this.report(explainIssue(key, entry.value, issue))
    return undefined
  }

  /** As `get`, with the place of the value. */
  located<K extends keyof S & string>(key: K): Located<Given<z.output<S[K]>>> | undefined {
    const value = this.get(key)
    return value === undefined ? undefined : { value, span: this.spanOf(key) }
  }

  text(key: keyof S & string): Located<string> | undefined {
    const value = this.get(key)
    return typeof value === 'string' ? { value, span: this.spanOf(key) } : undefined
  }

  /** A string with the offsets of its characters: an expression or a template. */
  scalar(key: keyof S & string): PScalar | undefined {
    const node = this.node(key)
    return typeof this.get(key) === 'string' && node?.kind === 'scalar' ? node : undefined
  }

  /** Whatever stands there, not looked at. */
  node(key: keyof S & string): PNode | undefined {
    return this.entries.get(key)?.value
  }

  map(key: keyof S & string): PMap | undefined {
    const node = this.node(key)
    if (node === undefined || node.kind === 'map') return node
    this.report(wrongType(key, node, 'a mapping'))
    return undefined
  }

  seq(key: keyof S & string): PSeq | undefined {
    const node = this.node(key)
    if (node === undefined || node.kind === 'seq') return node
    this.report(wrongType(key, node, 'a list'))
    return undefined
  }

  has(key: keyof S & string): boolean {
    return this.entries.has(key)
  }

  /** The place of the value, or of the mapping where the key is absent. */
  spanOf(key: keyof S & string): Span {
    return this.entries.get(key)?.value.span ?? this.span
  }

  /** The place of the key, or of the mapping where the key is absent. */
  keySpan(key: keyof S & string): Span {
    return this.entries.get(key)?.keySpan ?? this.span
  }

  private reportUnknownKeys(): void {
    const known = Object.keys(this.shape)
    for (const { key, keySpan } of this.entries.values()) {
      if (known.includes(key)) continue
      const hint = suggestion(
        key,
        known.filter((name) => !this.entries.has(name)),
      )
      this.report({
        rule: 'parse/unknown-key',
        severity: 'error',
        message: `${this.what} has no "${key}"`,
        span: keySpan,
        hint: hint ?? `it may have ${known.join(', ')}`,
      })
    }
  }

  private reportMissingKeys(spared: readonly string[]): void {
    for (const [key, schema] of Object.entries(this.shape)) {
      if (this.entries.has(key) || spared.includes(key) || schema._zod.optin === 'optional') continue
      this.report({
        rule: 'parse/missing-key',
        severity: 'error',
        message: `${this.what} needs "${key}"`,
        span: this.span,
      })
    }
  }
}

/** The mapping, or undefined after reporting what else stands there. */
export function expectMap(what: string, node: PNode, report: Report): PMap | undefined {
  if (node.kind === 'map') return node
  report(wrongType(what, node, 'a mapping'))
  return undefined
}
