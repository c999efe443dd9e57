CREATE TABLE feedback (
    feedback_id UUID NOT NULL,
    customer_id TEXT,
    event_key BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    rating INTEGER,
    text TEXT,
    language TEXT,
    order_id TEXT,
    session_id TEXT,
    tier_held JSONB,
    is_tier_known BOOLEAN DEFAULT false NOT NULL,
    properties JSONB DEFAULT '{}' NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_feedback PRIMARY KEY (feedback_id)
);

CREATE INDEX ix_feedback_customer_id ON feedback (customer_id, feedback_id);

CREATE UNIQUE INDEX uq_feedback_event_key ON feedback (event_key);

CREATE TABLE surveys (
    survey_key TEXT NOT NULL,
    document JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_surveys PRIMARY KEY (survey_key)
);

CREATE TABLE cases (
    case_id UUID NOT NULL,
    feedback_id UUID,
    customer_id TEXT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    priority BIGINT DEFAULT 0 NOT NULL,
    version BIGINT DEFAULT 0 NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (case_id)
);

CREATE TABLE case_events (
    case_id UUID NOT NULL,
    case_event_id UUID NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_case_events PRIMARY KEY (case_id, case_event_id)
);

CREATE TABLE interactions (
    customer_id TEXT NOT NULL,
    interaction_id UUID NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    details JSONB DEFAULT '{}' NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_interactions PRIMARY KEY (customer_id, interaction_id)
);

CREATE TABLE playbooks (
    playbook_key TEXT NOT NULL,
    document JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_playbooks PRIMARY KEY (playbook_key)
);

CREATE TABLE tasks (
    task_id UUID NOT NULL,
    playbook_key TEXT,
    customer_id TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    details JSONB DEFAULT '{}' NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_tasks PRIMARY KEY (task_id)
);

CREATE TABLE offers (
    offer_key TEXT NOT NULL,
    document JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_offers PRIMARY KEY (offer_key)
);

CREATE TABLE offer_responses (
    customer_id TEXT NOT NULL,
    offer_key TEXT NOT NULL,
    response_id UUID NOT NULL,
    answer TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_offer_responses PRIMARY KEY (customer_id, offer_key, response_id)
);

CREATE TABLE experiments (
    experiment_key TEXT NOT NULL,
    document JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_experiments PRIMARY KEY (experiment_key)
);

CREATE TABLE exposures (
    customer_id TEXT NOT NULL,
    experiment_key TEXT NOT NULL,
    arm TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_exposures PRIMARY KEY (customer_id, experiment_key)
);

CREATE TABLE kpi_targets (
    kpi_key TEXT NOT NULL,
    owner TEXT NOT NULL,
    target JSONB NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_kpi_targets PRIMARY KEY (kpi_key)
);

CREATE TABLE kpi_daily (
    business_date DATE NOT NULL,
    kpi_key TEXT NOT NULL,
    slice TEXT NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL,
    CONSTRAINT pk_kpi_daily PRIMARY KEY (business_date, kpi_key, slice)
);
