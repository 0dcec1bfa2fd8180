/** Bytes of a document as text, with the place of the first byte that is no UTF-8. */
import { isUtf8 } from 'node:buffer'
import type { Finding } from './diagnostic.ts'
import type { SourceFile } from './file.ts'

/** Larger documents are refused before they are decoded or parsed. Bytes of a file, UTF-16 units of a text. */
export const maxDocumentSize = 1 << 20

export interface Decoded {
  readonly file: SourceFile
  /** Empty, or why the bytes are no document; then `file.text` serves to show the place only. */
  readonly findings: readonly Finding[]
}

export function decodeUtf8(path: string, bytes: Uint8Array): Decoded {
  if (bytes.length > maxDocumentSize) return { file: { path, text: '' }, findings: [tooLarge(path, bytes.length)] }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const file = { path, text: decoder.decode(bytes) }
  if (isUtf8(bytes)) return { file, findings: [] }
  const valid = validPrefix(bytes)
  const start = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, valid)).length
  const byte = (bytes[valid] ?? 0).toString(16).padStart(2, '0')
  return {
    file,
    findings: [
      {
        rule: 'yaml/utf8',
        severity: 'error',
        message: `byte ${String(valid)} (0x${byte}) is not UTF-8`,
        span: { file: path, start, end: start + 1 },
        hint: 'save the file as UTF-8',
      },
    ],
  }
}

export const tooLarge = (path: string, size: number): Finding => ({
  rule: 'yaml/too-large',
  severity: 'error',
  message: `${String(size)} bytes; a document has at most ${String(maxDocumentSize)}`,
  span: { file: path, start: 0, end: 0 },
  hint: 'split it into several documents',
})

/** Bytes of the longest prefix that is whole characters: bisects, since validity is monotone but for a cut character at the end. */
function validPrefix(bytes: Uint8Array): number {
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    const whole = wholeCharacters(bytes, middle)
    if (isUtf8(bytes.subarray(0, whole))) low = middle
    else high = middle - 1
  }
  return wholeCharacters(bytes, low)
}

/** `end` moved back before a character that starts less than its own length before it. */
function wholeCharacters(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? end - back : end
    if (byte < 0x80) return end
  }
  return end
}
