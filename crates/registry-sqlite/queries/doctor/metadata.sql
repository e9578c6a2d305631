SELECT
    model_id AS "model_id!",
    path AS "path!",
    CASE typeof(value)
        WHEN 'real' THEN 'number'
        WHEN 'text' THEN 'text'
        WHEN 'blob' THEN CASE hex(value) WHEN '01' THEN 'true' ELSE 'false' END
        ELSE 'opaque'
    END AS "kind!: String",
    CASE WHEN typeof(value) = 'real' THEN value END AS "number?: f64",
    CASE WHEN typeof(value) = 'text' THEN value END AS "text?: String"
FROM model_metadata
WHERE model_id BETWEEN ?1 AND ?2
ORDER BY model_id
