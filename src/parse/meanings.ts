/** What each key of a document means: for `desk explain`, and for the page about documents. Whether a key is needed and what it may hold is the shapes' to say. */
export const meanings = {
  runbook: {
    kind: '`runbook`',
    id: 'lower-case letters, digits and hyphens; the name of the file',
    title: 'one line, at most 160 characters',
    category:
      '`deploy`, `rollback`, `incident`, `drift`, `broker` or `operations`; runs of `incident` and `rollback` abort a parked run that holds a lock they need',
    source: 'where the procedure comes from, one item or a list; docs/ledger.md is made of these',
    frequency: 'how often',
    trigger: '`text`: when somebody should think of it; it offers, it never starts anything',
    inputs: 'what a run is given, by name',
    locks: 'resources, as text with interpolations; held while a run is open, parked or not',
    records:
      'an event that a run puts on record with its verdict, such as `reconciliation.completed`, for gates and trees',
    steps: 'in order, up to the first that is not good',
    verify: 'judged whatever became of the steps',
  },
  frequency: {
    text: 'in words',
    every: '`week`, `month` or `quarter`: due where no run of this period ended well',
    practise: 'the same, for practice on the paper desk',
    at_most: '`{ count, per }`: more runs than that in a period are too many',
  },
  input: {
    type: '`string`, `int`, `decimal` (a number in quotes) or `bool`',
    required: 'a run is not opened without it',
    default: 'what it is when nobody says',
    paper:
      'what it is on the paper desk when nobody says; every required input has one, so that each procedure can be tried',
    title: 'what people are told about it',
  },
  step: {
    id: 'unique in the document; answers, approvals and the log refer to it',
    title: 'what the person reads; may be left out in leaves',
    source: 'one item or a list: what of the sources it answers, `desk` where they leave it open',
    when: 'an expression; false skips the step, "cannot tell" makes it undetermined',
    on_fail:
      '`stop` (as without it), `continue`, `{ run: <runbook>, with: … }` or `{ tree: <tree> }`; the verdict stays what it is',
  },
  do: {
    do: 'a method with an effect',
    with: "its arguments; text with `${{ expressions }}`, checked against the method's schema",
    save: 'a name for the result, for later expressions',
    timeout: 'how long one call may take',
    retry: '`{ max, every }`; only for methods that may be repeated',
    undo: '`{ do, with }`: what takes it back when a run is given up; never on what tightens',
    settle: '`{ check, with, done }`: how to find out whether it took place when its outcome was lost',
  },
  check: {
    check: 'a method that only reads',
    with: 'its arguments',
    expect: 'an expression over `result`; needed unless something is recorded',
    record: 'expressions whose values go on record; without `expect` the check passes once they are measured',
    save: 'a name for the result',
    timeout: 'how long one call may take',
    within: 'poll until it passes or this time is up; with `every`',
    for: 'it must hold all this time; with `every`; a sample later than three times `every` starts it anew',
    every: 'between samples',
    after: 'wait first: `1 trading day`, `2h`, `next open`, `next close - 15m`',
    guards:
      'the fact that a pass proves: `reconciled`, `cause-known` or `limits-kept`; refused unless the expectation proves it',
  },
  wait: {
    wait: 'like `after`; above ten minutes the run parks and the process ends',
    guards: '`risk`: keep the process and page unless something takes up due runs here',
  },
  approve: {
    approve:
      '`role`; `of`: later steps whose exact arguments are approved; `count` people (1), none of them who opened the run; `expires` (24h)',
  },
  attest: {
    attest: '`role`, and `ask`: what a person of that role states in their own words',
    save: 'a name for `{ by, reason, at }`',
  },
  run: {
    run: 'another runbook; it sees its inputs and nothing else of this one',
    with: 'its inputs',
  },
  parallel: {
    parallel: 'steps that run at once; all of them are judged',
  },
  tree: {
    kind: '`tree`',
    id: 'as for runbooks',
    title: 'what is wrong, in the words of who sees it',
    symptom: 'how it looks from outside',
    source: 'as for runbooks',
    start: 'the first question',
    questions: 'by id',
    leaves: 'by id',
  },
  question: {
    ask: 'the question',
    source: 'as in steps',
    look: '`{ link: … }` and `{ fact: … }` to look at first',
    who: "`person`: a probe's evidence is shown and never answers",
    probe:
      '`{ check, with, answer, save }`; `answer` is an expression that gives one of the answers or `unsure`; a reading that fails is `unsure`',
    yes: 'the question or leaf that it leads to; with `no`',
    no: 'likewise',
    answers: 'other answers than yes and no, by name, each with where it leads',
    unsure: 'where not knowing leads; else to the branch that can only end most cautiously',
    needs:
      '`{ answer, check, with, expect, otherwise, guards }`: that answer counts only if the evidence holds, else the `otherwise` answer is taken and shown',
  },
  leaf: {
    kind: 'from most to least cautious: `kill-switch`, `rollback`, `throttle`, `investigate`, `resume`',
    title: 'the finding',
    source: 'as in steps',
    because: 'why that is done about it',
    do: 'steps, offered to a person; without one only with `--act`',
    then: '`[{ tree: <tree> }]`: where to go on afterwards',
  },
  gates: {
    kind: '`gates`',
    id: 'as for runbooks',
    title: 'one line',
    source: 'as for runbooks',
    cadence: '`pre-launch`, `market-hours`, `daily`, `weekly`, `monthly`, `quarterly` or `event`',
    calendar: '`XNYS` or `24x7`',
    every: 'of `market-hours`, and needed there: how long each window within the session is, such as `15m`',
    after:
      'of `event`, and needed there: events of which the latest opens the windows, such as `[rolling-deploy.completed]`',
    gates: 'all of them are judged',
  },
  gate: {
    id: 'letters, digits and hyphens, such as `D1`',
    title: 'what is true when it passes',
    source: 'as in steps',
    due: "`{ from, to }`: `open`, `close` or `next open` of the period's sessions, with `+ 15m` or `- 30m`; after an event `event` and `event + 24h`",
    market_time: 'true: once its window is over it is missed and never run late',
    check: 'one reading',
    with: 'its arguments',
    expect: 'as in steps',
    record: 'as in steps',
    save: 'for `on_fail`',
    checks:
      'several readings in a row, each with the five keys above, a `title` and a `source`; later ones see what earlier ones saved',
    evidence: '`{ event, within }`: what another run left on record, `within: window` or a length of time',
    attest: 'as in steps',
    on_fail:
      "what is done when it fails or cannot be told: `{ do, with }`, or `{ hold: { scope, kind } }` with `no-new` or `reduce-only`; the hold is lifted by this gate's own pass and by nothing else",
  },
  case: {
    case: 'its name, once per file',
    now: 'when it begins, RFC 3339; else 10:00 in New York on Friday, 20 November 2026',
    faults: 'how the paper desk is broken (`desk demo` plays some)',
    halted: '`true`: the desk is halted before',
    evidence:
      'by event, what other runs have left on record: how long ago a pass, such as `2h`, or `{ ago, status }` with `pass`, `fail` or `undetermined`',
    set: 'inputs by name',
    answers: 'answers by question',
    absent: 'what nobody does: `act`, `approve`, `attest`, `confirm`',
    says: "by method, or by step (`<id>` or `<document>.<id>`): fields that replace those of the paper desk's answer, `{ failure: why }`, `{ incomplete: true }`; of effects `{ failed: why }` or `{ unknown: why }`; a list: in turn, and the last one stays",
    expect: 'at least one of what follows',
  },
  expect: {
    path: 'of trees: the edges that were taken, such as `q1=no`',
    leaf: 'where it ended',
    effects: 'all methods with an effect, in the order in which they were called; `[]`: none',
    steps:
      'statuses by step: `passed`, `done`, `failed`, `undetermined`, `unknown`, `waived`, `skipped`, `waiting`, `planned`',
    gates: 'statuses by gate: `pass`, `fail`, `undetermined`, `pending`, `waiting`, `missed`, `waived`',
    outcome: '`succeeded`, `failed`, `undetermined`, `refused`, `waiting`, `aborted`',
  },
  at_most: {
    count: 'runs',
    per: '`week`, `month` or `quarter`',
  },
  trigger: {
    text: 'when somebody should think of it',
  },
  retry: {
    max: 'calls after the first',
    every: 'between two of them',
  },
  call: {
    do: 'a method with an effect',
    check: 'a method that only reads',
    with: 'its arguments',
    run: 'a runbook',
    tree: 'a tree',
  },
  settle: {
    check: 'a method that only reads',
    with: 'its arguments',
    done: 'an expression over `result` that is true if the effect took place',
  },
  approval: {
    role: 'who may approve',
    of: 'later steps of the same list, whose exact arguments are approved',
    count: 'how many people (1), none of them who opened the run',
    expires: 'when the request lapses (24h)',
  },
  statement: {
    role: 'who may state it',
    ask: 'what they are asked',
  },
  look: {
    link: 'an address',
    fact: 'a sentence',
  },
  probe: {
    check: 'a method that only reads',
    with: 'its arguments',
    answer: 'an expression over `result` that gives one of the answers or `unsure`',
    save: 'a name for the result',
  },
  needs: {
    answer: 'the answer that counts only if the evidence holds',
    check: 'a method that only reads',
    with: 'its arguments',
    expect: 'an expression over `result`',
    otherwise: 'the answer that is taken where it does not hold, and shown',
    guards: 'the fact that it proves',
  },
  due: {
    from: 'when its window begins',
    to: 'when it ends',
  },
  left: {
    event: 'what another run left on record',
    within: '`window`, or how old it may be',
  },
  reading: {
    title: 'what is true when it passes',
    source: 'as in steps',
    check: 'a method that only reads',
    with: 'its arguments',
    expect: 'as in steps',
    record: 'as in steps',
    save: 'a name for later readings and for `on_fail`',
  },
  action: {
    do: 'a method with an effect',
    with: 'its arguments',
    hold: '`{ scope, kind }`: keeps from trading until this gate passes; `no-new` or `reduce-only`',
  },
  hold: {
    scope: 'what is held, such as `all`, `venue:X` or `model:Y`',
    kind: '`no-new` or `reduce-only`',
  },
  test: {
    kind: '`test`',
    cases: 'each is played on a desk of its own',
  },
  earlier: {
    ago: 'how long ago',
    status: 'what came of it',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>
