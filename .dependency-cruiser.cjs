// Dependencies point one way: model <- source <- expr, parse <- check, plan <- walk <- adapters <- cli. What `desk kill` and
// `desk status` load at start-up uses Node's own modules only.
const layer = (name, ...allowed) => ({
  name: `layer-${name}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...allowed].join('|')})/` },
})
const bare = ['model', 'disk', 'lock', 'audit', 'killswitch', 'calendar']

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'no-tests-in-src', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench|scripts)/' } },
    {
      name: 'fast-start',
      severity: 'error',
      from: { path: `^src/(${bare.join('|')})/` },
      to: { path: 'node_modules', pathNot: 'node_modules/@types/node' },
    },
    layer('model'),
    layer('disk', 'model'),
    layer('calendar', 'model'),
    layer('lock', 'model', 'disk'),
    layer('audit', 'model', 'disk', 'lock'),
    layer('killswitch', 'model', 'disk', 'lock', 'audit', 'calendar'),
    layer('source', 'model'),
    layer('ports', 'model'),
    layer('config', 'model', 'disk', 'source'),
    layer('expr', 'model', 'source', 'ports'),
    layer('parse', 'model', 'source', 'ports', 'calendar', 'expr'),
    layer('plan', 'model', 'source', 'ports', 'calendar', 'expr', 'parse', 'config', 'check'),
    layer('check', 'model', 'source', 'ports', 'calendar', 'expr', 'parse'),
    layer('walk', 'model', 'ports', 'calendar', 'audit', 'lock', 'disk'),
    layer('reconcile', 'model'),
    layer('statistics', 'model'),
    layer(
      'adapters',
      'model',
      'ports',
      'calendar',
      'audit',
      'lock',
      'disk',
      'killswitch',
      'config',
      'reconcile',
      'statistics',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
