// All benchmarks, one after the other: `npm run bench`. Never a test; run it on a machine that does nothing else.
import './start-up.mjs'
import './gate.mjs'
import './journal.mjs'
import './procedures.mjs'
import './audit.mjs'
import './cancel-all.mjs'
