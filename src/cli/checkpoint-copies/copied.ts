/** What goes off the host, and what became of it. */
import type { StoredNote } from '../../audit/checkpoint.ts'

export interface Kept {
  readonly notes: readonly StoredNote[]
  /** Content of `key.pub`. */
  readonly publicKey: string
}
export type Copied =
  | { readonly kind: 'copied'; readonly to: string; readonly notes: number }
  /** Nobody knows what lies there now; the next checkpoint tries again. */
  | { readonly kind: 'unreachable'; readonly to: string; readonly reason: string }
  /** What lies there is not ours: another key, or another note under the same name. */
  | { readonly kind: 'differs'; readonly to: string; readonly reason: string }
