/** One step of the schema. Released ones never change: their checksum is stored in each file. */
export interface Migration {
  /** 1, 2, 3, … without gaps. */
  readonly version: number;
  readonly name: string;
  /** Run in order, in one transaction with the row in `schema_version`. */
  readonly statements: readonly string[];
}
