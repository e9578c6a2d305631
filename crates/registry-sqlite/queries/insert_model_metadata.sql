-- An object of leaves by path. Numbers that SQLite would read wrong from decimals come one by one
-- (put_model_metadata.sql).
INSERT INTO model_metadata (model_id, path, value)
SELECT
    ?1,
    leaf.key,
    CASE leaf.type WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE leaf.value END
FROM json_each(?2) AS leaf
