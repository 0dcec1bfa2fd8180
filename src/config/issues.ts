/** Issues of the configuration's schema as findings with a place. */
import { configSchema } from './schema.ts'
import type { Finding } from '../source/diagnostic.ts'
import { suggestion } from '../source/suggest.ts'
import { nodeAt } from '../source/plain.ts'
import type { PNode } from '../source/yaml.ts'

interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly code: string
  readonly keys?: readonly string[]
}

/** Where in the file an issue lies, and what would be right. */
export function findingsFor(issue: Issue, root: PNode | undefined): readonly Finding[] {
  if (root === undefined) return []
  const at = nodeAt(root, issue.path)
  if (issue.code !== 'unrecognized_keys')
    return [
      {
        rule: 'config/invalid',
        severity: 'error',
        message: `${issue.path.join('.')}: ${issue.message}`,
        span: at.span,
      },
    ]
  const known = Object.keys(shapeAt(issue.path))
  return (issue.keys ?? []).map((key) => {
    const entry = at.kind === 'map' ? at.entries.find((e) => e.key === key) : undefined
    const hint = suggestion(key, known)
    return {
      rule: 'config/unknown-key',
      severity: 'error',
      message: `unknown key "${key}"; known: ${known.join(', ')}`,
      span: entry?.keySpan ?? at.span,
      ...(hint === undefined ? {} : { hint }),
    }
  })
}

/** The keys allowed at a path of the schema. */
function shapeAt(path: readonly PropertyKey[]): Readonly<Record<string, unknown>> {
  let schema: unknown = configSchema()
  for (const step of path) {
    schema = open(schema)
    if (isShaped(schema)) schema = schema.shape[String(step)]
    else if (isArraySchema(schema)) schema = schema.element
  }
  schema = open(schema)
  return isShaped(schema) ? schema.shape : {}
}
const isShaped = (s: unknown): s is { readonly shape: Readonly<Record<string, unknown>> } =>
  typeof s === 'object' && s !== null && 'shape' in s
const isArraySchema = (s: unknown): s is { readonly element: unknown } =>
  typeof s === 'object' && s !== null && 'element' in s
const isWrapper = (s: unknown): s is { unwrap(): unknown } =>
  typeof s === 'object' && s !== null && 'unwrap' in s && !('element' in s)
const open = (s: unknown): unknown => (isWrapper(s) ? s.unwrap() : s)
