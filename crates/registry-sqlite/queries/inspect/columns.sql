-- Every table with its columns.
SELECT
    CAST(tables.name AS TEXT) AS "table_name!: String",
    CAST(columns.name AS TEXT) AS "column_name!: String"
FROM sqlite_schema AS tables
JOIN pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY tables.name, columns.cid
