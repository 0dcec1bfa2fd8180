/** The recorder of a test file, which mocks `node:fs` with it. */
import { Recorder } from './recorder.ts'

export const recorder = new Recorder()
