/** Which desk a command works on, with which configuration, and who is at the keyboard. */
import { userInfo } from 'node:os'
import { askedDesk, demandConfig } from './asked-desk.ts'
import type { Context } from './command.ts'
import { type Config, type LoadedConfig, loadConfig, viewOf } from '../config/load.ts'
import { configPlaces } from '../config/places.ts'
import { roles } from '../config/schema.ts'
import type { ConfigView } from '../config/view.ts'
import { isSamePerson, recognise } from '../killswitch/person.ts'
import { type Operator, operatorsWith } from '../killswitch/roster.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import type { Person } from '../model/journal.ts'
import { hasErrors } from '../source/diagnostic.ts'
import { byPath } from './documents.ts'
import { renderText } from '../source/render/text.ts'

export interface WhichDesk {
  readonly profile: 'paper' | 'live'
  readonly name: string
  readonly stateDir: string
  readonly config: Config
  readonly view: ConfigView
  readonly loaded: LoadedConfig
}

/** Throws DeskError `no-such-desk`, `no-such-config`, `paper-only` or `bad-config`. */
export function whichDesk({ deps, globals, io }: Context): WhichDesk {
  const ref = askedDesk({ deps, globals })
  if (ref.profile === 'live' && (deps.env['DESK_NOW'] ?? '') !== '') {
    throw new DeskError('paper-only', exitCodes.usage, 'DESK_NOW is for the paper desk only', 'unset it')
  }
  demandConfig({ deps, globals })
  const loaded = loadConfig(configPlaces(globals.config, deps.env, deps.cwd))
  if (hasErrors(loaded.findings)) {
    io.err(renderText(loaded.findings, byPath(loaded.files)))
    throw new DeskError(
      'bad-config',
      exitCodes.invalidConfiguration,
      'the configuration is not valid',
      'desk config validate',
    )
  }
  const { config } = loaded
  io.hide?.(config.secrets)
  return {
    profile: ref.profile,
    name: ref.profile === 'live' ? ref.name : config.desk.name,
    stateDir: ref.stateDir,
    config,
    view: viewOf(config, ref.profile, roles),
    loaded,
  }
}

/** Who is at the keyboard; throws DeskError `unknown-person` where nobody can be told. */
export function whoIs(desk: Pick<WhichDesk, 'profile' | 'config'>, context: Pick<Context, 'deps'>): Person {
  const person = whoMayBe(desk, context)
  if (person !== undefined) return person
  const hint =
    desk.profile === 'live'
      ? 'log in as yourself: the login uid counts'
      : 'set DESK_OPERATOR to letters, digits and ._@-'
  throw new DeskError('unknown-person', exitCodes.notAuthorised, 'it cannot be told who you are', hint)
}

/** The operator whose account this is, else the account; undefined where nobody can be told. */
export function whoMayBe(
  desk: Pick<WhichDesk, 'profile' | 'config'>,
  context: Pick<Context, 'deps'>,
): Person | undefined {
  const { config } = desk
  const account = accountOf(desk, context)
  if (account === undefined) return undefined
  const operators = operatorsOf(config)
  const [only, other] = operatorsWith(operators, account)
  if (only !== undefined && other === undefined) return { ...account, id: only.id }
  // An account that is called like an operator, and is not theirs alone, must not pass for that person.
  const isNamesake = desk.profile === 'live' && operators.some(({ id }) => isSamePerson(id, account.id))
  return isNamesake ? { ...account, id: `${account.id}@account` } : account
}

/** The account alone. */
export const accountOf = (
  { profile }: Pick<WhichDesk, 'profile'>,
  { deps }: Pick<Context, 'deps'>,
): Person | undefined => recognise(profile, { env: deps.env, userName: userInfo().username, ...deps.system })

/** Operators as the roster knows them. */
export const operatorsOf = ({ operators }: Pick<Config, 'operators'>): readonly Operator[] =>
  operators.map(({ id, logins = [], signers = [] }) => ({ id, logins, signers }))
