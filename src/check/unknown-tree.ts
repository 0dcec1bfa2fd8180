/** A tree that no file holds. */
import type { Rule } from './rule.ts'
import { treeCalls } from './steps.ts'
import { unknownId } from './unknown-id.ts'

export const unknownTree: Rule = (library) =>
  [...library.documents.values()].flatMap(treeCalls).flatMap((tree) => unknownId(library, 'tree', tree))
