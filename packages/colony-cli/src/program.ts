import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './command-context.js';
import type { Io } from './io.js';

/** Global options as the parser leaves them. */
export interface ProgramGlobals {
  readonly colony?: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

/** What the program calls once it knows which command was meant. */
export interface ProgramHost {
  readonly io: Pick<Io, 'version' | 'stdout' | 'stderr'>;
  readonly run: (
    globals: ProgramGlobals,
    command: (context: CommandContext) => Promise<number>,
  ) => Promise<void>;
}

/** Input of a command: its options by name, and its arguments by name. */
type Input = Record<string, unknown>;
type Load<Given> = () => Promise<(context: CommandContext, input: Given) => Promise<number>>;

/**
 * Describes every command, its arguments and its options.
 *
 * This file is the command line's table of contents. It imports no command: each is loaded when
 * it is chosen, so that `--help`, `--version` and a mistyped option stay instant.
 */
export function buildProgram(host: ProgramHost): Command {
  const program = new Command('coral')
    .description('Keeps the operational history of your services in one DuckDB file.')
    .version(host.io.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .option('-c, --colony <id>', 'the colony to use instead of the configured one')
    .option('--json', 'print JSON: an array of objects for rows, one object for single things')
    .option('-v, --verbose', 'say on standard error what is being done')
    .option('--no-color', 'print no colours (so does the NO_COLOR environment variable)')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.io.stdout.write(text),
      writeErr: (text) => void host.io.stderr.write(text),
      // The same everywhere, so that the help text can be prepared by the bundler.
      getOutHelpWidth: () => helpWidth,
      getErrHelpWidth: () => helpWidth,
    })
    .showHelpAfterError('(add --help for the options and examples)');

  /** An action that loads its command, and hands it options and arguments by their names. */
  const action = <Given extends Input>(load: Load<Given>) =>
    async function (this: Command): Promise<void> {
      const { colony, json, verbose, color } = this.optsWithGlobals<Input>();
      const globals = {
        colony: colony as string | undefined,
        json: json === true,
        verbose: verbose === true,
        color: color !== false,
      };
      const args = Object.fromEntries(
        this.registeredArguments.map((argument, index) => [
          argument.name(),
          this.processedArgs[index],
        ]),
      );
      const input = { ...this.opts<Input>(), ...args } as Given;
      await host.run(globals, async (context) => (await load())(context, input));
    };

  program
    .command('init')
    .summary('make a colony for an application')
    .description(
      'Makes a colony: its identity and secrets in ~/.coral, and .coral/config.yaml in this folder.',
    )
    .argument('<app>', 'name of the application')
    .option('-e, --env <environment>', 'environment the colony watches', 'dev')
    .option('--storage-path <folder>', 'folder of the database file', '.coral')
    .action(action(async () => (await import('./commands/init.js')).init));

  addStatusCommand(program, action);
  addColonyCommands(program, action);
  addReadingCommands(program, action);

  const config = program.command('config').description('Shows the configuration.');
  config
    .command('explain')
    .summary('print each value, where it came from and what it overrode')
    .description('Prints configuration values, where each came from and what it overrode.')
    .argument('[key]', 'one key, or the beginning of several (such as storage)')
    .action(action(async () => (await import('./commands/config-explain.js')).configExplain));

  program
    .command('doctor')
    .summary('say what is wrong with a colony, and which command mends it')
    .description(
      'Looks at lock, disk, permissions, log, backups, schema, indexes and clock of a colony, running or stopped, and names the command that mends each finding. Exits 1 when something is broken, 0 when all is well or only worth a look.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .option('--repair', 'first make indexes anew that are missing or miss rows')
    .action(action(async () => (await import('./commands/doctor.js')).doctor));

  program
    .command('completions')
    .summary('print a completion script for a shell')
    .description('Prints a script that completes commands, options and colonies.')
    .addArgument(program.createArgument('<shell>', 'the shell').choices(shells))
    .action(
      action(async () => {
        const { printCompletionScript } = await import('./completions.js');
        return (_context, input: { shell: string }) => printCompletionScript(program, input);
      }),
    );
  program
    .command('complete', { hidden: true })
    .description('Answers the completion script.')
    .argument('[words...]')
    .action(
      action(async () => {
        const { printCompletions } = await import('./completions.js');
        return (context, input: { words: string[] }) => printCompletions(program, context, input);
      }),
    );
  return program;
}

const helpWidth = 80;
const shells = ['bash', 'zsh', 'fish', 'powershell'];

type MakeAction = <Given extends Input>(
  load: Load<Given>,
) => (this: Command, ...args: unknown[]) => Promise<void>;

function addColonyCommands(program: Command, action: MakeAction): void {
  const colony = program.command('colony').description('Starts, stops and chooses colonies.');
  colony
    .command('start')
    .summary('start a colony in the foreground')
    .description(
      'Starts a colony and stays in the foreground until Ctrl-C. Without any colony configured it makes one for development and says so.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .option('-d, --detach', 'run in the background; returns once the colony is ready')
    .option('--host <host>', 'address to listen on')
    .option('--port <port>', 'port of the API; 0 picks a free one', portNumber)
    .option('--otlp-http-port <port>', 'port for OTLP over HTTP; 0 or "off" opens none', portOrOff)
    .option('--otlp-grpc-port <port>', 'port for OTLP over gRPC; 0 or "off" opens none', portOrOff)
    .option('--storage-path <folder>', 'folder of the database file')
    .option('--no-self-metrics', "do not record the colony's own figures")
    .option('--no-migrate', 'refuse a file of an older schema instead of upgrading it')
    .addOption(new Option('--log-level <level>', 'least level to log').choices(logLevels))
    .addOption(new Option('--log-format <format>', 'form of the log').choices(['pretty', 'json']))
    .option('--start-timeout <seconds>', 'with --detach: how long to wait', seconds, 60)
    .action(action(async () => (await import('./commands/colony-start.js')).colonyStart));
  colony
    .command('stop')
    .summary('stop a running colony and wait until it has stopped')
    .description('Asks a running colony to stop, and returns when it has closed its file.')
    .argument('[colony]', 'colony id (default: the configured one)')
    .option('--timeout <seconds>', 'how long to wait', seconds, 30)
    .action(action(async () => (await import('./commands/colony-stop.js')).colonyStop));
  addStatusCommand(colony, action);
  colony
    .command('migrate')
    .summary("upgrade a stopped colony's file to this release's schema")
    .description(
      "Says what an upgrade of a stopped colony's file would do, or does it. A start does the same by itself, unless storage.migrate is false. The file is copied first, and the copy put back when the upgrade fails or is cut off.",
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .option('--plan', 'only say what would be done (default)')
    .option('--apply', 'do it')
    .action(action(async () => (await import('./commands/colony-migrate.js')).colonyMigrate));
  colony
    .command('list')
    .summary('list the colonies of this user')
    .description('Lists the colonies of this user; the configured one is marked with *.')
    .action(action(async () => (await import('./commands/colony-list.js')).colonyList));
  colony
    .command('use')
    .summary('choose the colony for folders that name none')
    .description('Writes default_colony to ~/.coral/config.yaml.')
    .argument('<colony>', 'colony id')
    .action(action(async () => (await import('./commands/colony-use.js')).colonyUse));
  colony
    .command('current')
    .summary('print the configured colony and what chose it')
    .description('Prints the id of the colony that commands use here.')
    .action(action(async () => (await import('./commands/colony-current.js')).colonyCurrent));
  colony
    .command('env')
    .summary('print the variables that point OpenTelemetry at a colony')
    .description(
      'Prints environment variables for any OpenTelemetry sender. They hold the token: keep them to yourself.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .addOption(
      new Option('--shell <shell>', 'whose syntax to print')
        .choices(['posix', 'fish', 'powershell'])
        .default('posix'),
    )
    .addOption(
      new Option('--protocol <protocol>', 'how to send')
        .choices(['http/protobuf', 'http/json', 'grpc'])
        .default('http/protobuf'),
    )
    .action(action(async () => (await import('./commands/colony-env.js')).colonyEnv));
  colony
    .command('maintain')
    .summary('run all background work that is due, now')
    .description(
      'Runs what a running colony does by itself from time to time: summaries, learning, sealing old days, retention. Works on a stopped colony too.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .action(action(async () => (await import('./commands/colony-maintain.js')).colonyMaintain));
  addCopyCommands(colony, action);
  addRetentionCommands(colony, action);
}

/** `coral status` is short for `coral colony status`. */
function addStatusCommand(parent: Command, action: MakeAction): void {
  parent
    .command('status')
    .summary('say what is true about a colony (exits 3 when it is stopped)')
    .description(
      'Says whether a colony runs, and about its process, file, ports and jobs. Exits 0 when it runs, 3 when it is stopped.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .action(action(async () => (await import('./commands/colony-status.js')).colonyStatus));
}

function addCopyCommands(colony: Command, action: MakeAction): void {
  colony
    .command('backup')
    .summary('write a backup, also while the colony runs')
    .description(
      'Writes one file that holds the colony as it is in one moment, while it goes on working. The file is read back and every row compared before it gets its name. `coral colony restore` puts it back; without a key any DuckDB tool opens it too.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .requiredOption('-o, --output <file>', 'the file to make')
    .option('--overwrite', 'replace the file when it is there')
    .option('--key-file <file>', 'encrypt with the key in this file (or in CORAL_BACKUP_KEY)')
    .action(action(async () => (await import('./commands/colony-backup.js')).colonyBackup));
  colony
    .command('restore')
    .summary("put a backup in the place of a stopped colony's file")
    .description(
      'Checks a backup and puts it in the place of a stopped colony’s file, which is kept aside. The backup may be of another colony.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .requiredOption('-i, --input <file>', 'the backup')
    .option('--key-file <file>', 'the key it was made with (or in CORAL_BACKUP_KEY)')
    .action(action(async () => (await import('./commands/colony-restore.js')).colonyRestore));
  colony
    .command('snapshot')
    .summary('publish a copy that stock DuckDB tools can open meanwhile')
    .description(
      'Publishes {colony_id}.snapshot.duckdb beside the file, verified and replaced in one step: any DuckDB tool opens it while the colony runs.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .option('--every <time>', 'again and again until Ctrl-C: 30s, 1m, 2h', every)
    .action(action(async () => (await import('./commands/colony-snapshot.js')).colonySnapshot));
  colony
    .command('compact')
    .summary("give the space of deleted rows in a stopped colony's file back")
    .description(
      'Copies a stopped colony’s file into a new one without gaps, compares every row, and replaces it in one step. Needs room for the copy.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .action(action(async () => (await import('./commands/colony-compact.js')).colonyCompact));
  addExchangeCommands(colony, action);
}

function addExchangeCommands(colony: Command, action: MakeAction): void {
  colony
    .command('export')
    .summary('write a table as CSV, JSON or Parquet')
    .description(
      'Writes a table as it is in one moment, also while the colony runs, with a schema file beside it. `coral colony import` reads it back, the same to the bit.',
    )
    .addArgument(colony.createArgument('<table>', 'what to write').choices(exchangeTables))
    .addOption(
      new Option('-f, --format <format>', 'form of the file; json is one object a line')
        .choices(exchangeFormats)
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <file>', 'the file to make; - is standard output')
    .option('--from <time>', 'only since: 15m, 2h, 7d ago, or an ISO 8601 time')
    .option('--to <time>', 'only before: 15m, 2h, 7d ago, or an ISO 8601 time')
    .option('--where <condition>', "only rows that fulfil it, in SQL: service_id = 'cart'")
    .addOption(
      new Option('--partition-by <unit>', 'a folder with one Parquet file a day').choices(['day']),
    )
    .option('--overwrite', 'replace the file when it is there')
    .action(action(async () => (await import('./commands/colony-export.js')).colonyExport));
  colony
    .command('import')
    .summary('read an export back')
    .description(
      'Reads a file that `coral colony export` wrote, or another one of that form. A row replaces the one with the same key. Nothing is written unless every row can be.',
    )
    .argument('<file>', 'the file, or the folder of a partitioned export')
    .addOption(
      new Option(
        '--table <table>',
        'where the rows belong; default: as its schema file says',
      ).choices(exchangeTables),
    )
    .addOption(
      new Option(
        '-f, --format <format>',
        'form of the file; default: as its schema file or name says',
      ).choices(exchangeFormats),
    )
    .action(action(async () => (await import('./commands/colony-import.js')).colonyImport));
}

function addRetentionCommands(colony: Command, action: MakeAction): void {
  const retention = colony
    .command('retention')
    .summary('delete old rows, bring them back, foresee when the disk is full')
    .description(
      'Deletes rows that are older than storage.retention says, and brings them back. A running colony deletes by itself, every hour.',
    );
  retention
    .command('plan')
    .summary('show what would be deleted now; deletes nothing')
    .description(
      'Shows per rule how many rows are older than it says, about how much room they take, and the oldest. Deletes nothing. The rules are those that the configuration files say now.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .action(
      action(async () => (await import('./commands/colony-retention-plan.js')).colonyRetentionPlan),
    );
  retention
    .command('apply')
    .summary('delete what the plan shows')
    .description(
      'Deletes what the plan shows. On a terminal it shows the plan and asks first. Deleted rows can be brought back for as long as storage.trash says.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .option('-y, --yes', 'do not ask')
    .action(
      action(
        async () => (await import('./commands/colony-retention-apply.js')).colonyRetentionApply,
      ),
    );
  retention
    .command('undo')
    .summary('bring back what a run deleted')
    .description(
      'Brings back what a run of retention deleted. Rows that were written again since then stay as they are.',
    )
    .argument('<id>', 'the run, as `coral colony retention list` shows it')
    .argument('[colony]', 'colony id (default: the configured one)')
    .action(
      action(async () => (await import('./commands/colony-retention-undo.js')).colonyRetentionUndo),
    );
  retention
    .command('list')
    .summary('list the runs that can be undone')
    .description('Lists the runs of retention whose rows can be brought back, the newest first.')
    .argument('[colony]', 'colony id (default: the configured one)')
    .action(
      action(async () => (await import('./commands/colony-retention-list.js')).colonyRetentionList),
    );
  retention
    .command('forecast')
    .summary('say when the size budget and the disk will be used up')
    .description(
      'Says when storage.max_size and the disk will be used up, from the rows of the last seven days and how long they stay.',
    )
    .argument('[colony]', 'colony id (default: the configured one)')
    .action(
      action(
        async () =>
          (await import('./commands/colony-retention-forecast.js')).colonyRetentionForecast,
      ),
    );
}

function addReadingCommands(program: Command, action: MakeAction): void {
  program
    .command('sql')
    .summary('ask a colony in SQL')
    .description(
      'Runs one reading statement and prints its rows. Reads the statement from standard input when none is given.',
    )
    .argument('[query]', 'the statement')
    .option('--max-rows <count>', 'stop after so many rows', rowCount, 10_000)
    .option('--timeout <seconds>', 'give up after so long', querySeconds, 30)
    .action(action(async () => (await import('./commands/sql.js')).sql));
  program
    .command('query')
    .summary('ask several colonies in SQL at once')
    .description(
      'Runs one reading statement on each colony, running or stopped, and prints the rows of all; colony_id comes first. Exits 4 when some colony did not answer.',
    )
    .argument('[query]', 'the statement')
    .addOption(
      new Option('--colonies <ids>', 'the colonies, with commas between')
        .argParser((text) => text.split(',').map((id) => id.trim()))
        .conflicts('all'),
    )
    .option('--all', 'all colonies of this user')
    .option('--max-rows <count>', 'of each colony, stop after so many rows', rowCount, 10_000)
    .option('--timeout <seconds>', 'give up on a colony after so long', querySeconds, 30)
    .action(action(async () => (await import('./commands/query.js')).query));
  program
    .command('services')
    .summary('list services')
    .description('Lists the services a colony knows, by id.')
    .addOption(new Option('--status <status>', 'only these').choices(serviceStatuses))
    .option('--limit <count>', 'at most so many', count, 100)
    .action(action(async () => (await import('./commands/services.js')).services));
  program
    .command('metrics')
    .summary('list metrics, or show one')
    .description(
      'Lists metrics with their latest summary; with a service only its own; with a service and a metric its summaries, or one statistic of it over a range.',
    )
    .argument('[service]', 'service id')
    .argument('[metric]', 'metric name')
    .addOption(
      new Option('--interval <interval>', 'width of the summaries')
        .choices(['5m', '15m', '1h', '1d'])
        .default('5m'),
    )
    .option('--since <time>', 'only since: 15m, 2h, 7d, or an ISO 8601 time')
    .option('--limit <count>', 'at most so many', count, 100)
    .addOption(
      new Option('--statistic <statistic>', 'of one metric, only this, over a range').choices(
        metricStatistics,
      ),
    )
    .option('--from <time>', 'start of the range (default: a day before its end)')
    .option('--to <time>', 'end of the range (default: now)')
    .option('--step <length>', 'between two points: 5m, 15m, 1h, 1d, or a multiple of 5m')
    .action(action(async () => (await import('./commands/metrics.js')).metrics));
  program
    .command('top')
    .summary('list which services and metrics have most of something')
    .description(
      'Lists the services or metrics with most of something over a range, largest first.',
    )
    .addOption(
      new Option('--statistic <statistic>', 'of what').choices(metricStatistics).default('rate'),
    )
    .addOption(
      new Option('--by <subject>', 'what to compare')
        .choices(['service', 'metric', 'both'])
        .default('both'),
    )
    .option('--service <id>', 'only of this service')
    .option('--metric <name>', 'only of this metric')
    .option('--from <time>', 'start of the range (default: an hour before its end)')
    .option('--to <time>', 'end of the range (default: now)')
    .option('--limit <count>', 'at most so many', count, 10)
    .action(action(async () => (await import('./commands/top.js')).top));
  const events = program
    .command('events')
    .summary('list events; `events record` adds one')
    .description('Lists and records events. `coral events` alone lists them.');
  events
    .command('list', { isDefault: true })
    .summary('list events; what `coral events` does')
    .description('Lists events, the newest first.')
    .option('--service <id>', 'only of this service')
    .option('--type <type>', 'only of this type, such as deploy or crash')
    .option('--group <group>', 'only of this correlation group')
    .option('--since <time>', 'only since: 15m, 2h, 7d, or an ISO 8601 time')
    .option('--limit <count>', 'at most so many', count, 50)
    .action(action(async () => (await import('./commands/events.js')).events));
  events
    .command('record')
    .summary('record an event, such as a deployment')
    .description('Records an event and prints its id. It is stored when the command returns.')
    .argument('<type>', 'type of the event: deploy, crash, restart, alert, connection, …')
    .requiredOption('--service <id>', 'the service it happened to')
    .option('--details <json>', 'anything worth keeping, as a JSON object')
    .option('--group <group>', 'correlation group that joins several events')
    .option('--at <time>', 'when it happened (default: now)')
    .action(action(async () => (await import('./commands/events-record.js')).eventsRecord));
  const insights = program
    .command('insights')
    .summary('list insights, show what one rests on, dismiss or resolve it')
    .description(
      'Lists insights, shows what they rest on, and ends them. `coral insights` alone lists them.',
    );
  insights
    .command('list', { isDefault: true })
    .summary('list insights; what `coral insights` does')
    .description('Lists insights, the most urgent first.')
    .addOption(
      new Option('--status <status>', 'only these')
        .choices(['active', 'dismissed', 'resolved', 'all'])
        .default('active'),
    )
    .addOption(new Option('--priority <priority>', 'only these').choices(['high', 'medium', 'low']))
    .option('--limit <count>', 'at most so many', count, 50)
    .action(action(async () => (await import('./commands/insights.js')).insights));
  insights
    .command('why')
    .summary('show what an insight rests on, then and now')
    .description(
      'Shows the queries that an insight rests on, with the rows they gave when it was made beside those that they give now.',
    )
    .argument('<id>', 'the insight, as `coral insights` shows it', insightId)
    .action(action(async () => (await import('./commands/insights-why.js')).insightsWhy));
  insights
    .command('dismiss')
    .summary('say that insights are of no interest')
    .description(
      'Dismisses insights: they are not shown as active any more, and stay dismissed for as long as their cause goes on.',
    )
    .argument('<id...>', 'the insights, as `coral insights` shows them', insightIds)
    .action(action(async () => (await import('./commands/insights-end.js')).insightsDismiss));
  insights
    .command('resolve')
    .summary('say that what insights tell of is mended')
    .description(
      'Resolves insights. The colony resolves its own when their cause is gone; this is for those that others made, and for not waiting.',
    )
    .argument('<id...>', 'the insights, as `coral insights` shows them', insightIds)
    .action(action(async () => (await import('./commands/insights-end.js')).insightsResolve));
  program
    .command('topology')
    .summary('list which services talk to which')
    .description('Lists the connections observed between services.')
    .option('--service <id>', 'only those from or to this service')
    .action(action(async () => (await import('./commands/topology.js')).topology));
}

const logLevels = ['debug', 'info', 'warn', 'error'];
// As in @coral/storage, which is not loaded for --help; a spec compares them.
export const exchangeTables = [
  'metrics',
  'events',
  'insights',
  'services',
  'connections',
  'baselines',
];
export const exchangeFormats = ['csv', 'json', 'parquet'];
const metricStatistics = ['p50', 'p95', 'p99', 'mean', 'max', 'count', 'sum', 'rate'];
const serviceStatuses = ['running', 'stopped', 'error'];

function wholeNumber(text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Not a whole number from ${least} to ${most}.`);
}

const count = (text: string) => wholeNumber(text, 1, 10_000);
const rowCount = (text: string) => wholeNumber(text, 1, 10_000_000);
const insightId = (text: string) => wholeNumber(text, 1, 2_147_483_647);
const insightIds = (text: string, before: readonly number[] = []) => [...before, insightId(text)];
const seconds = (text: string) => wholeNumber(text, 1, 86_400);
const querySeconds = (text: string) => wholeNumber(text, 1, 600);
/** Milliseconds. */
function every(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const value = Number(count) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
  if (value >= 1_000) return value;
  throw new InvalidArgumentError('Not a time such as 30s, 1m or 2h.');
}
const portNumber = (text: string) => wholeNumber(text, 0, 65_535);
const portOrOff = (text: string) => (text === 'off' ? 0 : portNumber(text));

const examples = `
Examples:
  coral colony start                    start a colony here, Ctrl-C stops it
  eval "$(coral colony env)"            point OpenTelemetry programs at it
  coral metrics                         what arrived
  coral sql "SELECT * FROM services"    ask anything
  coral events record deploy --service shop/api --details '{"version":"1.2.3"}'

Documentation of every command, exit codes included: docs/commands.md`;
