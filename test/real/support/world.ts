/** What a desk's world looks like from outside, with what differs between any two runs replaced: to tell whether an effect came twice. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { segmentsDir } from '../../../src/audit/layout.ts'
import { verify } from '../../../src/audit/verify.ts'
import { bootId } from '../../../src/killswitch/gate.ts'
import { readStanding } from '../../../src/killswitch/standing.ts'
import { wordsFor } from '../../../src/model/standing.ts'
import { now } from './program.ts'

export const standingOf = (stateDir: string): string => wordsFor(readStanding(stateDir, bootId()))

export interface World {
  readonly standing: string
  /** What is in the permit directory: permissions and holds. */
  readonly permit: readonly string[]
  /** Subjects of the configuration's commits, the newest first. */
  readonly commits: readonly string[]
  /** The desk's own effects by method, each as often as it was kept. */
  readonly effects: readonly string[]
  /** Per component of the paper desk its state, and the methods of the effects that made it so. */
  readonly components: Readonly<Record<string, unknown>>
}

export function worldOf(stateDir: string): World {
  const paper = join(stateDir, 'paper')
  const components = namesIn(paper).filter((name) => name.endsWith('.json'))
  const effects = namesIn(join(stateDir, 'effects')).filter((name) => name.endsWith('.done.json'))
  const repository = join(paper, 'config', 'repo')
  return {
    standing: standingOf(stateDir),
    // Requests that a dead process filed are in force no more than before; the next tightening sweeps them away.
    permit: namesIn(join(stateDir, 'permit')).filter((name) => !name.includes('+')),
    commits: existsSync(repository) ? subjectsOf(repository) : [],
    effects: effects.map((name) => methodIn(join(stateDir, 'effects', name))).sort(),
    components: Object.fromEntries(components.map((name) => [name, componentIn(join(paper, name))])),
  }
}

function componentIn(file: string): unknown {
  const { state, performed } = objectOf(JSON.parse(readFileSync(file, 'utf8')))
  const methods = Object.values(objectOf(performed)).map((each) => objectOf(each)['method'])
  return { state: inOrder(JSON.parse(sameInAnyRun(JSON.stringify(state)))), performed: methods.map(String).sort() }
}

const methodIn = (file: string): string => String(objectOf(JSON.parse(readFileSync(file, 'utf8')))['method'])

const subjectsOf = (repository: string): readonly string[] =>
  execFileSync('git', ['-C', repository, 'log', '--format=%s'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(sameInAnyRun)

/** The order of an object's fields means nothing. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]))
}

const sameInAnyRun = (text: string): string =>
  text
    .replace(/\b(run|halt|release|approval|throttle|promote|hold|note)-[0-9a-hjkmnp-tv-z]{26}\b/g, '$1-<id>')
    .replace(/\b[0-9a-f]{16,64}\b/g, '<hash>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')

/** Every byte of the log, by segment. */
export function logOf(stateDir: string): ReadonlyMap<string, Buffer> {
  const dir = segmentsDir(stateDir)
  return new Map(namesIn(dir).map((name) => [name, readFileSync(join(dir, name))]))
}

/** Segments that lost something which had been written. */
export function lostSince(before: ReadonlyMap<string, Buffer>, stateDir: string): readonly string[] {
  const after = logOf(stateDir)
  return [...before].flatMap(([name, bytes]) =>
    after.get(name)?.subarray(0, bytes.length).equals(bytes) === true ? [] : [name],
  )
}

/** What is wrong with the log. */
export const tamperingIn = (stateDir: string): readonly string[] =>
  verify(stateDir, undefined, { now: new Date(now), keepMs: () => Number.MAX_SAFE_INTEGER }).problems.map(
    (problem) => `${problem.segment}: ${problem.message}`,
  )

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort()
  } catch {
    return []
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}

/** How a world differs from the one that an undisturbed run leaves. */
export function differences(world: World, expected: World): readonly string[] {
  const { effects, ...rest } = world
  const { effects: mayHave, ...should } = expected
  const [is, wanted] = [JSON.stringify(rest), JSON.stringify(should)]
  return [
    // Fewer are possible: what was settled by looking at the desk itself leaves no file.
    ...(isMore(effects, mayHave) ? [`effects are ${effects.join(' ')}, not ${mayHave.join(' ')}`] : []),
    ...(is === wanted ? [] : [difference(is, wanted)]),
  ]
}

/** Whether any of them is there more often. */
const isMore = (are: readonly string[], may: readonly string[]): boolean =>
  are.some((each) => are.filter((other) => other === each).length > may.filter((other) => other === each).length)

/** Where two texts part, and how each goes on. */
function difference(is: string, should: string): string {
  let at = 0
  while (at < is.length && is[at] === should[at]) at++
  const from = Math.max(0, at - 60)
  return `is …${is.slice(from, from + 160)}… and not …${should.slice(from, from + 160)}…`
}
