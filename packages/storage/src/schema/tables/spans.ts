/**
 * Spans, as they came, for a few hours. All columns are numbers, no index: that is what makes
 * appending fast. A span that was sent twice stands here twice.
 */
export const spansDdl = `
CREATE TABLE IF NOT EXISTS spans (
    end_time TIMESTAMP NOT NULL,
    trace_high UBIGINT NOT NULL,  -- first half of the trace's id
    trace_low UBIGINT NOT NULL,  -- second half
    span_id UBIGINT NOT NULL,
    parent_id UBIGINT NOT NULL,  -- 0: none
    operation_id INTEGER NOT NULL,
    duration_us DOUBLE NOT NULL,
    is_error BOOLEAN NOT NULL
)`;

/**
 * The dictionary of spans: strings live here once, and spans name them by a number. An operation goes
 * with the last of its spans.
 */
export const spanOperationsDdl = `
CREATE TABLE IF NOT EXISTS span_operations (
    operation_id INTEGER NOT NULL,
    service_id TEXT NOT NULL,
    name TEXT NOT NULL,  -- of the span; 'other' for those beyond the limit
    kind TEXT NOT NULL,  -- internal, server, client, producer, consumer
    protocol TEXT NOT NULL,  -- '' when nothing says so
    peer TEXT NOT NULL,  -- who is on the other side, as far as this one knows; '' when it does not
    first_seen TIMESTAMP NOT NULL
)`;

/** Windows whose spans are newer than the connections that follow from them. */
export const dirtyConnectionsDdl = `
CREATE TABLE IF NOT EXISTS dirty_connections (
    window_start TIMESTAMP PRIMARY KEY
)`;

/**
 * What connections are made of for as long as spans can change them: what each open window says, and, as
 * of 1970-01-01, what agents report and closed windows have said. A row of service_connections is their
 * sum; one that nothing can change any more has no parts.
 */
export const connectionPartsDdl = `
CREATE TABLE IF NOT EXISTS connection_parts (
    window_start TIMESTAMP NOT NULL,
    from_service TEXT NOT NULL,
    to_service TEXT NOT NULL,
    protocol TEXT NOT NULL,
    first_observed TIMESTAMP NOT NULL,
    last_observed TIMESTAMP NOT NULL,
    connection_count BIGINT NOT NULL
)`;
