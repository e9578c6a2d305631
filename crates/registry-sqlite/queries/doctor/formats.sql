-- Models whose declared formats and the rows by which they are found disagree.
SELECT models.model_id AS "model_id!"
FROM models
WHERE
    EXISTS (
        SELECT value FROM json_each(CASE WHEN json_valid(models.export_formats) THEN models.export_formats ELSE '[]' END)
        EXCEPT
        SELECT export_format FROM model_formats WHERE model_formats.model_id = models.model_id
    )
    OR EXISTS (
        SELECT export_format FROM model_formats WHERE model_formats.model_id = models.model_id
        EXCEPT
        SELECT value FROM json_each(CASE WHEN json_valid(models.export_formats) THEN models.export_formats ELSE '[]' END)
    )
ORDER BY models.model_id
