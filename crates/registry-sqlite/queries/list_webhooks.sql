SELECT
    hook.webhook_id AS "webhook_id!",
    hook.name AS "name!",
    hook.url AS "url!",
    hook.filter AS "filter!",
    hook.enabled AS "enabled!",
    hook.secret AS "secret!",
    hook.old_secret AS "old_secret?",
    hook.old_secret_until AS "old_secret_until?",
    hook.gone_at AS "gone_at?",
    hook.after_event_id AS "after_event_id!",
    hook.created_at AS "created_at!",
    hook.created_by AS "created_by!",
    hook.updated_at AS "updated_at!",
    hook.updated_by AS "updated_by!"
FROM webhooks AS hook
ORDER BY hook.name
