/** Risk limits as `risk/limits.yml` states them. Each says in which direction it would be looser. */
import { parse } from 'yaml'
import * as z from 'zod'
import { once } from '../../../model/once.ts'
import { decimal } from '../../../ports/method.ts'
import { messageOf, PaperFailure } from '../failure.ts'
import { decimalUnits } from '../../../model/decimal.ts'
import type { Files } from './files.ts'
import { limitsFile } from './files.ts'

const limit = once(() => z.strictObject({ name: z.string(), value: decimal, looser: z.enum(['higher', 'lower']) }))
const limitsDocument = once(() => z.strictObject({ limits: z.array(limit()).min(1) }))
export type Limit = z.infer<ReturnType<typeof limit>>
export type Limits = ReadonlyMap<string, Limit>

/** Throws PaperFailure for a file that is missing or cannot be understood: nobody may take that for "no limits". */
export function limitsOf(files: Files, where: string): Limits {
  const broken = (why: string): PaperFailure => new PaperFailure('paper-corrupt', `${limitsFile} ${where}: ${why}`)
  const text = files.get(limitsFile)
  if (text === undefined) throw broken('is missing')
  const parsed = limitsDocument().safeParse(parseYaml(text, broken))
  if (!parsed.success) throw broken(parsed.error.issues.map(({ message }) => message).join('; '))
  const limits = new Map(parsed.data.limits.map((each) => [each.name, each]))
  if (limits.size < parsed.data.limits.length) throw broken('names a limit twice')
  return limits
}

function parseYaml(text: string, broken: (why: string) => PaperFailure): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw broken(messageOf(error))
  }
}

/** Names of the limits that are looser in `to` than in `from`; one that is gone, or measured the other way round, is looser. */
export const loosened = (from: Limits, to: Limits): string[] =>
  [...from.values()].filter((each) => isLooser(each, to.get(each.name))).map(({ name }) => name)

export function isLooser(from: Limit, to: Limit | undefined): boolean {
  if (to?.looser !== from.looser) return true
  const difference = decimalUnits(to.value) - decimalUnits(from.value)
  return from.looser === 'higher' ? difference > 0n : difference < 0n
}
