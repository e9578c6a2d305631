-- A JSON list of [path, kind, value]. Numbers that SQLite would read wrong from decimals come one by one
-- (put_model_metadata.sql).
INSERT INTO model_metadata (model_id, path, value)
SELECT
    ?1,
    leaf.value ->> 0,
    CASE leaf.value ->> 1
        WHEN 'number' THEN CAST(leaf.value ->> 2 AS REAL)
        WHEN 'text' THEN leaf.value ->> 2
        WHEN 'true' THEN x'01'
        WHEN 'false' THEN x'00'
    END
FROM json_each(?2) AS leaf
