import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/**
 * @typedef {object} ApiReport
 * @property {'same' | 'updated' | 'differs' | 'missing'} state
 * @property {string} file absolute path of the report
 * @property {string} actualFile absolute path of the API as it is now
 * @property {string[]} problems what the extractor could not make sense of
 */

/**
 * Writes down the public API of a built package, from the types it exports, and compares it with
 * `<folder>.api.md` beside the package's manifest.
 *
 * With `update` the file is written; without, nothing outside `out-tsc/` changes.
 *
 * @param {{ packageRoot: string, update: boolean }} options
 * @returns {Promise<ApiReport>}
 */
export async function reportApi({ packageRoot, update }) {
  const reportFileName = `${basename(packageRoot)}.api.md`;
  const file = join(packageRoot, reportFileName);
  const before = await readIfThere(file);
  const temporary = join(packageRoot, 'out-tsc', 'api');
  await mkdir(join(temporary, 'raw'), { recursive: true });

  /** @type {string[]} */
  const problems = [];
  const entryPoint = await typesOf(packageRoot);
  Extractor.invoke(configFor({ packageRoot, entryPoint, reportFileName, temporary }), {
    localBuild: true, // It writes its own report; comparing is done below.
    messageCallback(message) {
      if (message.logLevel === ExtractorLogLevel.Error) {
        problems.push(message.formatMessageWithLocation(packageRoot));
      }
      message.handled = true;
    },
  });
  const actual = await normalised(
    await readFile(join(temporary, 'raw', reportFileName), 'utf8'),
    file,
  );
  const actualFile = join(temporary, reportFileName);
  await writeFile(actualFile, actual);
  if (actual === before) return { state: 'same', file, actualFile, problems };
  if (!update)
    return { state: before === undefined ? 'missing' : 'differs', file, actualFile, problems };
  await writeFile(file, actual);
  return { state: 'updated', file, actualFile, problems };
}

/**
 * The same text for the same API, however the declarations were laid out.
 *
 * @param {string} report
 * @param {string} file where it will stand, which decides its format
 */
async function normalised(report, file) {
  const withoutPositions = report.replace(/^(\/\/ \S+\.d\.ts):\d+:\d+/gm, '$1');
  return format(withoutPositions, { ...(await resolveConfig(file)), filepath: file });
}

/** @param {{ packageRoot: string, entryPoint: string, reportFileName: string, temporary: string }} paths */
function configFor({ packageRoot, entryPoint, reportFileName, temporary }) {
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(packageRoot, 'package.json'),
    configObject: {
      projectFolder: packageRoot,
      mainEntryPointFilePath: entryPoint,
      // Without the source condition of the workspace: siblings are read as their users see them.
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            lib: ['es2023', 'esnext.disposable'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            types: ['node'],
            strict: true,
            exactOptionalPropertyTypes: true,
            skipLibCheck: true,
          },
          include: ['dist/**/*.d.ts'],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName,
        reportFolder: join(temporary, 'raw'),
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          // A type that is used by the API and not exported cannot be named by its users.
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.None, addToApiReportFile: true },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
}

/** @param {string} packageRoot */
async function typesOf(packageRoot) {
  const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  return join(packageRoot, manifest.exports['.'].types);
}

/**
 * @param {string} path
 * @returns {Promise<string | undefined>}
 */
async function readIfThere(path) {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}
