/**
 * All that a desk can call, as one adapter: each method goes to whoever serves it, behind a guard that lets nothing through but what the
 * method's schema says. What is configured comes first, an entry for one method before one for its port, and the paper desk serves the
 * rest of a paper desk. Nothing is loaded before it is called.
 */
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Person } from '../model/journal.ts'
import type { Decider } from '../killswitch/roster.ts'
import type { AdapterConfig, Config } from '../config/load.ts'
import type { Adapter, Call } from '../ports/adapter.ts'
import { catalogue } from '../ports/catalogue.ts'
import { fixMethods } from './fix/methods.ts'
import { failed, failure } from './answer.ts'
import { realTimer, type StartTimer } from './deadline.ts'
import { guarded } from './guarded.ts'

export interface ComposeOptions {
  readonly config: Config
  readonly profile: 'paper' | 'live'
  /** As people see it. */
  readonly deskName: string
  /** Absolute. */
  readonly stateDir: string
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  readonly env: Readonly<Record<string, string | undefined>>
  /** Who stands behind what desk itself does: halts, throttles, requests. */
  readonly by: Person
  /** Who asks for a release; absent: `by`, which on a live desk is not enough. */
  readonly decider?: () => Decider
  readonly host: string
  readonly traceId: string
  readonly startTimer?: StartTimer
}

type Load = () => Promise<Adapter>
/** `port.method` -> who serves it. */
type Routes = ReadonlyMap<string, Load>

/** Throws DeskError `bad-adapter` (78) for an entry of the configuration that cannot be right. */
export function composeAdapters(options: ComposeOptions): Adapter {
  const startTimer = options.startTimer ?? realTimer
  const routes = new Map<string, Load>()
  const loaded = new Map<Load, Promise<Adapter>>()
  const all = routed(routes, (load) => {
    const known = loaded.get(load)
    if (known !== undefined) return known
    const loading = load().then((adapter) =>
      guarded(adapter, { secrets: options.config.secrets, now: options.now, startTimer }),
    )
    loaded.set(load, loading)
    return loading
  })
  for (const [names, load] of [...servedByOthers(options, all, startTimer), ...servedByDesk(options, all)])
    for (const name of names) routes.set(name, load)
  return all
}

/** Ports that desk serves itself, over those of others. */
const ownPorts: readonly string[] = ['desk', 'reconciliation', 'venues']

/** Later entries replace earlier ones. */
type Entries = readonly (readonly [names: Iterable<string>, load: Load])[]

function servedByDesk(options: ComposeOptions, inner: Adapter): Entries {
  const { config, now } = options
  const { venues, vendors } = config
  return [
    [methodsOf('venues'), () => import('./every-venue.ts').then(({ everyVenue }) => everyVenue(inner, venues))],
    [
      methodsOf('reconciliation'),
      () =>
        import('./reconciliation/adapter.ts').then(({ reconciliationAdapter }) =>
          reconciliationAdapter({ inner, venues, vendors, now }),
        ),
    ],
    [
      methodsOf('desk'),
      () =>
        import('./desk/adapter.ts').then(({ deskAdapter }) =>
          deskAdapter({ ...options, inner, redaction: { secrets: config.secrets, fields: [] } }),
        ),
    ],
  ]
}

function servedByOthers(options: ComposeOptions, inner: Adapter, startTimer: StartTimer): Entries {
  const { config, profile, stateDir, now, env } = options
  const paper: Load = async () => {
    const [{ paperAdapter }, { haltedAt }] = await Promise.all([
      import('./paper/adapter.ts'),
      import('./desk/halted-at.ts'),
    ])
    return paperAdapter({ stateDir, now, haltedAt: () => Promise.resolve(haltedAt(stateDir, now())) })
  }
  const step: Load = () =>
    import('./exec/step.ts').then(({ execStepAdapter }) => execStepAdapter({ now, env, startTimer }))
  const http: Load = () =>
    import('./http/adapter.ts').then(({ httpAdapter }) => {
      const { hosts, repeatable, headers } = config.http
      return httpAdapter({ now, hosts, repeatable, secrets: { headers, env } })
    })
  const configured = config.adapters
    .flatMap((entry) => entry.serves.map((serves) => ({ ...entry, serves })))
    // Whole ports first, so that an entry for one method replaces them.
    .sort((a, b) => Number(a.serves.includes('.')) - Number(b.serves.includes('.')))
    .map((entry) => {
      const names = servedByEntry(entry)
      switch (entry.kind) {
        case 'paper':
          return [names, paperFor(paper, profile)] as const
        case 'exec':
          return [names, programFor(entry, names, env)] as const
        case 'fix':
          return [names, sessionsFor(entry, { ...options, startTimer }, inner)] as const
      }
    })
  return [
    [profile === 'paper' ? catalogue.keys() : [], paper],
    [['exec.run'], step],
    [methodsOf('http'), http],
    ...configured,
  ]
}

/** `port.method` names that somebody serves, told without loading anybody. Throws DeskError `bad-adapter`. */
export function servedMethods({
  config,
  profile,
}: {
  readonly config: Pick<Config, 'adapters'>
  readonly profile: 'paper' | 'live'
}): ReadonlySet<string> {
  return new Set([
    ...(profile === 'paper' ? catalogue.keys() : []),
    'exec.run',
    ...config.adapters.flatMap((entry) => entry.serves.flatMap((serves) => [...servedByEntry({ ...entry, serves })])),
    ...ownPorts.flatMap(methodsOf),
  ])
}

const badAdapter = (message: string, hint: string): DeskError =>
  new DeskError('bad-adapter', exitCodes.invalidConfiguration, `adapters: ${message}`, hint)

const methodsOf = (port: string): readonly string[] =>
  [...catalogue].filter(([, method]) => method.port === port).map(([name]) => name)

/** A port, or one method of it. */
function servedBy(serves: string): ReadonlySet<string> {
  const port = serves.split('.')[0] ?? ''
  if (ownPorts.includes(port)) throw badAdapter(`desk serves ${port} itself`, 'serve the ports that it calls instead')
  const names = catalogue.has(serves) ? [serves] : methodsOf(serves)
  if (names.length === 0) throw badAdapter(`there is no port or method "${serves}"`, 'desk adapter list')
  return new Set(names)
}

/** What speaks FIX serves of a port only what FIX has, and the rest of the port stays whoever's it was. */
function servedByEntry({ kind, serves }: { readonly kind: AdapterConfig['kind']; readonly serves: string }) {
  const names = servedBy(serves)
  if (kind !== 'fix') return names
  const known = fixMethods.filter((name) => names.has(name))
  if (known.length > 0) return new Set(known)
  throw badAdapter(`kind fix does not serve ${serves}`, `it serves ${fixMethods.join(', ')}`)
}

function paperFor(paper: Load, profile: 'paper' | 'live'): Load {
  if (profile === 'paper') return paper
  throw badAdapter('a live desk is never served by the paper desk', 'name a program with kind: exec')
}

function programFor(
  entry: Pick<Config['adapters'][number], 'command' | 'timeoutMs'>,
  serves: ReadonlySet<string>,
  env: ComposeOptions['env'],
): Load {
  const { command, timeoutMs } = entry
  if (command === undefined)
    throw badAdapter(`kind exec needs a command (${[...serves].join(', ')})`, 'command: [file, arguments]')
  return () =>
    import('./exec/program.ts').then(({ programAdapter }) =>
      programAdapter({ command, serves, env, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
    )
}

function sessionsFor(
  { sessions, timeoutMs }: Pick<AdapterConfig, 'sessions' | 'timeoutMs'>,
  { stateDir, now, random, startTimer }: ComposeOptions & { readonly startTimer: StartTimer },
  inner: Adapter,
): Load {
  if (sessions === undefined || Object.keys(sessions).length === 0)
    throw badAdapter('kind fix needs sessions', 'sessions: {<venue>: {host, port, sender, target}}')
  return async () => {
    const [{ fixAdapter }, { venueInUse }] = await Promise.all([
      import('./fix/adapter.ts'),
      import('./fix/venue-in-use.ts'),
    ])
    const patience = timeoutMs === undefined ? {} : { timeoutMs }
    return fixAdapter({ sessions, stateDir, now, random, startTimer, venueInUse: venueInUse(inner), ...patience })
  }
}

/** Whoever cannot be loaded serves nothing; that is an answer too. */
function routed(routes: Routes, open: (load: Load) => Promise<Adapter>): Adapter {
  const nameOf = ({ port, method }: Call): string => `${port}.${method}`
  const nobody = (call: Call): string => `no adapter serves ${nameOf(call)}`
  const find = async (call: Call): Promise<Adapter | undefined> => {
    const load = routes.get(nameOf(call))
    return load === undefined ? undefined : open(load)
  }
  return {
    name: 'desk',
    get has() {
      return new Set(routes.keys())
    },
    async read(call) {
      const adapter = await find(call)
      return adapter === undefined ? failure(nobody(call), 'desk') : adapter.read(call)
    },
    async act(call) {
      const adapter = await find(call)
      return adapter === undefined ? failed(nobody(call), 'desk') : adapter.act(call)
    },
    async lookup(call) {
      const adapter = await find(call)
      return adapter === undefined ? { kind: 'cannot-tell', reason: nobody(call) } : adapter.lookup(call)
    },
  }
}
