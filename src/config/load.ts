/**
 * The configuration in force: defaults, then the user's file, then the project's (or the one that --config or DESK_CONFIG names instead
 * of both). Every value remembers where it came from. Findings carry file, line and column, as those of documents do.
 */
import { readFileSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { dirname, resolve } from 'node:path'
import type { RepeatableRequests, SecretHeader } from './http.ts'
import { findingsFor } from './issues.ts'
import type { ConfigPlaces } from './places.ts'
import { type ConfigFile, configSchema } from './schema.ts'
import type { ConfigView } from './view.ts'
import { type Finding, hasErrors } from '../source/diagnostic.ts'
import type { SourceFile } from '../source/file.ts'
import { decodeUtf8 } from '../source/utf8.ts'
import { plain } from '../source/plain.ts'
import { parseYaml } from '../source/yaml.ts'

export type AdapterConfig = NonNullable<ConfigFile['adapters']>[number]
export type Operator = NonNullable<ConfigFile['operators']>[number]
/** A file of a token is absolute. */
export type TokenConfig = NonNullable<NonNullable<ConfigFile['serve']>['tokens']>[number]

/** A file of a token is absolute. */
export type PeerConfig = NonNullable<ConfigFile['peers']>[number]

export interface Config {
  readonly desk: {
    readonly name: string
    readonly calendar: 'XNYS' | '24x7'
    readonly model: string
    readonly sessions: boolean
  }
  readonly adapters: readonly AdapterConfig[]
  readonly operators: readonly Operator[]
  /** `allowedSigners` is absolute; empty where none is configured. */
  readonly release: { readonly allowedSigners: string; readonly signatures: 'always' | 'when-shared' }
  readonly serve: { readonly hosts: readonly string[]; readonly tokens: readonly TokenConfig[] }
  readonly peers: readonly PeerConfig[]
  readonly audit: {
    /** Folders are absolute, git remotes begin with `git+`. */
    readonly checkpoints: readonly string[]
    readonly retention: { readonly run: string; readonly approval: string; readonly note: string }
  }
  readonly hosts: { readonly inference: readonly string[] }
  readonly venues: readonly string[]
  readonly vendors: readonly string[]
  readonly links: { readonly brokerStatus: string; readonly dataStatus: string; readonly dashboard: string }
  readonly http: {
    readonly hosts: readonly string[]
    readonly repeatable: readonly RepeatableRequests[]
    readonly headers: readonly SecretHeader[]
  }
  readonly documents: readonly string[]
  readonly secrets: readonly string[]
}

export const defaults: Config = {
  desk: { name: 'paper', calendar: 'XNYS', model: 'signal', sessions: false },
  adapters: [],
  operators: [],
  release: { allowedSigners: '', signatures: 'when-shared' },
  serve: { hosts: [], tokens: [] },
  peers: [],
  audit: { checkpoints: [], retention: { run: '7y', approval: '7y', note: '7y' } },
  hosts: { inference: Array.from({ length: 8 }, (_, i) => `inference-${String(i + 1)}`) },
  venues: ['primary', 'backup'],
  vendors: ['primary', 'backup'],
  links: {
    brokerStatus: 'https://status.broker.example/',
    dataStatus: 'https://status.data.example/',
    dashboard: 'https://dashboard.desk.example/',
  },
  http: { hosts: [], repeatable: [], headers: [] },
  documents: [],
  secrets: [],
}

export interface LoadedConfig {
  readonly config: Config
  /** Top-level section or `section.key` -> where it was set. */
  readonly origins: ReadonlyMap<string, string>
  /** Files that were read. */
  readonly files: readonly SourceFile[]
  readonly findings: readonly Finding[]
}

export function loadConfig(places: ConfigPlaces): LoadedConfig {
  const wanted =
    places.explicit === undefined
      ? [places.user, places.project].filter((p) => p !== undefined)
      : [places.explicit.path]
  const files: SourceFile[] = []
  const findings: Finding[] = []
  const origins = new Map<string, string>()
  let config = defaults
  for (const path of wanted) {
    const read = readConfig(path, places.explicit !== undefined)
    if (read === undefined) continue
    files.push(read.file)
    findings.push(...read.findings)
    if (read.value !== undefined) config = merge(config, read.value, path, origins)
  }
  return { config, origins, files, findings }
}

/** One file, checked by itself. `undefined`: there is none, and none was asked for by name. */
export function readConfig(
  path: string,
  mustExist: boolean,
): { readonly file: SourceFile; readonly value?: ConfigFile; readonly findings: readonly Finding[] } | undefined {
  let bytes: Uint8Array
  try {
    // What somebody names may be a pipe that they fill; what lies in a folder may be a trap.
    bytes = mustExist ? readFileSync(path) : readRegularFile(path)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (missing && !mustExist) return undefined
    const file = { path, text: '' }
    const reason = error instanceof Error ? error.message : String(error)
    return {
      file,
      findings: [
        { rule: 'config/unreadable', severity: 'error', message: reason, span: { file: path, start: 0, end: 0 } },
      ],
    }
  }
  const decoded = decodeUtf8(path, bytes)
  const { file } = decoded
  if (hasErrors(decoded.findings)) return { file, findings: decoded.findings }
  const parsed = parseYaml(file)
  if (parsed.root === undefined || hasErrors(parsed.findings)) return { file, findings: parsed.findings }
  const checked = configSchema().safeParse(plain(parsed.root))
  if (!checked.success)
    return { file, findings: checked.error.issues.flatMap((issue) => findingsFor(issue, parsed.root)) }
  return {
    file,
    value: withAbsolutePaths(checked.data, dirname(path)),
    findings: parsed.findings,
  }
}

/** Paths in a file are meant from where it lies. */
function withAbsolutePaths(value: ConfigFile, dir: string): ConfigFile {
  const { audit, documents, release, serve, peers, http } = value
  const copies = audit?.checkpoints?.map((each) => (each.startsWith('git+') ? each : resolve(dir, each)))
  const signers = release?.allowedSigners
  const tokens = serve?.tokens?.map((each) =>
    each.file === undefined ? each : { ...each, file: resolve(dir, each.file) },
  )
  const told = peers?.map((each) =>
    each.tokenFile === undefined ? each : { ...each, tokenFile: resolve(dir, each.tokenFile) },
  )
  const headers = http?.headers?.map((each) =>
    each.file === undefined ? each : { ...each, file: resolve(dir, each.file) },
  )
  return {
    ...value,
    ...(headers === undefined ? {} : { http: { ...http, headers } }),
    ...(told === undefined ? {} : { peers: told }),
    ...(copies === undefined ? {} : { audit: { ...audit, checkpoints: copies } }),
    ...(documents === undefined ? {} : { documents: documents.map((each) => resolve(dir, each)) }),
    ...(tokens === undefined ? {} : { serve: { ...serve, tokens } }),
    ...(signers === undefined ? {} : { release: { ...release, allowedSigners: resolve(dir, signers) } }),
  }
}

/** What expressions may know of it. */
export const viewOf = (config: Config, profile: ConfigView['profile'], roles: readonly string[]): ConfigView => ({
  desk: config.desk.name,
  profile,
  model: config.desk.model,
  hosts: { inference: config.hosts.inference.length },
  venues: [...config.venues],
  vendors: [...config.vendors],
  links: config.links,
  roles: [...roles],
})

function merge(base: Config, file: ConfigFile, path: string, origins: Map<string, string>): Config {
  for (const [section, value] of Object.entries(file)) {
    if (typeof value === 'object' && !Array.isArray(value))
      for (const key of Object.keys(value)) origins.set(`${section}.${key}`, path)
    else origins.set(section, path)
  }
  const pick = <T extends object>(known: T, given: { readonly [K in keyof T]?: T[K] | undefined } | undefined): T => {
    const set = Object.entries(given ?? {}).filter(([, v]) => v !== undefined)
    return { ...known, ...Object.fromEntries(set) }
  }
  return {
    desk: pick(base.desk, file.desk),
    release: pick(base.release, file.release),
    serve: pick(base.serve, file.serve),
    audit: {
      checkpoints: file.audit?.checkpoints ?? base.audit.checkpoints,
      retention: pick(base.audit.retention, file.audit?.retention),
    },
    hosts: pick(base.hosts, file.hosts),
    links: pick(base.links, file.links),
    http: pick(base.http, file.http),
    adapters: file.adapters ?? base.adapters,
    operators: file.operators ?? base.operators,
    peers: file.peers ?? base.peers,
    venues: file.venues ?? base.venues,
    vendors: file.vendors ?? base.vendors,
    documents: file.documents ?? base.documents,
    secrets: file.secrets ?? base.secrets,
  }
}
