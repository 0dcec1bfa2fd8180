/** `desk complete -- <words>`: what shells ask at every Tab. Compiles nothing, changes nothing, and says nothing where it cannot tell. */
import type { Command as Commander } from 'commander'
import { homeDirectory } from '../home-directory.ts'
import type { Command, Context } from '../command.ts'
import { candidates } from '../completion/candidates.ts'
import { documentPaths, folders } from '../documents.ts'
import { openIncidents } from '../open-incidents.ts'
import { printJson } from '../output/print.ts'
import { topics } from '../topics.ts'
import { listRuns, type RunSummary } from '../../audit/runs.ts'
import { loadConfig } from '../../config/load.ts'
import { configPlaces } from '../../config/places.ts'
import { deskOf, liveRegistry } from '../../killswitch/desks.ts'
import { exitCodes } from '../../model/failure.ts'

export const completeFor =
  (program: Commander): Command<{ readonly words?: readonly string[] }> =>
  async ({ words = [] }, context) => {
    const paths = (): readonly string[] => orNone(() => [...documentPaths(configuredFolders(context)).keys()])
    const runs = (): readonly RunSummary[] => orNone(() => runsOf(context))
    const found = candidates(program, words, {
      procedures: (kind) =>
        paths()
          .filter((path) => path.startsWith(`${folders[kind]}/`))
          .map((path) => path.slice(folders[kind].length + 1)),
      openRuns: () => runs().flatMap(({ run, state }) => (state === 'closed' ? [] : [run])),
      allRuns: () => runs().map(({ run }) => run),
      openIncidents: () => orNone(() => incidentsOf(context)),
      topics: Object.keys(topics),
      // Loaded where they are asked for: every Tab elsewhere would wait for them.
      monitors: words.includes('silence') ? await monitorsOf(context) : [],
      explained: words.includes('explain') ? (await import('../explain/find.ts')).fixedNames() : [],
      faults: words.includes('demo') ? (await import('../../adapters/paper/faults.ts')).faults.map(({ id }) => id) : [],
    })
    const text = found.map((word) => `${word}\n`).join('')
    if (context.globals.json) printJson(context.io, 'help', { schema: 1, help: { topic: null, text } })
    else context.io.out(text)
    return exitCodes.ok
  }

const configuredFolders = ({ deps, globals }: Context): readonly string[] =>
  loadConfig(configPlaces(globals.config, deps.env, deps.cwd)).config.documents

function runsOf({ deps, globals }: Context): readonly RunSummary[] {
  const desk = deskOf({ env: deps.env, home: homeDirectory(), registry: liveRegistry }, globals.profile)
  return desk === undefined ? [] : listRuns(desk.stateDir)
}

function incidentsOf(context: Context): readonly string[] {
  const { deps, globals } = context
  const desk = deskOf({ env: deps.env, home: homeDirectory(), registry: liveRegistry }, globals.profile)
  return desk === undefined ? [] : (openIncidents(desk, context) ?? []).map(({ id }) => id)
}

async function monitorsOf(context: Context): Promise<readonly string[]> {
  try {
    const { silenceable } = await import('../completion/silenceable.ts')
    return await silenceable({ ...context, io: { ...context.io, err: () => undefined } })
  } catch {
    return []
  }
}

/** A message in the middle of somebody's typing would help nobody. */
function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read()
  } catch {
    return []
  }
}
