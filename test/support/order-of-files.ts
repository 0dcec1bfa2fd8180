/** In which order test files are run. Only how long it takes depends on it. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Small files that take long. Vitest, which begins with the largest ones, would begin with these when one processor has nothing else left. */
const long = [
  ...['documents/cases', 'documents/faults/cadences', 'killswitch/gate', 'plan/proved'],
  ...[
    'real/lockstep',
    'real/crash-decisions',
    'real/crash-effects',
    'real/crash-states',
    'real/cadences',
    'real/tampering',
  ],
]

export class OrderOfFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted].sort((a, b) => rankOf(a) - rankOf(b))
  }
}

/** A process that runs one file after the other ends where one with a process to itself comes in between, so those come first. */
const rankOf = ({ moduleId, project }: TestSpecification): number =>
  (project.config.isolate ? 0 : 2) + (long.some((name) => moduleId.endsWith(`/${name}.test.ts`)) ? 0 : 1)
