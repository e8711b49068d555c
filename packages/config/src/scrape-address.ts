/** Where a target is. */
export interface ScrapeAddress {
  readonly url: URL;
  /** `host:port`, the port always there. */
  readonly instance: string;
  /** Whether the text names a path, which then stands instead of the job's. */
  readonly hasPath: boolean;
}

/**
 * The address of a target as it is written: `host:port`, or a whole http or https URL. `undefined`
 * when it is none, or holds a user, a password or a fragment.
 */
export function scrapeAddress(text: string): ScrapeAddress | undefined {
  if (/[\s#\\@]|\p{Cc}/u.test(text) || text.length > 2_000) return undefined;
  const isUrl = /^https?:\/\//i.test(text);
  if (!isUrl && /[/?]/.test(text)) return undefined;
  const whole = isUrl ? text : `http://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  const { username, password, hostname } = url;
  if (hostname === '' || username !== '' || password !== '') return undefined;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return {
    url,
    instance: `${hostname}:${port}`,
    hasPath: isUrl && /^https?:\/\/[^/?]+[/?]./i.test(text),
  };
}
