/** `desk monitor rules --as prometheus|alertmanager`: what is watched, for those who have others evaluate it. What is no rule is said. */
import type { Command } from '../command.ts'
import { entriesOf, loadLibrary, refuseBroken } from '../library.ts'
import { printJson } from '../output/print.ts'
import { wrap } from '../render/layout.ts'
import { alertmanagerRoutes } from '../rules/alertmanager.ts'
import { type MonitorRule, monitorRules } from '../rules/monitor-rule.ts'
import { prometheusRules } from '../rules/prometheus.ts'
import { whichDesk } from '../which-desk.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'

export interface RulesOptions {
  readonly as?: 'prometheus' | 'alertmanager'
  readonly webhook?: string
}

/** Leads nowhere, so that Alertmanager complains of every alert instead of losing it. */
const nowhere = 'http://desk-alerts.invalid'

export const run: Command<RulesOptions> = async ({ as, webhook }, context) => {
  const { io, globals } = context
  if (as === undefined)
    throw new DeskError('usage', exitCodes.usage, 'for whom?', 'desk monitor rules --as prometheus|alertmanager')
  const desk = whichDesk(context)
  const monitors: MonitorRule[] = []
  const library = await loadLibrary(desk, context)
  refuseBroken(library, ['monitors'])
  for (const { id, graph: key } of entriesOf(library, 'monitors')) {
    const graph = library.graphs.get(key)
    if (graph !== undefined) monitors.push(...monitorRules(id, graph, { config: desk.view, inputs: {} }))
  }
  const left = monitors.flatMap(({ set, id, expressed }) =>
    expressed.kind === 'left' ? [{ set, id, reason: expressed.reason }] : [],
  )
  const rules = monitors.flatMap(({ set, id, expressed }) => (expressed.kind === 'rule' ? [{ set, id }] : []))
  const routes = as === 'prometheus' ? undefined : routesTo(webhook, monitors, desk.config.desk.calendar)
  const text = routes?.text ?? prometheusRules(monitors, desk.name)
  if (globals.json)
    printJson(io, 'monitor-rules', { schema: 1, as, rules, left, receivers: routes?.receivers ?? [], text })
  else io.out(text)
  if (routes !== undefined && webhook === undefined)
    io.err(`desk: the receivers lead nowhere yet\n  next: desk monitor rules --as alertmanager --webhook <url>\n`)
  for (const { set, id, reason } of left)
    for (const line of wrap(`no rule: ${set}/${id}, ${visible(reason)}`, io.columns)) io.err(`${line}\n`)
  if (left.length > 0)
    io.err(
      `desk: Prometheus watches ${String(rules.length)} of ${String(monitors.length)} monitors, and holds and halts nothing\n  next: desk monitor watch\n`,
    )
  return exitCodes.ok
}

function routesTo(webhook: string | undefined, monitors: readonly MonitorRule[], calendar: 'XNYS' | '24x7') {
  const url = webhook ?? nowhere
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new DeskError(
      'usage',
      exitCodes.usage,
      '--webhook is no http or https URL',
      '--webhook https://alerts.example',
    )
  return alertmanagerRoutes(monitors, { webhook: url, calendar })
}
