import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

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
  await mkdir(temporary, { recursive: true });

  /** @type {string[]} */
  const problems = [];
  const entryPoint = await typesOf(packageRoot);
  Extractor.invoke(configFor({ packageRoot, entryPoint, reportFileName, temporary }), {
    localBuild: update,
    messageCallback(message) {
      if (message.logLevel === ExtractorLogLevel.Error) {
        problems.push(message.formatMessageWithLocation(packageRoot));
      }
      message.handled = true;
    },
  });
  const actualFile = join(temporary, reportFileName);
  const actual = await readFile(actualFile, 'utf8');
  if (actual === before) return { state: 'same', file, actualFile, problems };
  if (update) return { state: 'updated', file, actualFile, problems };
  return { state: before === undefined ? 'missing' : 'differs', file, actualFile, problems };
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
        reportFolder: packageRoot,
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
