/** Why something that loosens was refused: data for people and scripts, and for the record. */
export type RefusalCode =
  | 'unknown-request'
  | 'tampered'
  | 'own-request'
  | 'expired'
  | 'other-halt'
  | 'other-desk'
  | 'older-than-halt'
  | 'hold-lifted'
  | 'void'
  | 'evidence'
  | 'history-missing'
  | 'not-halted'
  | 'halted'
  | 'held'
  | 'incident'
  | 'too-early'
  | 'nothing-to-do'
  | 'unknown-person'
  | 'unknown-operator'
  | 'signature-required'
  | 'bad-signature'
  | 'wrong-namespace'
  | 'unknown-signer'
  | 'expired-signer'
/** Refused by policy: exit 4. */
export interface Refusal {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly message: string
  /** RFC 3339: from when it is possible, where that is known. */
  readonly from?: string
}
export const refuse = (code: RefusalCode, message: string, from?: string): Refusal => ({
  kind: 'refused',
  code,
  message,
  ...(from === undefined ? {} : { from }),
})
