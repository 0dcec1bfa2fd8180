/**
 * Explores every interleaving of single system calls of several actors, each of which may die before any of them. A program is a list of
 * steps; a step is one system call. Nobody in it looks whether somebody else lives, so one who is dead is one who is never given a turn
 * again: the states with deaths are those without, each with any of its unfinished actors dead. They are counted and need no search. What is searched for: a permission in force although a tightening of it has returned, made from a
 * request that is older than that tightening's start. Only the order of events is part of a state, so the search is finite.
 */
export interface World {
  /** Name -> the moment of the request it was made from. */
  readonly files: Map<string, number>
  readonly actors: Actor[]
  /** Moments of events, by name: `s0` tightening 0 began, `e0` it returned, `c…` a request was filed. */
  readonly moments: Map<string, number>
  clock: number
}
export interface Actor {
  at: number
  isDead: boolean
  todo: readonly string[]
  isVoid: boolean
}
/** Performs one call; answers the index of the next step, or -1 when the program has returned. */
export type Step = (world: World, actor: Actor, at: number) => number
export type Program = readonly Step[]

const boot = '@boot'
type Call = (world: World, actor: Actor) => void
const call =
  (act: Call): Step =>
  (world, actor, at) => {
    act(world, actor)
    return at + 1
  }
const mark = (name: string): Step =>
  call((world) => {
    world.moments.set(name, ++world.clock)
  })

const unlink = (name: string): Step => call((world) => world.files.delete(name))
const list = (tokens: readonly string[]): Step =>
  call((world, actor) => {
    const isRelative = (name: string): boolean =>
      tokens.some((t) => name.startsWith(`${t}+`) || name.startsWith(`${t}@`))
    actor.todo = [...world.files.keys()].filter(isRelative).sort()
  })
/** Removes one listed name per turn. */
const sweep: Step = (world, actor, at) => {
  const [next, ...rest] = actor.todo
  if (next === undefined) return at + 1
  world.files.delete(next)
  actor.todo = rest
  return at
}

/** P: the permission, R: what it could be made from. The protocol is PRP. */
export type Pattern = 'PRP' | 'PR' | 'RP' | 'P'
function tighten(tokens: readonly string[], pattern: Pattern): Program {
  const permissions = tokens.map((token) => unlink(token + boot))
  const relatives = [list(tokens), sweep]
  return Array.from(pattern).flatMap((part) => (part === 'P' ? permissions : relatives))
}
const all = ['trade', 'open', 'half', 'full']
const counted = (n: number, program: Program): Program => [mark(`s${String(n)}`), ...program, mark(`e${String(n)}`)]
export const halt = (pattern: Pattern, n: number): Program => counted(n, tighten(all, pattern))
export const throttle = (pattern: Pattern, n: number): Program => counted(n, tighten(['full'], pattern))

const file = (token: string, id: string): Step =>
  call((world) => {
    const moment = ++world.clock
    world.moments.set(`c${token}+${id}`, moment)
    world.files.set(`${token}+${id}`, moment)
  })
const rename = (token: string, from: string): Step =>
  call((world, actor) => {
    const moment = world.files.get(from)
    if (actor.isVoid || moment === undefined) {
      actor.isVoid = true
      return
    }
    world.files.delete(from)
    world.files.set(token + boot, moment)
  })
const grant = (token: string, id: string): Step => rename(token, `${token}+${id}`)

/** `n`: it claims besides that it leaves no more than 25 %. */
export const release = (id: string, isFiledFirst: boolean, n?: number): Program => [
  ...(isFiledFirst ? [file('open', id), file('trade', id)] : []),
  ...(n === undefined ? tighten(['half', 'full'], 'PRP') : counted(n, tighten(['half', 'full'], 'PRP'))),
  grant('open', id),
  grant('trade', id),
]
export const promote = (id: string, isFiledFirst: boolean): Program => [
  ...(isFiledFirst ? [file('full', id)] : []),
  grant('full', id),
]
export const rearm: Program = [rename('trade', 'trade@old')]
/** What many do: read a file, then rename a new one into its place. */
export const rewrite: Program = [
  call((world, actor) => {
    actor.isVoid = !world.files.has('trade@boot')
  }),
  call((world, actor) => {
    if (!actor.isVoid) world.files.set('trade@boot', 0)
  }),
]

export interface Exploration {
  readonly states: number
  /** The same, with every choice of dead actors. */
  readonly withDeaths: number
  /** What went wrong, with the schedule that leads there; undefined: it holds in every state. */
  readonly broken: string | undefined
}

/**
 * `claims[n]` are the tokens of which tightening n says that they are gone. `kills`: deaths are searched through one by one, which finds
 * as many states as are counted otherwise.
 */
export function explore(
  programs: readonly Program[],
  files: Readonly<Record<string, number>>,
  claims: Readonly<Record<number, readonly string[]>>,
  kills = false,
): Exploration {
  const seen = new Set<string>()
  const actors = programs.map((): Actor => ({ at: 0, isDead: false, todo: [], isVoid: false }))
  const moments = new Map(Object.entries(files).map(([name, moment]) => [`c${name}`, moment]))
  let withDeaths = 0
  const stack: [World, string][] = [[{ files: new Map(Object.entries(files)), actors, moments, clock: 0 }, '']]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [world, schedule] = top
    const key = keyOf(world)
    if (seen.has(key)) continue
    seen.add(key)
    const unfinished = world.actors.filter((actor, i) => !actor.isDead && programs[i]?.[actor.at] !== undefined)
    withDeaths += kills ? 1 : 2 ** unfinished.length
    const wrong = wrongIn(world, claims)
    if (wrong !== undefined) return { states: seen.size, withDeaths, broken: `${wrong}; schedule ${schedule}` }
    for (const [i, actor] of world.actors.entries()) {
      const step = programs[i]?.[actor.at]
      if (actor.isDead || step === undefined) continue
      const next = copy(world)
      const moved = next.actors[i]
      if (moved === undefined) continue
      moved.at = step(next, moved, moved.at)
      stack.push([next, schedule + String(i)])
      if (!kills) continue
      const dead = copy(world)
      const victim = dead.actors[i]
      if (victim !== undefined) victim.isDead = true
      stack.push([dead, `${schedule}${String(i)}x`])
    }
  }
  return { states: seen.size, withDeaths, broken: undefined }
}

function wrongIn(world: World, claims: Readonly<Record<number, readonly string[]>>): string | undefined {
  for (const [n, tokens] of Object.entries(claims)) {
    const began = world.moments.get(`s${n}`)
    if (began === undefined || !world.moments.has(`e${n}`)) continue
    const back = tokens.find((token) => (world.files.get(token + boot) ?? Infinity) < began)
    if (back !== undefined) return `${back} is in force although tightening ${n} has returned and its request is older`
  }
  return undefined
}

const copy = (world: World): World => ({
  files: new Map(world.files),
  actors: world.actors.map((actor) => ({ ...actor })),
  moments: new Map(world.moments),
  clock: world.clock,
})

function keyOf(world: World): string {
  const events = [...world.moments].filter(([, moment]) => moment > 0).sort((a, b) => a[1] - b[1])
  const rank = new Map(events.map(([, moment], i) => [moment, i + 1]))
  const files = [...world.files].map(([name, moment]) => `${name}:${String(rank.get(moment) ?? 0)}`).sort()
  const actors = world.actors.map(
    (a) => `${String(a.at)}${a.isDead ? 'x' : ''}${a.isVoid ? 'v' : ''}${a.todo.join(',')}`,
  )
  return [files.join(' '), actors.join(' '), events.map(([name]) => name).join(' ')].join('|')
}
