/** Whether an effect may happen now. The gates say what trading may do; this says what that means for an effect. */
import type { Method } from '../model/graph.ts'
import type { Permission } from './ports.ts'

/** The one order that may be sent while halted: one lot, far away, cancelled at once; its adapter counts three per halt. */
const probeOrder = 'venue.probeOrder'

/** Whoever calls it again puts off what the venue would cancel by itself. */
const deadMansSwitch = 'venue.cancelAllOrdersAfter'

export const methodName = (method: Method): string => `${method.port}.${method.name}`

/**
 * Why not, or undefined. What reduces risk is always possible and what is neutral is possible too, whatever the gates say and even if
 * they cannot be asked; what adds risk needs full permission and the grant under which the run goes. A dead man's switch is let run out
 * where nothing may trade, or nobody can tell: setting it again would keep orders alive, and clearing it would disarm it.
 */
export function refusalOf(method: Method, permission: Permission | undefined, epoch: string): string | undefined {
  if (methodName(method) === deadMansSwitch && (permission === undefined || permission.allowed === 'none'))
    return "a halt lets the dead man's switch run out"
  if (method.risk !== 'adds') return undefined
  if (permission === undefined) return 'the gates could not be asked'
  if (permission.epoch !== epoch) return `the run began under ${epoch}, and ${permission.epoch} is in force`
  if (permission.allowed === 'all' || methodName(method) === probeOrder) return undefined
  return permission.allowed === 'none'
    ? 'no new order may go out: the desk is halted or held (desk status)'
    : 'only what reduces risk may trade'
}

/** The grant changed: a person can let the run go on. Where nobody can tell which is in force, the gates refuse what adds risk. */
export function needsConfirmation(method: Method, presentEpoch: () => string, epoch: string): boolean {
  if (method.risk !== 'adds') return false
  try {
    return presentEpoch() !== epoch
  } catch {
    return false
  }
}
