// Round-robin measuring of whole processes: every case takes its turn in every round, so that a busy moment hits all alike.
import { spawnSync } from 'node:child_process'

/** @typedef {{ name: string, run: () => number | Promise<number> }} Case - `run` answers milliseconds */

/** Medians in milliseconds, by name. */
export async function roundRobin(cases, rounds) {
  const times = new Map(cases.map((c) => [c.name, []]))
  for (const c of cases) await c.run() // once for nothing: files into the page cache
  for (let i = 0; i < rounds; i++) for (const c of cases) times.get(c.name).push(await c.run())
  return new Map([...times].map(([name, list]) => [name, median(list)]))
}

export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The environment that people have, without what slows every start of Node. */
export function environment(extra = {}) {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env
  return { ...rest, NO_COLOR: '1', ...extra }
}

/** Milliseconds of a whole process; throws when it ends otherwise than expected. */
export function wholeProcess(args, { env = environment(), cwd, expected = [0] } = {}) {
  const start = process.hrtime.bigint()
  const ran = spawnSync(process.execPath, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  if (!expected.includes(ran.status)) throw new Error(`${args.join(' ')} ended with ${ran.status}\n${ran.stderr}`)
  return ms
}

/** Prints a table of ratios against the reference of the same run and says where a limit is missed. */
export function report(title, rows) {
  process.stdout.write(`\n${title}\n`)
  for (const { name, ms, measure = 'ms', ratio, limit, unit = 'x' } of rows) {
    const verdict = limit === undefined ? '' : ratio <= limit ? `  within ${limit}${unit}` : `  OVER ${limit}${unit}`
    process.stdout.write(
      `  ${name.padEnd(44)} ${ms.toFixed(measure === 'ms' ? 1 : 2).padStart(8)} ${measure}  ${ratio.toFixed(2).padStart(6)}${unit}${verdict}\n`,
    )
  }
}
