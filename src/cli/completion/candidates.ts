/** Which words can follow on a command line, read off the declarations of the commands themselves. */
import type { Command as Commander, Option } from 'commander'
import { documentKinds, type DocumentKind } from '../../model/graph.ts'

/** What some arguments name; each is asked for only where it is needed. */
export interface Names {
  readonly procedures: (kind: DocumentKind) => readonly string[]
  readonly openRuns: () => readonly string[]
  readonly allRuns: () => readonly string[]
  readonly openIncidents: () => readonly string[]
  /** Of every set, those that a silence may name. */
  readonly monitors: readonly string[]
  readonly topics: readonly string[]
  /** What `desk explain` knows besides procedures. */
  readonly explained: readonly string[]
  /** Ways to break the paper desk. */
  readonly faults: readonly string[]
}

/** `words` without the program's own name; the last one is what is being typed. Sorted; none where the shell knows better. */
export function candidates(program: Commander, words: readonly string[], names: Names): readonly string[] {
  const current = words.at(-1) ?? ''
  const { command, given, awaits } = follow(program, words.slice(0, -1))
  const all = (): readonly string[] => {
    if (awaits !== undefined) return valuesOf(awaits, names)
    if (current.startsWith('-')) return optionsOf(program, command)
    const own = command.commands.filter((each) => !isHidden(each)).map((each) => each.name())
    return given > 0 ? [] : [...own, ...argumentsOf(program, command, names)]
  }
  return [...new Set(all())].filter((word) => word.startsWith(current)).sort()
}

interface Followed {
  readonly command: Commander
  /** Arguments of that command so far. */
  readonly given: number
  /** The option whose value comes next. */
  readonly awaits?: Option
}

function follow(program: Commander, words: readonly string[]): Followed {
  let command = program
  let given = 0
  let awaits: Option | undefined
  for (const word of words) {
    if (awaits !== undefined) {
      awaits = undefined
    } else if (word.startsWith('-')) {
      const option = [...command.options, ...program.options].find(({ long, short }) => word === long || word === short)
      awaits = option?.required === true ? option : undefined
    } else {
      const next = given > 0 ? undefined : command.commands.find((each) => each.name() === word)
      if (next === undefined) given++
      else command = next
    }
  }
  return { command, given, ...(awaits === undefined ? {} : { awaits }) }
}

function valuesOf({ long, argChoices }: Option, { faults }: Names): readonly string[] {
  if (long === '--profile') return ['live', 'paper']
  return long === '--fault' ? faults : (argChoices ?? [])
}

const optionsOf = (program: Commander, command: Commander): readonly string[] =>
  [...command.options, ...program.options, { long: '--help' }].flatMap(({ long }) =>
    typeof long === 'string' ? [long] : [],
  )

function argumentsOf(program: Commander, command: Commander, names: Names): readonly string[] {
  const [first] = command.registeredArguments
  if (first?.argChoices !== undefined) return first.argChoices
  const path = command.parent === program ? command.name() : `${command.parent?.name() ?? ''} ${command.name()}`
  switch (path) {
    case 'runbook':
    case 'tree':
    case 'gates':
      return names.procedures(path)
    case 'demo':
      return (['tree', 'gates', 'runbook'] as const).flatMap((kind) => names.procedures(kind))
    case 'incident open':
      return names.procedures('incident')
    case 'incident show':
    case 'incident note':
    case 'incident assign':
    case 'incident close':
    case 'incident postmortem':
      return names.openIncidents()
    case 'monitor check':
      return names.procedures('monitors')
    case 'silence add':
    case 'silence expire':
      return names.monitors
    case 'show':
      return documentKinds.flatMap((kind) => names.procedures(kind))
    case 'run continue':
    case 'run approve':
    case 'run abort':
    case 'run undo':
    case 'run handover':
    case 'run override':
      return names.openRuns()
    case 'run show':
    case 'audit show':
      return names.allRuns()
    case 'explain':
      return [...names.explained, ...documentKinds.flatMap((kind) => names.procedures(kind))]
    case 'help':
      return [...names.topics, ...program.commands.filter((each) => !isHidden(each)).map((each) => each.name())]
    default:
      return []
  }
}

/** The question that shells ask is nothing to be typed. */
const isHidden = (command: Commander): boolean => command.name() === 'complete'
