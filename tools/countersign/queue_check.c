/* SPDX-License-Identifier: Apache-2.0
 * queue_check.c - `countersign queue check`: whether the store is sound, asked of the manager while
 * it works, or found out by this process where no manager has the store open.
 */
#include "queue.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/detail.h"
#include "queue/manager/store.h"

enum { CHECK_REPAIRED = 3, CHECK_CANNOT = 4, HEX = 2 * STORE_ID + 1, LINE = 160 };

struct result {
    const struct queue_request *q;
    uint64_t records, bad, database, repaired;
};

/* ---- telling ---- */

static void begin(const struct queue_request *q)
{
    if (!q->json)
        return;
    json_object(NULL);
    json_text("store", q->store);
    json_array("findings");
}

static void json_found(const struct store_finding *f)
{
    char id[HEX] = "";
    size_t i;

    for (i = 0; f->id && i < STORE_ID; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", f->id[i]);
    json_object(NULL);
    json_text("text", f->text);
    json_text("file", f->file);
    json_text("table", f->table);
    json_text("queue", f->queue);
    if (f->number)
        json_number("message", (int64_t)f->number);
    else
        json_text("message", NULL);
    json_text("id", f->id ? id : NULL);
    json_end();
}

static void on_found(void *arg, const struct store_finding *f)
{
    const struct result *r = arg;
    char text[DETAIL_TEXT];

    out_progress(NULL);
    if (r->q->json) {
        json_found(f);
        return;
    }
    (void)snprintf(text, sizeof text, "%s", f->text);
    out_styled(OUT_BAD, "%s\n", out_safe(text));
}

static int end(const struct result *r, enum err e)
{
    const bool damaged = r->bad || r->database, cannot = e && e != ERR_STORE_DAMAGED;
    const char *verdict = cannot         ? "not checked"
                          : r->repaired  ? "repaired"
                          : damaged || e ? "damaged"
                                         : "sound";

    out_progress(NULL);
    if (r->q->json) {
        json_end();
        json_text("verdict", verdict);
        json_number("records", (int64_t)r->records);
        json_number("damaged_records", (int64_t)r->bad);
        json_number("database_findings", (int64_t)r->database);
        json_number("repaired", (int64_t)r->repaired);
        json_end();
    }
    if (cannot || (e && !damaged)) {
        (void)out_fail_detail(e);
    } else if (!r->q->json) {
        out_styled(damaged ? OUT_BAD : OUT_GOOD, "%s", verdict);
        printf(": %" PRIu64 " messages looked at, %" PRIu64 " damaged, the database in %" PRIu64
               " places\n",
               r->records, r->bad, r->database);
        if (damaged && !r->repaired)
            out_remedy("stop the queue manager, then: countersign queue check --store DIR "
                       "--repair");
    }
    return cannot ? CHECK_CANNOT : r->repaired ? CHECK_REPAIRED : damaged || e;
}

/* ---- of the manager ---- */

static const char *given(const char *text)
{
    return *text ? text : NULL;
}

static void tell_finding(struct result *r, const mqd_finding *m)
{
    const struct store_finding f = { .text = (const char *)m->text,
                                     .file = given((const char *)m->file),
                                     .table = given((const char *)m->table),
                                     .queue = given((const char *)m->queue),
                                     .number = m->number,
                                     .id = m->number ? m->id : NULL };

    on_found(r, &f);
}

static void tell_progress(uint64_t at, const mqd_checked *checked)
{
    char line[LINE] = "the database, looked at by the queue manager";

    if (at)
        (void)snprintf(line, sizeof line, "%" PRIu64 " messages looked at", checked->records);
    out_progress(line);
}

static enum err check_live(struct queue_request *q, struct result *r)
{
    static mqd_finding findings[MQD_FINDINGS];
    mqd_checked checked = { 0 };
    ULONGLONG at = 0;
    ULONG count, i;
    enum err e = ERR_OK;

    while (!e) {
        tell_progress(at, &checked);
        count = 0;
        QUEUE_CALL(e, NULL, MqdCheck(q->manager, &at, &checked, &count, findings));
        for (i = 0; i < count && i < MQD_FINDINGS; i++)
            tell_finding(r, &findings[i]);
    }
    r->records = checked.records;
    r->bad = checked.bad;
    r->database = checked.database;
    return e == ERR_RPC_NO_MORE_ENTRIES ? ERR_OK : e;
}

/* ---- of a folder ---- */

/* As root, what is made here would be root's, and out of the manager's reach. */
static enum err become_owner(const char *dir)
{
    struct stat st;

    if (stat(dir, &st))
        return detail_fail(ERR_NOT_FOUND, "%s: %s", dir, strerror(errno));
    if (geteuid() == st.st_uid)
        return ERR_OK;
    if (geteuid() != 0)
        return detail_fail(ERR_ACCESS_DENIED, "%s is another account's: run this as that one", dir);
    if (setgroups(0, NULL) || setgid(st.st_gid) || setuid(st.st_uid))
        return detail_fail(ERR_ACCESS_DENIED, "becoming uid %u: %s", (unsigned)st.st_uid,
                           strerror(errno));
    return ERR_OK;
}

static void on_progress(void *arg, uint64_t records)
{
    char line[LINE];

    (void)arg;
    (void)snprintf(line, sizeof line, "%" PRIu64 " messages looked at", records);
    out_progress(line);
}

static enum err check_folder(struct queue_request *q, struct result *r)
{
    struct store_report report = { .found = on_found, .progress = on_progress, .arg = r };
    enum err e;

    detail_begin("checking");
    e = become_owner(q->store);
    if (!e)
        e = store_check(q->store, q->repair, &report);
    r->records = report.records;
    r->bad = report.bad;
    r->database = report.database;
    r->repaired = report.repaired;
    return e;
}

int queue_check(struct queue_request *q)
{
    struct result r = { .q = q };
    enum err e;

    if (q->repair && !q->store)
        return out_usage(&command_queue, "--repair needs --store, of a manager that is stopped");
    begin(q);
    e = q->store ? check_folder(q, &r) : check_live(q, &r);
    return end(&r, e);
}
