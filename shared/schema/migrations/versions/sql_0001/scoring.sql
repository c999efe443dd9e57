CREATE TABLE models (
    model_version TEXT NOT NULL,
    manifest JSONB NOT NULL,
    artefact BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    training_artefact BYTEA,
    training_signature BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_models PRIMARY KEY (model_version)
);

CREATE TABLE evaluations (
    evaluation_id UUID NOT NULL,
    model_version TEXT NOT NULL,
    metrics JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_evaluations PRIMARY KEY (evaluation_id)
);

CREATE INDEX ix_evaluations_model_version ON evaluations (model_version, created_at);

CREATE TABLE programmes (
    programme_key TEXT NOT NULL,
    audience TEXT NOT NULL,
    is_default BOOLEAN DEFAULT false NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_programmes PRIMARY KEY (programme_key)
);

CREATE TABLE programme_versions (
    programme_key TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    document JSONB NOT NULL,
    note JSONB DEFAULT '{}' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_programme_versions PRIMARY KEY (programme_key, version)
);

CREATE TABLE cuts (
    cuts_id BIGINT NOT NULL,
    programme_key TEXT NOT NULL,
    model_version TEXT NOT NULL,
    reference_date DATE NOT NULL,
    thresholds JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_cuts PRIMARY KEY (cuts_id)
);

CREATE TABLE base_levels (
    model_version TEXT NOT NULL,
    business_date DATE NOT NULL,
    level FLOAT NOT NULL,
    customers BIGINT NOT NULL,
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_base_levels PRIMARY KEY (model_version, business_date)
);

CREATE TABLE releases (
    release_id BIGINT NOT NULL,
    programme_key TEXT NOT NULL,
    programme_version BIGINT NOT NULL,
    model_version TEXT,
    cuts_id BIGINT,
    reference_date DATE NOT NULL,
    status TEXT NOT NULL,
    snapshot_sequence BIGINT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    live_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_releases PRIMARY KEY (release_id)
);

CREATE TABLE live_releases (
    programme_key TEXT NOT NULL,
    release_id BIGINT NOT NULL,
    previous_release_id BIGINT,
    flipped_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_live_releases PRIMARY KEY (programme_key)
);

CREATE TABLE customer_controls (
    profile_id UUID NOT NULL,
    control_version BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_customer_controls PRIMARY KEY (profile_id)
);

CREATE TABLE tier_current (
    profile_id UUID NOT NULL,
    programme_key TEXT NOT NULL,
    release_id BIGINT NOT NULL,
    decided_version BIGINT NOT NULL,
    decided_control_version BIGINT DEFAULT 0 NOT NULL,
    business_date DATE NOT NULL,
    level_date DATE,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_change_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rank SMALLINT NOT NULL,
    tier_key TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    lifecycle TEXT NOT NULL,
    score FLOAT,
    state JSONB DEFAULT '{}' NOT NULL,
    inputs_hash BYTEA,
    answer BYTEA NOT NULL,
    CONSTRAINT pk_tier_current PRIMARY KEY (profile_id, programme_key, release_id)
)
 WITH (fillfactor = 80);

CREATE TABLE tier_timeline (
    profile_id UUID NOT NULL,
    programme_key TEXT NOT NULL,
    release_id BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    rank SMALLINT NOT NULL,
    tier_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_tier_timeline PRIMARY KEY (profile_id, programme_key, release_id, at)
);

CREATE TABLE tier_history (
    profile_id UUID NOT NULL,
    history_id UUID NOT NULL,
    programme_key TEXT NOT NULL,
    release_id BIGINT NOT NULL,
    customer_version BIGINT NOT NULL,
    control_version BIGINT DEFAULT 0 NOT NULL,
    business_instant TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tier_from TEXT,
    tier_to TEXT NOT NULL,
    reason TEXT NOT NULL,
    inputs_hash BYTEA,
    CONSTRAINT pk_tier_history PRIMARY KEY (profile_id, history_id)
);

CREATE TABLE grants (
    profile_id UUID NOT NULL,
    grant_id UUID NOT NULL,
    programme_key TEXT NOT NULL,
    tier_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    control_version BIGINT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_grants PRIMARY KEY (profile_id, grant_id)
);

CREATE TABLE pins (
    profile_id UUID NOT NULL,
    pin_id UUID NOT NULL,
    programme_key TEXT NOT NULL,
    mode TEXT NOT NULL,
    tier_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    control_version BIGINT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_pins PRIMARY KEY (profile_id, pin_id)
);

CREATE TABLE due_reviews (
    profile_id UUID NOT NULL,
    programme_key TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_due_reviews PRIMARY KEY (profile_id, programme_key, due_at)
);

CREATE INDEX ix_due_reviews_due_at ON due_reviews (due_at);

CREATE TABLE benefits (
    programme_key TEXT NOT NULL,
    benefit_key TEXT NOT NULL,
    document JSONB NOT NULL,
    CONSTRAINT pk_benefits PRIMARY KEY (programme_key, benefit_key)
);

CREATE TABLE benefit_usage (
    profile_id UUID NOT NULL,
    usage_id UUID NOT NULL,
    programme_key TEXT NOT NULL,
    benefit_key TEXT NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    quantity BIGINT NOT NULL,
    CONSTRAINT pk_benefit_usage PRIMARY KEY (profile_id, usage_id)
);

CREATE TABLE points_entries (
    profile_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    kind TEXT NOT NULL,
    points BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    order_key BYTEA,
    CONSTRAINT pk_points_entries PRIMARY KEY (profile_id, entry_id)
);

CREATE TABLE segments (
    segment_key TEXT NOT NULL,
    name JSONB NOT NULL,
    condition JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_segments PRIMARY KEY (segment_key)
);

CREATE TABLE segment_members (
    profile_id UUID NOT NULL,
    segment_key TEXT NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_version BIGINT NOT NULL,
    CONSTRAINT pk_segment_members PRIMARY KEY (profile_id, segment_key)
);
