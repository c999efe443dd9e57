ALTER TABLE sources ADD COLUMN settings JSONB DEFAULT '{}' NOT NULL, ADD COLUMN updated_at TIMESTAMP WITH TIME ZONE;

CREATE INDEX ix_customers_merged_into ON customers (merged_into) WHERE merged_into IS NOT NULL;

ALTER TABLE identity_links ADD COLUMN merge_id UUID, ADD COLUMN reason TEXT DEFAULT '' NOT NULL,
    ADD COLUMN undone_sequence BIGINT;

CREATE UNIQUE INDEX uq_identity_links_merge_id ON identity_links (merge_id);

CREATE INDEX ix_identity_links_winner_id ON identity_links (winner_id);

CREATE INDEX ix_events_received_at ON events USING brin (received_at);

ALTER TABLE quarantine ADD COLUMN times_seen BIGINT DEFAULT 1 NOT NULL,
    ADD COLUMN last_seen_at TIMESTAMP WITH TIME ZONE;

UPDATE quarantine SET times_seen = kept.times, last_seen_at = kept.last
FROM (
    SELECT min(quarantine_id::text)::uuid AS quarantine_id, count(*) AS times, max(received_at) AS last
    FROM quarantine GROUP BY source_id, route, body_sha256
) AS kept
WHERE kept.quarantine_id = quarantine.quarantine_id AND kept.times > 1;

DELETE FROM quarantine AS later USING quarantine AS first
WHERE first.source_id = later.source_id AND first.route = later.route
    AND first.body_sha256 = later.body_sha256 AND first.quarantine_id < later.quarantine_id;

CREATE UNIQUE INDEX uq_quarantine_body ON quarantine (source_id, route, body_sha256);

ALTER TABLE imports ADD COLUMN job_id UUID, ADD COLUMN is_dry_run BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN file_sha256 BYTEA, ADD COLUMN checkpoint JSONB DEFAULT '{}' NOT NULL,
    ADD COLUMN message TEXT DEFAULT '' NOT NULL;

CREATE TABLE order_claims (
    order_key BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    profile_id UUID NOT NULL,
    CONSTRAINT pk_order_claims PRIMARY KEY (order_key, sequence)
);

CREATE TABLE return_findings (
    profile_id UUID NOT NULL,
    event_key BYTEA NOT NULL,
    finding TEXT NOT NULL,
    order_key BYTEA,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_return_findings PRIMARY KEY (profile_id, event_key, finding)
);

CREATE INDEX ix_return_findings_at ON return_findings (at);

CREATE TABLE webhook_secrets (
    secret_id UUID NOT NULL,
    source_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    secret_encrypted BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_webhook_secrets PRIMARY KEY (secret_id)
);

CREATE INDEX ix_webhook_secrets_source_id ON webhook_secrets (source_id);

CREATE TABLE source_day (
    source_id TEXT NOT NULL,
    received_on DATE NOT NULL,
    received BIGINT DEFAULT 0 NOT NULL,
    accepted BIGINT DEFAULT 0 NOT NULL,
    duplicates BIGINT DEFAULT 0 NOT NULL,
    conflicts BIGINT DEFAULT 0 NOT NULL,
    rejected BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_source_day PRIMARY KEY (source_id, received_on)
);

CREATE TABLE tombstones (
    kind TEXT NOT NULL,
    lookup_key BYTEA NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE NOT NULL,
    refused_until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tombstones PRIMARY KEY (kind, lookup_key)
);

CREATE INDEX ix_tombstones_refused_until ON tombstones (refused_until);

CREATE TABLE erasures (
    erasure_id UUID NOT NULL,
    profile_id UUID NOT NULL,
    job_id UUID,
    requested_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    receipt JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_erasures PRIMARY KEY (erasure_id)
);

CREATE TABLE rebuilds (
    rebuild_id UUID NOT NULL,
    shard BIGINT NOT NULL,
    from_id UUID NOT NULL,
    to_id UUID NOT NULL,
    after_id UUID,
    is_repair BOOLEAN DEFAULT false NOT NULL,
    customers BIGINT DEFAULT 0 NOT NULL,
    differences BIGINT DEFAULT 0 NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_rebuilds PRIMARY KEY (rebuild_id, shard)
);
