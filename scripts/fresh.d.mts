export function inputsOf(root: string, about: string): string | undefined
export function isFresh(root: string, inputs: string | undefined): boolean
export function noteFresh(root: string, inputs: string | undefined): void
