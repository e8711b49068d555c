/** A command that a document tells its reader to run. */
export type DocumentedCommand =
  | { readonly kind: 'script'; readonly name: string; readonly text: string }
  | {
      readonly kind: 'target';
      readonly name: string;
      /** The project that must have it; any when absent. */
      readonly project?: string;
      readonly text: string;
    }
  | { readonly kind: 'generator'; readonly name: string; readonly text: string }
  | { readonly kind: 'builtin'; readonly name: string; readonly text: string };

// Words after `npm` that are npm's own and need no script.
const NPM_SCRIPT = /\bnpm (?:run ([\w:-]+)|(test|start)\b)/g;
// Nx's own commands, which take other words than a project.
const BUILTIN = new Set([
  'graph',
  'list',
  'release',
  'report',
  'reset',
  'show',
  'sync',
  'sync:check',
]);
const NX = /\bnpx nx ([^\n`|&;)]+)/g;

/** Lists the npm scripts and Nx commands a text names, in prose and in code. */
export function documentedCommands(text: string): DocumentedCommand[] {
  const scripts = [...text.matchAll(NPM_SCRIPT)].map(([whole, run, short]): DocumentedCommand => ({
    kind: 'script',
    name: run ?? short!,
    text: whole,
  }));
  const nx = [...text.matchAll(NX)].flatMap(([whole, rest]) => nxCommands(whole, rest!));
  return [...scripts, ...nx];
}

function nxCommands(whole: string, rest: string): DocumentedCommand[] {
  const text = whole.trim();
  const words = rest
    .replace(/\s#.*$/, '')
    .trim()
    .split(/\s+/);
  const [verb = '', first = ''] = words;
  switch (verb) {
    case 'g':
    case 'generate':
      return [{ kind: 'generator', name: first, text }];
    case 'run': {
      const [project = '', ...target] = first.split(':');
      return [{ kind: 'target', name: target.join(':'), project, text }];
    }
    case 'run-many':
    case 'affected': {
      const projects = valuesOf(words, ['-p', '--projects']);
      const targets = valuesOf(words, ['-t', '--target', '--targets']);
      return targets.flatMap((name): DocumentedCommand[] =>
        projects.length === 0
          ? [{ kind: 'target', name, text }]
          : projects.map((project) => ({ kind: 'target', name, project, text })),
      );
    }
    default:
      return BUILTIN.has(verb)
        ? [{ kind: 'builtin', name: verb, text }]
        : [{ kind: 'target', name: verb, project: first, text }];
  }
}

/** The words after any of the flags, up to the next flag: `-t lint test`, `-t=lint,test`. */
function valuesOf(words: readonly string[], flags: readonly string[]): string[] {
  const values: string[] = [];
  let taking = false;
  for (const word of words) {
    const [flag = '', inline] = word.split('=');
    if (word.startsWith('-')) {
      taking = flags.includes(flag) && inline === undefined;
      if (flags.includes(flag) && inline !== undefined) values.push(...inline.split(','));
    } else if (taking) {
      values.push(...word.split(','));
    }
  }
  return values;
}
