DELETE FROM model_metrics
WHERE model_id = $1
