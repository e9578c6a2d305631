-- One row: a JSON list of the tags that models hold, each with the active holder that got it last. From each tag the
-- next one is found by one seek.
WITH RECURSIVE page (tag_name) AS (
    SELECT min(tag_name) FROM model_tags INDEXED BY model_tags_by_tag WHERE tag_name > ?1
    UNION ALL
    SELECT (
        SELECT min(model_tags.tag_name)
        FROM model_tags INDEXED BY model_tags_by_tag
        WHERE model_tags.tag_name > page.tag_name
    )
    FROM page
    WHERE page.tag_name IS NOT NULL
    LIMIT +?2
)
SELECT json_group_array(
    json_object(
        'tag_name', page.tag_name,
        'models', (
            SELECT count(*)
            FROM (
                SELECT 1 FROM model_tags INDEXED BY model_tags_by_tag WHERE model_tags.tag_name = page.tag_name LIMIT +?3
            )
        ),
        'holder', (
            SELECT json_object('model_id', models.model_id, 'name', models.name, 'version', models.version)
            FROM model_tags INDEXED BY model_tags_by_tag
            CROSS JOIN models ON models.model_id = model_tags.model_id
            WHERE model_tags.tag_name = page.tag_name AND models.status = ?4
            ORDER BY model_tags.event_id DESC
            LIMIT 1
        ),
        'since', (
            SELECT model_tags.created_at
            FROM model_tags INDEXED BY model_tags_by_tag
            CROSS JOIN models ON models.model_id = model_tags.model_id
            WHERE model_tags.tag_name = page.tag_name AND models.status = ?4
            ORDER BY model_tags.event_id DESC
            LIMIT 1
        )
    )
) AS "records!: String"
FROM page
WHERE page.tag_name IS NOT NULL
