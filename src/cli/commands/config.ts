/** `desk config show|path|validate`: the configuration in force, where it comes from, and what is wrong with it. */
import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { byPath } from '../documents.ts'
import { table } from '../render/layout.ts'
import { whichDesk } from '../which-desk.ts'
import { type Config, loadConfig, readConfig } from '../../config/load.ts'
import { configPlaces } from '../../config/places.ts'
import { exitCodes } from '../../model/failure.ts'
import { hasErrors } from '../../source/diagnostic.ts'
import { renderText } from '../../source/render/text.ts'
import { toJsonFindings } from '../../source/render/json.ts'

export const show: Command<{ readonly origin?: boolean }> = ({ origin }, context) => {
  const { config, loaded, profile, stateDir } = whichDesk(context)
  const { io, globals } = context
  if (globals.json) {
    const origins = Object.fromEntries(loaded.origins)
    printJson(io, 'config-show', { schema: 1, profile, stateDir, config: withoutSecrets(config), origins })
    return Promise.resolve(exitCodes.ok)
  }
  const rows = settings(config).map(([key, value]) => [
    key,
    value,
    ...(origin === true ? [loaded.origins.get(key) ?? loaded.origins.get(key.split('.')[0] ?? '') ?? 'default'] : []),
  ])
  io.out(`${table([['profile', profile], ['state', stateDir], ...rows], 200, '').join('\n')}\n`)
  return Promise.resolve(exitCodes.ok)
}

export const path: Command<object> = (_, { io, deps, globals }) => {
  const places = configPlaces(globals.config, deps.env, deps.cwd)
  const { files } = loadConfig(places)
  const read = new Set(files.map((f) => f.path))
  const all =
    places.explicit === undefined
      ? [places.user, places.project].filter((p) => p !== undefined)
      : [places.explicit.path]
  if (globals.json) printJson(io, 'config-path', { schema: 1, files: all.map((p) => ({ path: p, read: read.has(p) })) })
  else io.out(all.map((p) => `${p}  ${read.has(p) ? 'read' : 'not there'}\n`).join(''))
  return Promise.resolve(exitCodes.ok)
}

export const validate: Command<{ readonly file?: string }> = ({ file }, { io, deps, globals }) => {
  const places = configPlaces(globals.config, deps.env, deps.cwd)
  const one = file === undefined ? undefined : readConfig(resolve(deps.cwd, file), true)
  const { files, findings } = one === undefined ? loadConfig(places) : { files: [one.file], findings: one.findings }
  if (globals.json)
    printJson(io, 'config-validate', {
      schema: 1,
      ok: !hasErrors(findings),
      findings: toJsonFindings(findings, byPath(files)),
    })
  else {
    io.err(renderText(findings, byPath(files)))
    if (!hasErrors(findings))
      io.out(
        files.length === 0
          ? 'no configuration file: the defaults of the paper desk are in force\n'
          : files.map((f) => `${f.path}  valid\n`).join(''),
      )
  }
  return Promise.resolve(hasErrors(findings) ? exitCodes.invalidConfiguration : exitCodes.ok)
}

/** One line per value that a file can set. */
function settings(config: Config): readonly (readonly [string, string])[] {
  const { secrets, serve, ...rest } = config
  const open = { ...rest, serve: { hosts: serve.hosts, tokens: serve.tokens.map(ownerOf) } }
  const lines = Object.entries(open).flatMap(([section, value]): readonly (readonly [string, string])[] =>
    Array.isArray(value)
      ? [[section, value.map((v) => (typeof v === 'string' ? v : JSON.stringify(v))).join(', ') || 'none']]
      : Object.entries(value).map(([key, v]: [string, unknown]): readonly [string, string] => [
          `${section}.${key}`,
          Array.isArray(v) ? v.join(', ') || 'none' : typeof v === 'object' && v !== null ? pairs(v) : String(v),
        ]),
  )
  return [...lines, ['secrets', `${String(secrets.length)} (never shown)`]]
}

/** Neither the token nor its hash. */
const ownerOf = ({ person, roles }: Config['serve']['tokens'][number]): string => `${person} (${roles.join(' ')})`

const pairs = (value: object): string =>
  Object.entries(value)
    .map(([key, v]) => `${key} ${String(v)}`)
    .join(', ')

const withoutSecrets = ({ secrets, serve, ...open }: Config): Output<'config-show'>['config'] => ({
  ...open,
  serve: { hosts: serve.hosts, tokens: serve.tokens.map(({ person, roles }) => ({ person, roles })) },
  secrets: secrets.length,
})
