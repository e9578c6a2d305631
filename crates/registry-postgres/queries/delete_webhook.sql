-- Its deliveries go with it.
DELETE FROM webhooks WHERE webhook_id = $1
