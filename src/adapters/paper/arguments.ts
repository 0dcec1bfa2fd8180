/** Arguments arrive validated against the method's schema; these take one out with its type. */
export type Arguments = Readonly<Record<string, unknown>>

const wrong = (name: string, wanted: string): never => {
  throw new TypeError(`argument ${name} is not ${wanted}`)
}

export function optionalText(args: Arguments, name: string): string | undefined {
  const value = args[name]
  return value === undefined || typeof value === 'string' ? value : wrong(name, 'a string')
}
export const textOf = (args: Arguments, name: string): string => optionalText(args, name) ?? wrong(name, 'given')

export function intOf(args: Arguments, name: string): number {
  const value = args[name]
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : wrong(name, 'a whole number')
}

export function textsOf(args: Arguments, name: string): readonly string[] {
  const value = args[name]
  if (!Array.isArray(value)) return wrong(name, 'a list')
  return value.map((item: unknown) => (typeof item === 'string' ? item : wrong(name, 'a list of strings')))
}

export function booleanOf(args: Arguments, name: string): boolean {
  const value = args[name]
  return typeof value === 'boolean' ? value : wrong(name, 'true or false')
}

export function optionalNumber(args: Arguments, name: string): number | undefined {
  const value = args[name]
  return value === undefined || (typeof value === 'number' && Number.isFinite(value)) ? value : wrong(name, 'a number')
}
