-- One row: a JSON list, the highest version first. Every key is below 26 bytes of FF.
SELECT json_group_array(
    json_object('model_id', model_id, 'name', name, 'version', version) ORDER BY version_key DESC
) AS "records!: String"
FROM (
    SELECT model_id, name, version, version_key
    FROM models
    WHERE name = ?1 AND version_key < COALESCE(?2, X'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF')
    ORDER BY version_key DESC
    LIMIT +?3
)
