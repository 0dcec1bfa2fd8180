/** Text from outside, made safe to show: control characters never reach a terminal, and columns are counted as terminals do. */

/**
 * Characters that a reader cannot see or that change what is seen: control characters, byte order marks, directional overrides and
 * halves of surrogate pairs. Tab and the line breaks are left to the caller.
 */
const hidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]/gu

/** Offsets of all hidden characters. */
export const hiddenCharacters = (text: string): readonly { readonly at: number; readonly name: string }[] =>
  plainLines.test(text)
    ? []
    : Array.from(text.matchAll(hidden), (match) => ({ at: match.index, name: codePointName(match[0]) }))

/** One line in which every hidden character, tab and line break is written as its code point. */
export const visible = (text: string): string =>
  isPlain(text) ? text : text.replace(hidden, escapeOf).replace(/[\t\r\n]/g, escapeOf)

const codePointName = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
const escapeOf = (character: string): string =>
  character === '\t'
    ? '\\t'
    : character === '\n'
      ? '\\n'
      : character === '\r'
        ? '\\r'
        : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`

/** Most text is, and the classes of Unicode take longer to build than a screen of it takes to measure. */
const plain = /^[ -~]*$/
const plainLines = /^[ -~\n]*$/
/** A column for each character, and none that is hidden. */
export const isPlain = (text: string): boolean => plain.test(text)

/** Built where they are first needed. */
let classes: { readonly zeroWidth: RegExp; readonly wide: RegExp } | undefined
const unicodeClasses = (): NonNullable<typeof classes> =>
  (classes ??= {
    zeroWidth: /^[\p{Mn}\p{Me}\p{Cf}]$/u,
    wide: /^[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u,
  })

/** Columns that a terminal gives to the text: 2 for wide characters, 0 for marks that join the character before. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length
  const { zeroWidth, wide } = unicodeClasses()
  let columns = 0
  for (const character of text) columns += zeroWidth.test(character) ? 0 : wide.test(character) ? 2 : 1
  return columns
}
