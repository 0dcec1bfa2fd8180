/** What the build has read off the sources for `desk explain`: rules and error codes. */
import { readPackaged } from '../packaged-json.ts'

export interface ExplainedRule {
  /** `law/halt-always`. */
  readonly code: string
  /** Empty where the code says it all. */
  readonly about: string
  /** A document that breaks it, and what lint says then. */
  readonly example?: { readonly document: string; readonly findings: string }
}
export interface ExplainedError {
  readonly code: string
  readonly exits: readonly number[]
  /** What people are told, with an ellipsis for what differs. */
  readonly says: readonly string[]
}

export const packagedRules = (): readonly ExplainedRule[] => readPackaged('rules.json', isRule)
export const packagedErrors = (): readonly ExplainedError[] => readPackaged('errors.json', isError)

const isRule = (value: unknown): value is ExplainedRule =>
  typeof value === 'object' && value !== null && 'code' in value && 'about' in value
const isError = (value: unknown): value is ExplainedError =>
  typeof value === 'object' && value !== null && 'code' in value && 'exits' in value && 'says' in value
