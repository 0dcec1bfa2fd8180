/** A method that no port has. */
import { suggestion } from '../source/suggest.ts'
import { error, type Rule } from './rule.ts'
import { methodCalls } from './steps.ts'

export const unknownMethod: Rule = ({ documents, catalogue }) =>
  [...documents.values()].flatMap(methodCalls).flatMap(({ call: { method } }) => {
    if (catalogue.has(method.value)) return []
    const [port = ''] = method.value.split('.')
    const ofPort = [...catalogue.keys()].filter((name) => name.startsWith(`${port}.`))
    const listed =
      ofPort.length > 0 ? `${port} has ${ofPort.map((name) => name.slice(port.length + 1)).join(', ')}` : undefined
    const hint = suggestion(method.value, catalogue.keys()) ?? listed
    return [
      error('check/unknown-method', `no method "${method.value}"`, {
        span: method.span,
        ...(hint === undefined ? {} : { hint }),
      }),
    ]
  })
