DELETE FROM model_exports
WHERE model_id = $1 AND export_format = $2 AND path_sha256 = $3
