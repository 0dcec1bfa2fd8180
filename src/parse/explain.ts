/** What a schema says against a value, in words, with the exact place. */
import type * as z from 'zod'
import type { Finding } from '../source/diagnostic.ts'
import { suggestion } from '../source/suggest.ts'
import type { PNode } from '../source/yaml.ts'

/** The node as plain JSON. Keys such as `__proto__` stay ordinary keys. */
export function plainOf(node: PNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'seq':
      return node.items.map(plainOf)
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainOf(value)]))
  }
}

export const wrongType = (key: string, node: PNode, expected: string): Finding => ({
  rule: 'parse/wrong-type',
  severity: 'error',
  message: `"${key}" must be ${expected}, not ${kindOf(node)}`,
  span: node.span,
})

const scalarWords: Readonly<Record<string, string>> = { string: 'text', number: 'a number', boolean: 'a truth value' }

function kindOf(node: PNode): string {
  if (node.kind === 'map') return 'a mapping'
  if (node.kind === 'seq') return 'a list'
  return scalarWords[typeof node.value] ?? 'empty'
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

/** `node` is the value of `key`; the issue's path leads on from there. */
export function explainIssue(key: string, node: PNode, issue: z.core.$ZodIssue): Finding {
  const place = placeOf(key, node, issue.path)
  const finding = (rule: string, message: string, hint?: string): Finding => ({
    rule,
    severity: 'error',
    message,
    span: place.node.span,
    ...(hint === undefined ? {} : { hint }),
  })
  if (issue.code === 'invalid_type') {
    if (place.isMissing) return finding('parse/missing-key', `"${place.within}" needs "${place.name}"`)
    const wrong = wrongType(place.name, place.node, typeWords[issue.expected] ?? issue.expected)
    const isQuotable = issue.expected === 'string' && place.node.kind === 'scalar' && place.node.text !== ''
    return isQuotable ? { ...wrong, hint: `quote it: "${place.node.text}"` } : wrong
  }
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] ?? ''
    const entry = place.node.kind === 'map' ? place.node.entries.find((e) => e.key === unknown) : undefined
    const found = finding('parse/unknown-key', `"${place.name}" has no "${unknown}"`)
    return entry === undefined ? found : { ...found, span: entry.keySpan }
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    const written = place.node.kind === 'scalar' ? place.node.text : ''
    const message = `"${place.name}" must be ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`
    return finding('parse/bad-value', message, suggestion(written, values))
  }
  if (issue.code === 'too_small') {
    const isNumber = issue.origin === 'number' || issue.origin === 'int'
    const bound = isNumber ? `must be at least ${String(issue.minimum)}` : 'must not be empty'
    return finding('parse/bad-value', `"${place.name}" ${bound}`)
  }
  if (issue.code === 'too_big') {
    const unit = issue.origin === 'string' ? ' characters long' : ''
    return finding('parse/bad-value', `"${place.name}" must be at most ${String(issue.maximum)}${unit}`)
  }
  return finding(
    'parse/bad-value',
    `"${place.name}" ${issue.code === 'invalid_union' ? 'is none of the allowed forms' : issue.message}`,
  )
}

interface Place {
  readonly node: PNode
  readonly name: string
  /** The key that holds the mapping in which `name` is missing. */
  readonly within: string
  readonly isMissing: boolean
}

function placeOf(key: string, root: PNode, path: readonly PropertyKey[]): Place {
  let node = root
  let name = key
  let within = key
  for (const part of path) {
    const next =
      node.kind === 'seq'
        ? node.items[Number(part)]
        : node.kind === 'map'
          ? node.entries.find((entry) => entry.key === part)?.value
          : undefined
    if (typeof part === 'string') {
      within = name
      name = part
    }
    if (next === undefined) return { node, name, within, isMissing: true }
    node = next
  }
  return { node, name, within, isMissing: false }
}
