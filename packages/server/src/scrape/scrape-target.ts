/** One address that a colony fetches metrics from by itself. */
export interface ScrapeTarget {
  /** Label `job` of all that it serves, and mostly the name of its service. */
  readonly job: string;
  /** Label `instance`: `host:port`. */
  readonly instance: string;
  /** http or https, without user and password. */
  readonly url: string;
  /** From the start of one scrape to the start of the next, ms. */
  readonly intervalMs: number;
  /** After so long a scrape has failed, ms. At most `intervalMs`. */
  readonly timeoutMs: number;
  /** More labels of all that it serves. */
  readonly labels: Readonly<Record<string, string>>;
  /** A file whose text is sent as a bearer token; read at every scrape. */
  readonly bearerTokenFile?: string;
  readonly basicAuth?: {
    readonly username: string;
    /** A file whose text is the password; read at every scrape. */
    readonly passwordFile: string;
  };
}
