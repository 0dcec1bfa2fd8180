/** Every command with its arguments and options. Declarations only: what a command does is loaded when it is called. */
import { Argument, Command as Commander, Option } from 'commander'
import type { Answer, Command, Context, Globals } from './command.ts'
import { shells } from './completion/shells.ts'
import type { ProcedureFlags } from './walking/procedure.ts'
import { knownSecrets, withoutSecrets } from './known-secrets.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import { documentKinds } from '../model/graph.ts'
import { suggestion } from '../source/suggest.ts'

declare const DESK_VERSION: string

export function buildProgram(world: Omit<Context, 'globals'>, answer: (code: Answer) => void): Commander {
  const program = new Commander('desk')
    .description('Runbooks, recovery trees and cadence gates of an automated trading desk.')
    .version(DESK_VERSION, '-V, --version')
    .option('--json', 'print exactly one JSON document', false)
    .addOption(new Option('--output <format>', 'walks as a stream of JSON lines').choices(['ndjson']).conflicts('json'))
    .option('--plain', 'append-only output without glyphs or redrawing', false)
    .option('--profile <name>', 'paper, or live (needs a configuration)')
    .option('--config <file>', 'configuration file')
    .showSuggestionAfterError(true)
    .showHelpAfterError('(desk --help lists the commands)')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: world.io.out, writeErr: () => undefined, getOutHelpWidth: () => world.io.columns })

  /** Runs a lazily loaded command. `named` names its arguments, in order; they join its options. */
  const does =
    <Options extends object>(
      load: () => Promise<{ readonly run: Command<Options> }>,
      ...named: readonly (keyof Options & string)[]
    ) =>
    async (...args: unknown[]): Promise<void> => {
      const command = args.at(-1)
      if (!(command instanceof Commander)) throw new TypeError('commander passes the command last')
      const module = await load()
      const words = Object.fromEntries(named.map((name, i) => [name, args[i]]))
      const context = { ...world, globals: program.opts<Globals>() }
      const secrets = await knownSecrets(context)
      world.io.hide?.(secrets)
      // Where `gates` and `gates attest` both know --sign, the first of them takes it, wherever it stands.
      const above = command.parent?.opts<{ readonly sign?: string }>().sign
      const shared = above === undefined ? {} : { sign: above }
      answer(await module.run(withoutSecrets({ ...shared, ...command.opts<Options>(), ...words }, secrets), context))
    }
  const home = does(() => import('./commands/home.ts'))
  program.allowExcessArguments(true).action(async (...args: unknown[]) => {
    if (program.args.length > 0) throw await unknownWord(program)
    await home(...args)
  })

  const add = (name: string, summary: string): Commander => {
    const command = program.command(name).description(summary)
    command.exitOverride().showSuggestionAfterError(true)
    return command
  }
  const answered = (command: Commander): Commander =>
    command
      .option('--set <name=value...>', 'set an input')
      .option('--answer <id=answer...>', 'answer a question or an attest')
      .option('--answers <file>', 'a file of answers, each with who, when and until when')
      .option('--confirm <name>', "the desk's name, where something loosens")
      .option('--sign <key>', 'sign what you answer with this OpenSSH key, or by an agent that holds it')
  const walked = (command: Commander): Commander =>
    answered(command)
      .option('--dry-run', 'call read-only methods only; show every effect', false)
      .option('--offline', 'with --dry-run: call nothing at all', false)
      .addOption(
        new Option('--simulate', 'walk on a throwaway copy of the paper desk').default(false).conflicts('dryRun'),
      )
      .hook('preAction', (called) => {
        const { offline, dryRun } = called.opts<ProcedureFlags>()
        // Whoever types it alone means to call nothing, and would call everything.
        if (offline === true && dryRun !== true)
          throw new DeskError('usage', exitCodes.usage, '--offline goes with --dry-run', 'add --dry-run')
      })

  add('status', 'the trading state, halts, holds and waiting runs')
    .option('--exit-code', '0 trading, 10 reduced, 4 halted, 2 cannot tell', false)
    .option('--watch', 'again every two seconds', false)
    .action(does(() => import('./commands/status.ts')))
  add('find', 'search titles, triggers and symptoms')
    .argument('<words...>')
    .action(does(() => import('./commands/find.ts'), 'words'))
  add('show', 'show a procedure')
    .argument('<id>')
    .addOption(new Option('--format <format>').choices(['text', 'mermaid', 'json']).default('text'))
    .option('--raw', 'the text of the file, even when it does not compile', false)
    .action(does(() => import('./commands/show.ts'), 'id'))
  add('explain', 'a key of a document, a step, a method, a rule, a code, a topic')
    .argument('<name>')
    .action(does(() => import('./commands/explain.ts'), 'name'))
  walked(add('runbook', 'list runbooks, or walk one').argument('[id]'))
    .option('--all', 'list every title, also where that scrolls', false)
    .action(does(() => import('./commands/runbook.ts'), 'id'))
  walked(add('tree', 'list recovery trees, or walk one').argument('[id]'))
    .option('--act', 'do what the leaf says', false)
    .option('--detailed-exitcode', '10 resume, 11 investigate, 12 throttle, 13 rollback, 14 kill-switch', false)
    .action(does(() => import('./commands/tree.ts'), 'id'))
  const gates = walked(add('gates', 'list cadence gates, or run one cadence').argument('[cadence]'))
    .option('--only <ids>', 'only these gates, e.g. D1,D3')
    .option('--due', 'only what is due now', false)
    .action(does(() => import('./commands/gates.ts'), 'cadence'))
  gates
    .command('attest')
    .description('state what no machine can know')
    .argument('<gate>')
    .option('--reason <text>', 'what you state')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(() => import('./commands/gate-attest.ts'), 'id'))
  gates
    .command('waive')
    .description('accept for a while, as a second person, that a gate has not passed')
    .argument('<gate>')
    .option('--reason <text>', 'why the desk goes on without it')
    .option('--until <moment>', 'a date or an RFC 3339 moment, within one period')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(() => import('./commands/gate-waive.ts'), 'id'))

  add('kill', 'halt trading at once: every desk of this host unless one is named')
    .option('--scope <scope>', 'all, venue:X, model:Y or symbol:S')
    .option('--reason <text>', 'for the record')
    .option('--flatten', 'close all positions as well, once per halt', false)
    .option('--no-peers', 'leave the other hosts of the desk to whoever asks')
    .option('--dry-run', 'say which desks would be halted', false)
    .action(() => {
      throw new Error('the entry runs kill before it parses')
    })
  const unlock = add('unlock', 'release a halt: one person asks, another approves')
  unlock
    .command('request')
    .description('ask to trade again at 25 %')
    .option('--scope <scope>', 'what was halted: all, venue:X, model:Y or symbol:S', 'all')
    .option('--reason <text>', 'for the record')
    .option('--confirm <name>', "the desk's name")
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/unlock.ts')).request })))
  unlock
    .command('approve')
    .description('approve the request of somebody else')
    .argument('<request>')
    .option('--confirm <name>', "the desk's name")
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .option('--terms <file>', 'only write what has to be signed')
    .option('--signature <file>', 'a signature over these terms, made elsewhere')
    .action(does(async () => ({ run: (await import('./commands/unlock.ts')).approve }), 'request'))
  unlock
    .command('status')
    .description('the open requests')
    .action(does(async () => ({ run: (await import('./commands/unlock.ts')).status })))
  add('throttle', 'lower the size at once; never raises it')
    .argument('<target>', '0 (reduce only), 25, 50 or half')
    .option('--reason <text>', 'for the record')
    .action(does(() => import('./commands/throttle.ts'), 'target'))
  add('promote', 'go back up after an incident-free session, by two people')
    .argument('[request]', 'the request to approve; without one: ask')
    .option('--reason <text>', 'for the record')
    .option('--confirm <name>', "the desk's name")
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .option('--terms <file>', 'with a request: only write what has to be signed')
    .option('--signature <file>', 'a signature over these terms, made elsewhere')
    .action(does(() => import('./commands/promote.ts'), 'request'))

  const holds = add('hold', 'what rules keep from trading')
  holds
    .command('list')
    .description('every hold, since when, and what lifts it')
    .action(does(async () => ({ run: (await import('./commands/hold.ts')).list })))

  const runs = add('run', 'runs that are open, waiting or ended')
  runs
    .command('list')
    .description('open runs, then the latest ended ones')
    .option('--all', 'every run', false)
    .action(does(async () => ({ run: (await import('./commands/run-list.ts')).list })))
  runs
    .command('show')
    .description('one run, step by step')
    .argument('<run>')
    .action(does(async () => ({ run: (await import('./commands/run-list.ts')).show }), 'run'))
  // A run that was begun goes on for real: asking to only look must not be taken as leave to act.
  answered(runs.command('continue').description('go on with a run, or with all that are due').argument('[run]'))
    .option('--due', 'every run whose moment has come, once', false)
    .option('--act', 'do what the leaf says', false)
    .option('--write <file>', 'with --sign: only write the signed answers, for --answers')
    .option('--until <moment>', 'with --write: how long they count; without it a day')
    .action(does(async () => ({ run: (await import('./commands/run.ts')).resume }), 'run'))
  runs
    .command('abort')
    .description('end an open run')
    .argument('<run>')
    .addOption(new Option('--disposition <how>', 'what becomes of its effects').choices(['undo', 'leave', 'hand-over']))
    .option('--to <who>', 'with hand-over: who takes over, and types the same to accept')
    .option('--second <who>', 'with leave, on paper: who agrees; otherwise somebody else types the same')
    .option('--reason <text>', 'for the record')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/abort.ts')).run }), 'run'))
  runs
    .command('undo')
    .description('end an open run by undoing its effects, the last one first')
    .argument('<run>')
    .option('--sign <key>', 'sign what you answer with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/abort.ts')).undone }), 'run'))
  runs
    .command('handover')
    .description('end an open run whose effects somebody else takes over, who types the same to accept')
    .argument('<run>')
    .option('--to <who>', 'who takes over')
    .option('--reason <text>', 'for the record')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/abort.ts')).handover }), 'run'))
  runs
    .command('override')
    .description('as a second person, let a run go on past a step at which it waits')
    .argument('<run>')
    .option('--step <step>', 'where it waits')
    .option('--reason <text>', 'why it goes on without it')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/override.ts')).run }), 'run'))
  runs
    .command('approve')
    .description('approve what a run of somebody else asks for')
    .argument('<run>')
    .option('--decline', 'refuse instead', false)
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(() => import('./commands/approve.ts'), 'run'))

  const incidents = add('incident', 'what went wrong and is not finished')
  walked(
    incidents
      .command('open')
      .description('list the classes of incidents, or open one: act, contain, review')
      .argument('[class]'),
  ).action(does(() => import('./commands/incident-open.ts'), 'class'))
  incidents
    .command('list')
    .description('every incident')
    .action(does(async () => ({ run: (await import('./commands/incident.ts')).list })))
  incidents
    .command('show')
    .description('one incident')
    .argument('<incident>')
    .action(does(async () => ({ run: (await import('./commands/incident.ts')).show }), 'incident'))
  incidents
    .command('close')
    .description('close an incident with its written review')
    .argument('<incident>')
    .option('--artifact <file>', 'the review')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/incident.ts')).close }), 'incident'))
  incidents
    .command('note')
    .description('put on record what was seen or done')
    .argument('<incident>')
    .argument('<words...>')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/incident-say.ts')).note }), 'incident', 'words'))
  incidents
    .command('assign')
    .description('say who commands an incident')
    .argument('<incident>')
    .argument('<person>')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/incident-say.ts')).assign }), 'incident', 'person'))
  incidents
    .command('postmortem')
    .description('the review to be written, filled from the record, and what is missing before the incident closes')
    .argument('<incident>')
    .option('--out <file>', 'write it to a new file')
    .action(does(() => import('./commands/incident-postmortem.ts'), 'incident'))
  const monitors = add('monitor', 'what is watched, and who hears of it')
  monitors
    .command('list')
    .description('every monitor')
    .action(does(async () => ({ run: (await import('./commands/monitor.ts')).list })))
  walked(
    monitors
      .command('check')
      .description('look now: raise alerts, and open what the incident classes detect')
      .argument('[id]', 'a set of monitors; without one all of them and the classes of incidents'),
  )
    .addOption(
      new Option('--format <format>', 'nagios: one line, and 0 to 3').choices(['text', 'nagios']).default('text'),
    )
    .action(does(async () => ({ run: (await import('./commands/monitor.ts')).check }), 'id'))
  monitors
    .command('watch')
    .description('look at every monitor as often as it asks for, and do what fires, until stopped')
    .action(does(() => import('./commands/monitor-watch.ts')))
  monitors
    .command('rules')
    .description('alerting rules for Prometheus, or routes for Alertmanager')
    .addOption(new Option('--as <what>').choices(['prometheus', 'alertmanager']))
    .option('--webhook <url>', 'where Alertmanager delivers; each receiver adds its name')
    .action(does(() => import('./commands/monitor-rules.ts')))
  const silences = monitors.command('silence').description('keep an alert from being sent during known maintenance')
  silences
    .command('add')
    .description('for a day at most; what is critical is never silenced')
    .argument('<name>', 'a monitor, or an alert')
    .option('--reason <text>', 'what is being done to it')
    .option('--for <time>', 'such as 30m or 2h')
    .option('--until <moment>', 'an RFC 3339 moment')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/monitor-silence.ts')).add }), 'name'))
  silences
    .command('list')
    .description('what is silenced now')
    .action(does(async () => ({ run: (await import('./commands/monitor-silence.ts')).list })))
  silences
    .command('expire')
    .description('end a silence now')
    .argument('<name>')
    .option('--sign <key>', 'sign with this OpenSSH key, or by an agent that holds it')
    .action(does(async () => ({ run: (await import('./commands/monitor-silence.ts')).expire }), 'name'))

  const audit = add('audit', 'the audit log')
  audit
    .command('tail')
    .description('the latest records')
    .option('-n, --lines <n>', 'how many', '20')
    .action(does(async () => ({ run: (await import('./commands/audit.ts')).tail })))
  audit
    .command('show')
    .description('every record of one run')
    .argument('<run>')
    .action(does(async () => ({ run: (await import('./commands/audit.ts')).show }), 'run'))
  audit
    .command('search')
    .description('records by event, run, actor, time or text')
    .option('--event <event>')
    .option('--run <run>')
    .option('--actor <actor>')
    .option('--since <moment>')
    .option('--until <moment>')
    .option('--text <text>')
    .action(does(async () => ({ run: (await import('./commands/audit.ts')).search })))
  audit
    .command('verify')
    .description('whether anybody rewrote it')
    .option('--checkpoints <paths...>', 'copies kept elsewhere: files, or folders of them')
    .option('--public-key <file>', 'the key that proves them, kept elsewhere')
    .action(does(async () => ({ run: (await import('./commands/audit-verify.ts')).verify })))
  audit
    .command('checkpoint')
    .description('sign what the log holds now, and copy it off this host')
    .option('--expire', 'delete what was kept long enough')
    .option('--dry-run', 'with --expire: only tell what would go')
    .action(does(async () => ({ run: (await import('./commands/audit-checkpoint.ts')).checkpoint })))
  audit
    .command('export')
    .description('the records of a period, with a hash over them')
    .option('--from <moment>', 'a date (UTC) or a moment')
    .option('--to <moment>', 'a date, to its end, or a moment; both included')
    .option('--run <run>')
    .addOption(new Option('--format <format>').choices(['ndjson', 'csv']).default('ndjson'))
    .action(does(async () => ({ run: (await import('./commands/audit-export.ts')).exportRecords })))

  add('lint', 'check procedures like a compiler')
    .argument('[paths...]')
    .addOption(new Option('--format <format>').choices(['text', 'json', 'github', 'junit']).default('text'))
    .option('--full', 'compile also what the build has proved to be without findings', false)
    .action(does(() => import('./commands/lint.ts'), 'paths'))
  add('test', 'play the cases that lie beside procedures')
    .argument('[paths...]')
    .addOption(new Option('--format <format>').choices(['text', 'json', 'github', 'junit']).default('text'))
    .option('--coverage', 'fail where a leaf, a verdict or a status was never seen', false)
    .action(does(() => import('./commands/test.ts'), 'paths'))
  add('demo', 'a fault, its tree, the halt and the trail, on a throwaway desk')
    .argument('[scenario]', 'a prepared one; with --fault any tree, set of gates or runbook')
    .option('--fault <id...>', 'what breaks instead; several may')
    .action(does(() => import('./commands/demo.ts'), 'scenario'))
  add('calendar', 'trading sessions')
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .action(does(() => import('./commands/calendar.ts')))
  add('doctor', 'whether this machine and this desk are fit').action(does(() => import('./commands/doctor.ts')))
  const config = add('config', 'the configuration')
  config
    .command('show')
    .description('the configuration in force')
    .option('--origin', 'where each value comes from', false)
    .action(does(async () => ({ run: (await import('./commands/config.ts')).show })))
  config
    .command('path')
    .description('which files are read')
    .action(does(async () => ({ run: (await import('./commands/config.ts')).path })))
  config
    .command('validate')
    .description('check the configuration file')
    .argument('[file]')
    .action(does(async () => ({ run: (await import('./commands/config.ts')).validate }), 'file'))
  add('serve', 'kill switch, state and release over HTTP')
    .option('--host <address>', 'where to listen; without it 127.0.0.1 and ::1; others need tokens')
    .option('--port <n>', '0: any free one', '8080')
    .action(does(() => import('./commands/serve.ts')))
  add('completion', 'completion for a shell, to be sourced')
    .addArgument(new Argument('<shell>').choices(shells))
    .action(does(() => import('./commands/completion.ts'), 'shell'))
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .exitOverride()
    .action(does(async () => ({ run: (await import('./commands/complete.ts')).completeFor(program) }), 'words'))
  add('help', 'help on a command or a topic')
    .argument('[topic...]')
    .action(does(async () => ({ run: (await import('./commands/help.ts')).helpOn(program) }), 'topic'))
  const groups = [...program.commands, silences]
  for (const group of groups.filter((command) => command.commands.length > 0 && command !== gates)) {
    group.allowExcessArguments(true).action(() => {
      throw unknownCommand(group)
    })
  }
  for (const command of program.commands) refuseLeftovers(command)
  return program
}

/** A word too many is never passed over: whoever typed `gates daily weekly` would take the answer for that of both. */
function refuseLeftovers(command: Commander): void {
  const named = nameOf(command)
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error
    throw new DeskError('usage', exitCodes.usage, error.message.replace(/^error: /, ''), `desk ${named} --help`)
  })
  if (command.commands.length === 0 || command.registeredArguments.length > 0) command.allowExcessArguments(false)
  for (const each of command.commands) refuseLeftovers(each)
}

/** As typed after `desk`. */
function nameOf(command: Commander): string {
  const above = command.parent === null || command.parent.parent === null ? [] : [nameOf(command.parent)]
  return [...above, command.name()].join(' ')
}

/** Somebody in a hurry types the procedure's name alone. */
async function unknownWord(program: Commander): Promise<DeskError> {
  const [word = ''] = program.args
  const { documentPaths, folders } = await import('./documents.ts')
  const known = documentPaths([])
  const kind = documentKinds.find((each) => known.has(`${folders[each]}/${word}`))
  if (kind === undefined) return unknownCommand(program)
  const { commandFor } = await import('./commands/find.ts')
  return new DeskError('unknown-command', exitCodes.usage, `no command "${word}"`, commandFor({ kind, id: word }))
}

/** Of the program or of one of its groups; also where no word was said at all. */
function unknownCommand(command: Commander): DeskError {
  const names = command.commands.map((each) => each.name())
  const [word] = command.args
  const path = command.parent === null ? 'desk' : `desk ${nameOf(command)}`
  if (word === undefined)
    return new DeskError('no-command', exitCodes.usage, `say what: ${path} ${names.join('|')}`, `${path} --help`)
  return new DeskError(
    'unknown-command',
    exitCodes.usage,
    command.parent === null ? `no command "${word}"` : `"${path}" has no command "${word}"`,
    suggestion(word, names) ?? `${path} --help`,
  )
}
