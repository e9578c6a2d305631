-- The highest ids in use. The history names models that are deleted, too.
SELECT
    COALESCE(GREATEST((SELECT max(model_id) FROM models), (SELECT max(model_id) FROM events WHERE model_id > 0)), 0) AS "model!",
    COALESCE((SELECT max(event_id) FROM events), 0) AS "event!"
