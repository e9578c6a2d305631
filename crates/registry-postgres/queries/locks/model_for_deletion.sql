-- Nobody registers a child meanwhile.
SELECT FROM models WHERE model_id = $1 FOR UPDATE
