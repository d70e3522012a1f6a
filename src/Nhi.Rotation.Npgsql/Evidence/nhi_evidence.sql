-- The table that evidence is written to. Run it as the owner of the database, not as the app.
CREATE TABLE IF NOT EXISTS nhi_evidence (
    id         bigint      GENERATED ALWAYS AS IDENTITY,
    stored_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    writer     name        NOT NULL DEFAULT session_user,
    app        text        NOT NULL,
    instance   text        NOT NULL,
    number     bigint      NOT NULL,
    written_at timestamptz NOT NULL,
    line       text        NOT NULL
);

-- For those who delete old evidence by its age.
CREATE INDEX IF NOT EXISTS nhi_evidence_stored_at ON nhi_evidence USING brin (stored_at);

-- The app may add lines and nothing else: it cannot read, change or delete, and says neither when a line was stored nor by whom.
--   GRANT INSERT (app, instance, number, written_at, line) ON nhi_evidence TO orders;
-- Whoever judges may read and nothing else.
--   GRANT SELECT ON nhi_evidence TO rotation_reader;
