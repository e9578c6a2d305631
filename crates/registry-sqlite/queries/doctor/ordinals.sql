-- Models whose ordinal their name could give once more.
SELECT models.model_id AS "model_id!", models.name AS "name!", models.ordinal AS "ordinal!"
FROM models
LEFT JOIN model_names ON model_names.name = models.name
WHERE models.ordinal < 1 OR model_names.last_ordinal IS NULL OR models.ordinal > model_names.last_ordinal
ORDER BY models.model_id
