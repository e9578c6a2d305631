-- Many changes in one round trip. Each part reads its rows from lists of their columns. All parts see the tables as they
-- were before, and foreign keys are looked after when all are done; so no row may be changed twice.
WITH events_appended AS (
    INSERT INTO events (
        event_id,
        at,
        kind,
        actor,
        reason,
        model_id,
        name,
        version,
        tag,
        before,
        after,
        previous_event_id
    )
    SELECT *
    FROM unnest(
        $1::bigint[],
        $2::bigint[],
        $3::text[],
        $4::text[],
        $5::text[],
        $6::bigint[],
        $7::text[],
        $8::text[],
        $9::text[],
        $10::text[],
        $11::text[],
        $12::bigint[]
    )
),

models_inserted AS (
    INSERT INTO models (
        model_id,
        name,
        version,
        version_key,
        ordinal,
        checkpoint_path,
        checkpoint_absolute,
        size_bytes,
        task_type,
        config_hash,
        training_run_id,
        parent_model_id,
        created_at,
        updated_at,
        created_by,
        metrics,
        export_formats,
        model_size_mb,
        memory_req_gb,
        metadata,
        notes,
        status
    )
    SELECT *
    FROM unnest(
        $13::bigint[],
        $14::text[],
        $15::text[],
        $16::bytea[],
        $17::bigint[],
        $18::text[],
        $19::text[],
        $20::bigint[],
        $21::text[],
        $22::text[],
        $23::bigint[],
        $24::bigint[],
        $25::bigint[],
        $26::bigint[],
        $27::text[],
        $28::text[],
        $29::text[],
        $30::double precision[],
        $31::double precision[],
        $32::text[],
        $33::text[],
        $34::text[]
    )
),

names_saved AS (
    INSERT INTO model_names (name, last_ordinal)
    SELECT * FROM unnest($35::text[], $36::bigint[])
    ON CONFLICT (name) DO UPDATE SET last_ordinal = excluded.last_ordinal
),

metrics_inserted AS (
    INSERT INTO model_metrics (model_id, name, value)
    SELECT * FROM unnest($37::bigint[], $38::text[], $39::double precision[])
),

formats_inserted AS (
    INSERT INTO model_formats (model_id, export_format)
    SELECT * FROM unnest($40::bigint[], $41::text[])
),

metadata_inserted AS (
    INSERT INTO model_metadata (model_id, path, number, text, boolean)
    SELECT * FROM unnest($42::bigint[], $43::text[], $44::double precision[], $45::text[], $46::boolean[])
),

exports_put AS (
    INSERT INTO model_exports (
        model_id,
        export_format,
        export_path,
        path_sha256,
        created_at,
        metadata
    )
    SELECT * FROM unnest($47::bigint[], $48::text[], $49::text[], $50::bytea[], $51::bigint[], $52::text[])
    ON CONFLICT (model_id, export_format, path_sha256) DO UPDATE SET
        created_at = excluded.created_at,
        metadata = excluded.metadata
),

tags_removed AS (
    DELETE FROM model_tags
    USING unnest($53::bigint[], $54::text[]) AS removed (model_id, tag_name)
    WHERE model_tags.model_id = removed.model_id AND model_tags.tag_name = removed.tag_name
)

-- A model that is being inserted is not to be seen yet, so that its time comes along.
INSERT INTO model_tags (
    model_id,
    tag_name,
    name,
    created_at,
    promoted,
    event_id,
    model_created_at
)
SELECT
    given.model_id,
    given.tag_name,
    given.name,
    given.created_at,
    given.promoted,
    given.event_id,
    COALESCE(
        given.model_created_at,
        (SELECT models.created_at FROM models WHERE models.model_id = given.model_id)
    )
FROM unnest(
    $55::bigint[],
    $56::text[],
    $57::text[],
    $58::bigint[],
    $59::boolean[],
    $60::bigint[],
    $61::bigint[]
) AS given (model_id, tag_name, name, created_at, promoted, event_id, model_created_at)
ON CONFLICT (model_id, tag_name) DO UPDATE SET
    created_at = excluded.created_at,
    promoted = excluded.promoted,
    event_id = excluded.event_id
