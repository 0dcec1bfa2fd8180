/** Documents are read by everybody and pinned into every run: no credential belongs into one. */
import type { PNode } from '../source/yaml.ts'
import type { Finding } from '../source/diagnostic.ts'
import type { SourceFile } from '../source/file.ts'
import { error, type Rule } from './rule.ts'

const credentials: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  [
    'a token',
    /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{16,})/,
  ],
  ['a signed token', /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ['a password', /\b(?:password|passwd|secret|api[_-]?key|token)\s*[=:]\s*(?!\$\{\{)[^\s"']{8,}/i],
  ['a password', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i],
]

export const secretInText: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) => findingsIn(document.root))

function findingsIn(node: PNode): readonly Finding[] {
  if (node.kind === 'map') return node.entries.flatMap((entry) => findingsIn(entry.value))
  if (node.kind === 'seq') return node.items.flatMap(findingsIn)
  if (typeof node.value !== 'string') return []
  const found = credentials.find(([, pattern]) => pattern.test(node.text))
  return found === undefined
    ? []
    : [
        error('check/secret-in-text', `this looks like ${found[0]}`, {
          span: node.span,
          hint: 'keep secrets in the configuration, and revoke this one',
        }),
      ]
}

/** A shorter one would be found in half of all texts by chance. */
const shortestChars = 5

/** Values that the configuration calls secret, wherever they stand in a file, comments included. */
export function configuredSecretsIn(files: readonly SourceFile[], secrets: readonly string[]): readonly Finding[] {
  const wanted = secrets.filter((secret) => secret.length >= shortestChars)
  return files.flatMap(({ path, text }) =>
    wanted.flatMap((secret) => {
      const start = text.indexOf(secret)
      if (start < 0) return []
      return [
        error('check/secret-in-text', 'this is a secret of the configuration', {
          span: { file: path, start, end: start + secret.length },
          hint: 'every run pins its documents as they are: take it out, and revoke it',
        }),
      ]
    }),
  )
}
