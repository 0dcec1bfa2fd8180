/**
 * What Prometheus can judge by itself: one figure that has a name there, against a number. Everything else desk reads through methods
 * of its adapters, and nobody here knows what those are called in Prometheus, if they are there at all.
 */
import type { Env, Graph, MonitorSpec } from '../../model/graph.ts'

export type Expressed =
  /** PromQL that yields a series while the monitor is not fine. */
  { readonly kind: 'rule'; readonly expr: string } | { readonly kind: 'left'; readonly reason: string }

const metricName = /^[A-Za-z_:][A-Za-z0-9_:]*$/
const number = String.raw`(-?\d+(?:\.\d+)?)`
const figure = new RegExp(String.raw`^result\.value (<=|>=|<|>) ${number}$`)
const quantile = new RegExp(
  String.raw`^result\.count == (\d+) && result\.p95\.hasValue\(\) && result\.p95\.value\(\) (<=|<) ${number}$`,
)
/** The nearest rank of the 95th percentile of fewer values is the greatest of them. */
const fewestForRank = 20

/** `env` is what arguments see: the configuration. */
export function expressed(graph: Graph, { node: id, everyMs }: MonitorSpec, env: Env): Expressed {
  const node = graph.nodes.get(id)
  const left = (reason: string): Expressed => ({ kind: 'left', reason })
  if (node?.kind !== 'check') return left('it makes several readings in a row')
  const { method, args } = node.check
  const name = `${method.port}.${method.name}`
  if (name !== 'metrics.query' && name !== 'metrics.quantiles') return left(`its source is the method ${name}`)
  const given = args.evaluate(env)
  const metric = typeof given['name'] === 'string' ? given['name'] : ''
  if (!metricName.test(metric)) return left(`${JSON.stringify(metric)} is no name of a metric`)
  const text = node.expect.text.replace(/\s+/g, ' ')
  if (name === 'metrics.query') {
    const [, operator, limit] = figure.exec(text) ?? []
    if (operator === undefined || limit === undefined) return left(`Prometheus cannot judge: ${text}`)
    return { kind: 'rule', expr: unless(metric, `${metric} ${operator} ${limit}`, `absent(${metric})`) }
  }
  const [, count, operator, limit] = quantile.exec(text) ?? []
  const last = given['last']
  if (operator === undefined || limit === undefined || count !== String(last) || Number(last) >= fewestForRank)
    return left(`Prometheus cannot judge: ${text}`)
  const window = `${metric}[${promDuration(everyMs * Number(last))}]`
  const fine = `max_over_time(${window}) ${operator} ${limit} and count_over_time(${window}) >= ${String(last)}`
  return { kind: 'rule', expr: unless(`max_over_time(${window})`, `(${fine})`, `absent_over_time(${window})`) }
}

/**
 * `bad > limit` would be silent where the figure is NaN, and where it is not there at all; neither is a pass. So what fires is whatever is
 * not proved to be fine.
 */
const unless = (seen: string, fine: string, absent: string): string => `(${seen} unless ${fine}) or ${absent}`

/** In whole seconds at least: Prometheus takes milliseconds as well, but nobody scrapes that often. */
export function promDuration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const
  const found = units.find(([, each]) => ms >= each && ms % each === 0)
  return found === undefined ? `${String(ms)}ms` : `${String(ms / found[1])}${found[0]}`
}
