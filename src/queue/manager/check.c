/* SPDX-License-Identifier: Apache-2.0
 * check.c - the whole store looked at for an operator, part by part, while it goes on with its
 * work.
 */
#include <stdio.h>

#include "queue/manager/queue.h"

struct told {
    mqd_finding *findings;
    uint32_t count;
};

static void set_text(const char *text, size_t room, char *to)
{
    (void)snprintf(to, room, "%s", text ? text : "");
}

static void on_found(void *arg, const struct store_finding *f)
{
    struct told *t = arg;
    mqd_finding *to = &t->findings[t->count];

    if (t->count == MQD_FINDINGS)
        return;
    *to = (mqd_finding){ .number = f->number };
    set_text(f->text, sizeof to->text, to->text);
    set_text(f->file, sizeof to->file, to->file);
    set_text(f->table, sizeof to->table, to->table);
    set_text(f->queue, sizeof to->queue, to->queue);
    if (f->id)
        memcpy(to->id, f->id, sizeof to->id);
    t->count++;
}

uint32_t manager_check(struct manager *m, const struct access_who *who, uint64_t *at,
                       mqd_checked *checked, mqd_finding *findings, uint32_t *ret_count)
{
    struct told told = { .findings = findings };
    struct store_report report = { .found = on_found, .arg = &told };
    bool more = false;
    enum err e;

    if (!manager_grants(m, who, ACCESS_SHOW))
        return MQD_DENIED;
    e = store_verify_part(m->store, at, &more, &report);
    if (e)
        return manager_status(m, e);
    checked->records += report.records;
    checked->bad += report.bad;
    checked->database += report.database;
    checked->number = *at - 1;
    *ret_count = told.count;
    return more ? MQD_OK : MQD_NO_MORE;
}
