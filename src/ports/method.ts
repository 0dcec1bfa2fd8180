/**
 * An adapter method: its arguments and result as zod schemas, and what it does to the world. One definition has three readings:
 * TypeScript (z.infer), expressions (expr/shape.ts) and JSON Schema. Only the vocabulary that expressions can check is allowed:
 * strictObject with camelCase keys, array, string, boolean, int, finite number, decimal, enum, optional, nullable.
 */
import * as z from 'zod'
import { decimalPattern } from '../model/decimal.ts'
import type { Effect, Risk } from '../model/graph.ts'
import { once } from '../model/once.ts'

// Each schema is used a few times only: compiling it to code would cost more than it saves. Counts for schemas made from here on.
z.config({ jitless: true })

/** A decimal number as a string; quantities and prices are these, never numbers. Compared by identity in `expr/shape.ts`: use this very schema. */
export const decimal = z
  .string()
  .regex(decimalPattern)
  .meta({ id: 'decimal', description: 'a decimal number as a string' })
/** RFC 3339 moment. */
export const moment = z.iso.datetime({ offset: true })

export interface MethodDefinition {
  readonly port: string
  readonly name: string
  /** One line for `desk adapter list` and editors. */
  readonly summary: string
  readonly args: z.ZodObject
  readonly result: z.ZodObject
  readonly effect: Effect
  readonly risk: Risk
  /** True for effects that loosen: unlock, promote, raising a size or a limit. The hard principles apply to them wherever they stand. */
  readonly loosens: boolean
  /** True for what tightens: it can never have an undo. */
  readonly tightens: boolean
  /** Argument or result fields that never reach a log. */
  readonly secret: readonly string[]
}

interface Does {
  readonly effect: Effect
  readonly risk: Risk
  readonly loosens?: boolean
  readonly tightens?: boolean
  readonly secret?: readonly string[]
}

type Agrees<R extends z.ZodRawShape> = (result: z.infer<z.ZodObject<R, z.core.$strict>>) => boolean

/** A program has several hundred methods and calls a few: each schema is made when somebody first asks for it. */
class Method<A extends z.ZodRawShape, R extends z.ZodRawShape> implements MethodDefinition {
  readonly port: string
  readonly name: string
  readonly summary: string
  readonly effect: Effect
  readonly risk: Risk
  readonly loosens: boolean
  readonly tightens: boolean
  readonly secret: readonly string[]
  readonly #args: () => z.ZodObject<A, z.core.$strict>
  readonly #result: () => z.ZodObject<R, z.core.$strict>

  constructor(
    port: string,
    name: string,
    summary: string,
    { effect, risk, loosens = false, tightens = false, secret = [] }: Does,
    args: () => A,
    result: () => R,
    agrees?: Agrees<R>,
  ) {
    this.port = port
    this.name = name
    this.summary = summary
    this.effect = effect
    this.risk = risk
    this.loosens = loosens
    this.tightens = tightens
    this.secret = secret
    this.#args = once(() => z.strictObject(args()))
    this.#result = once(() => {
      const plain = z.strictObject(result())
      return agrees === undefined ? plain : plain.refine(agrees, 'contradicts itself')
    })
  }

  get args(): z.ZodObject<A, z.core.$strict> {
    return this.#args()
  }

  get result(): z.ZodObject<R, z.core.$strict> {
    return this.#result()
  }
}

/**
 * A read-only method. `agrees`: whether what the result counts is what it lists, where it says the same thing twice. A result that
 * contradicts itself was cut off or made up, and says nothing.
 */
export const read = <A extends z.ZodRawShape, R extends z.ZodRawShape>(
  port: string,
  name: string,
  summary: string,
  args: () => A,
  result: () => R,
  agrees?: Agrees<R>,
) => new Method(port, name, summary, { effect: 'none', risk: 'neutral' }, args, result, agrees)

/** The same, where `secret` arguments or fields of the result never reach a log. */
export const secretRead = <A extends z.ZodRawShape, R extends z.ZodRawShape>(
  port: string,
  name: string,
  summary: string,
  secret: readonly string[],
  args: () => A,
  result: () => R,
) => new Method(port, name, summary, { effect: 'none', risk: 'neutral', secret }, args, result)

/** A method with an effect. `does` says what it does to the world. */
export const effect = <A extends z.ZodRawShape, R extends z.ZodRawShape>(
  port: string,
  name: string,
  summary: string,
  does: Does & { readonly effect: Exclude<Effect, 'none'> },
  args: () => A,
  result: () => R,
) => new Method(port, name, summary, does, args, result)
