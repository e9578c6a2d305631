WITH RECURSIVE above (model_id) AS (
    SELECT models.model_id FROM models WHERE models.model_id = $1
    UNION
    SELECT models.parent_model_id
    FROM above
    JOIN models ON models.model_id = above.model_id
    WHERE models.parent_model_id IS NOT NULL
)
SELECT above.model_id AS "model_id!" FROM above
