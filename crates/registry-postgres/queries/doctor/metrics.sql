SELECT model_id AS "model_id!", name AS "name!", value AS "value!"
FROM model_metrics
WHERE model_id BETWEEN $1 AND $2
ORDER BY model_id
