-- Its rows of metrics, metadata, formats, tags and exports go with it (ON DELETE CASCADE).
DELETE FROM models
WHERE model_id = $1
