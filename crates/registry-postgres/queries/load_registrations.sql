-- One row. Asked by lists: names; names with versions; ids of models; tags; and how many numbers are missing. Answered by
-- JSON lists and by the numbers.
SELECT
    ARRAY(SELECT nextval('model_ids') FROM generate_series(1, $6::bigint)) AS "model_ids!",
    ARRAY(SELECT nextval('event_ids') FROM generate_series(1, $7::bigint)) AS "event_ids!",
    (
        SELECT COALESCE(json_agg(json_build_object(
            'name', wanted.name,
            'last_ordinal', COALESCE((SELECT known.last_ordinal FROM model_names AS known WHERE known.name = wanted.name), 0),
            'highest_version', (
                SELECT models.version FROM models WHERE models.name = wanted.name ORDER BY models.version_key DESC LIMIT 1
            )
        )), '[]')::text
        FROM unnest($1::text[]) AS wanted (name)
    ) AS "names!",
    (
        SELECT COALESCE(json_agg(json_build_object(
            'model_id', models.model_id,
            'name', models.name,
            'version', models.version
        )), '[]')::text
        FROM unnest($2::text[], $3::text[]) AS wanted (name, version)
        JOIN models ON models.name = wanted.name AND models.version = wanted.version
    ) AS "versions!",
    (
        SELECT COALESCE(json_agg(json_build_object(
            'model_id', models.model_id,
            'name', models.name,
            'version', models.version
        )), '[]')::text
        FROM models
        WHERE models.model_id = ANY($4::bigint[])
    ) AS "models!",
    (
        SELECT COALESCE(json_agg(json_build_object(
            'tag', wanted.tag,
            'model_id', models.model_id,
            'name', models.name,
            'version', models.version,
            'status', models.status,
            'promoted', 1,
            'event_id', held.event_id
        )), '[]')::text
        FROM unnest($5::text[]) AS wanted (tag)
        CROSS JOIN LATERAL (
            SELECT latest.model_id, latest.event_id
            FROM model_tags AS latest
            WHERE latest.tag_name = wanted.tag AND latest.promoted
            ORDER BY latest.event_id DESC
            LIMIT 1
        ) AS held
        JOIN models ON models.model_id = held.model_id
    ) AS "promoted!"
