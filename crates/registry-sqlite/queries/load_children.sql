-- One row: a JSON list.
SELECT json_group_array(json_object('model_id', model_id, 'name', name, 'version', version) ORDER BY model_id) AS "records!: String"
FROM models
WHERE parent_model_id = ?1
