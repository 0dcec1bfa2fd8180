/** The few words that `desk kill` looks at before it halts. Nothing here can keep it from halting: what is not understood comes later. */
import { type Scope, parseScope } from '../../killswitch/scope.ts'

export interface KillWords {
  readonly help: boolean
  readonly dryRun: boolean
  readonly json: boolean
  readonly flatten: boolean
  /** False where a peer asked: it tells the others itself. */
  readonly peers: boolean
  /** The whole desk where none was given, or one that makes no sense. */
  readonly scope: Scope
  readonly profile?: string
  readonly config?: string
  readonly reason?: string
  /** Reported after the halt. */
  readonly misuse: readonly string[]
}

const valued = ['--scope', '--profile', '--reason', '--config', '--output'] as const
const flags = ['--help', '-h', '--dry-run', '--json', '--flatten', '--no-peers', '--plain']

export function readKillWords(argv: readonly string[]): KillWords {
  const values = new Map<string, string>()
  const seen = new Set<string>()
  const misuse: string[] = []
  let words = 0
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    const name = valued.find((each) => word === each || word.startsWith(`${each}=`))
    if (name !== undefined) {
      const value = word === name ? argv[++i] : word.slice(name.length + 1)
      if (value === undefined || value === '') misuse.push(`${name} needs a value`)
      else values.set(name, value)
    } else if (flags.includes(word)) seen.add(word)
    else if (word.startsWith('-')) misuse.push(`unknown option ${JSON.stringify(word)}`)
    else if (words++ > 0) misuse.push(`unknown word ${JSON.stringify(word)}`)
  }
  const given = values.get('--scope')
  const scope = given === undefined ? undefined : parseScope(given)
  if (given !== undefined && scope === undefined)
    misuse.push(
      `unknown scope ${JSON.stringify(given)}: ${seen.has('--dry-run') ? 'everything would be halted' : 'everything was halted'}`,
    )
  const [profile, config, reason] = [values.get('--profile'), values.get('--config'), values.get('--reason')]
  return {
    help: seen.has('--help') || seen.has('-h'),
    dryRun: seen.has('--dry-run'),
    json: seen.has('--json'),
    flatten: seen.has('--flatten'),
    peers: !seen.has('--no-peers'),
    scope: scope ?? { kind: 'all' },
    misuse,
    ...(profile === undefined ? {} : { profile }),
    ...(config === undefined ? {} : { config }),
    ...(reason === undefined ? {} : { reason }),
  }
}
