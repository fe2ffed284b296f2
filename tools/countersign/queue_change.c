/* SPDX-License-Identifier: Apache-2.0
 * queue_change.c - `countersign queue create`, `set`, `delete`, `purge` and `move`.
 */
#include "queue.h"

#include "queue/manager/config.h"

static int tell(const struct queue_request *q, enum err e, const char *done)
{
    if (e)
        return out_fail_detail(e);
    if (q->json) {
        json_object(NULL);
        json_text("queue", q->name);
        json_text("done", done);
        json_end();
    } else {
        printf("%s: %s\n", q->args[0], done);
    }
    return EXIT_DONE;
}

int queue_create(struct queue_request *q)
{
    enum err e = ERR_OK;

    QUEUE_CALL(e, q->name, MqdCreate(q->manager, q->name, q->given, &q->settings));
    return tell(q, e, "created");
}

int queue_set(struct queue_request *q)
{
    enum err e = ERR_OK;

    if (!q->given)
        return out_usage(&command_queue, "set needs a setting");
    QUEUE_CALL(e, q->name, MqdSet(q->manager, q->name, q->given, &q->settings));
    return tell(q, e, "set");
}

int queue_delete(struct queue_request *q)
{
    enum err e = ERR_OK;

    QUEUE_CALL(e, q->name, MqdDelete(q->manager, q->name, q->with_messages));
    return tell(q, e, "deleted");
}

int queue_purge(struct queue_request *q)
{
    enum err e = ERR_OK;

    QUEUE_CALL(e, q->name, MqdPurge(q->manager, q->name));
    return tell(q, e, "purged");
}

int queue_move(struct queue_request *q)
{
    uint64_t number = 0;
    enum err e = ERR_OK;

    if (config_size_parse(q->args[1], &number))
        return out_usage(&command_queue, "\"%s\" is no message's number", q->args[1]);
    QUEUE_CALL(e, q->name, MqdMove(q->manager, q->name, number));
    return tell(q, e, "moved back");
}
