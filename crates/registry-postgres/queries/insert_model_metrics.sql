INSERT INTO model_metrics (model_id, name, value)
SELECT $1, metric.name, metric.value
FROM unnest($2::text[], $3::double precision[]) AS metric (name, value)
