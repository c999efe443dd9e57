CREATE TABLE api_keys (
    key_hash BYTEA NOT NULL,
    key_id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    source_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (key_hash)
);

CREATE UNIQUE INDEX uq_api_keys_key_id ON api_keys (key_id);

CREATE TABLE idempotency_keys (
    key_id UUID NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BYTEA NOT NULL,
    status TEXT NOT NULL,
    response JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (key_id, route, key)
);

CREATE TABLE outbox (
    outbox_id UUID NOT NULL,
    topic TEXT NOT NULL,
    payload JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts BIGINT DEFAULT 0 NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    CONSTRAINT pk_outbox PRIMARY KEY (outbox_id)
);

CREATE INDEX ix_outbox_due ON outbox (topic, due_at) WHERE done_at IS NULL;

CREATE TABLE audit_log (
    audit_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (audit_id)
);

CREATE INDEX ix_audit_log_at ON audit_log (at);

CREATE TABLE jobs (
    job_id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    arguments JSONB DEFAULT '{}' NOT NULL,
    progress FLOAT DEFAULT 0 NOT NULL,
    message TEXT DEFAULT '' NOT NULL,
    result JSONB,
    attempts BIGINT DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    heartbeat_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_jobs PRIMARY KEY (job_id)
);

CREATE INDEX ix_jobs_open ON jobs (kind, created_at) WHERE finished_at IS NULL;
