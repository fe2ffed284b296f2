/* SPDX-License-Identifier: Apache-2.0
 * queue.c - `countersign queue`: the queues of this host's queue manager, looked at and changed.
 */
#include "queue.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/detail.h"
#include "queue/manager/config.h"

#include "ask.h"

static const char help[] =
    "countersign queue - calls that wait for their server, in the queue manager of this host\n"
    "\n"
    "A queued call is a message: sealed by its sender for its receiver, kept by countersign-mqd\n"
    "until the server comes. What goes wrong for good becomes a dead letter, with the reason.\n"
    "\n"
    "USAGE\n"
    "    countersign queue list\n"
    "    countersign queue show NAME\n"
    "    countersign queue create NAME [SETTING...]\n"
    "    countersign queue set NAME SETTING...\n"
    "    countersign queue delete NAME [--with-messages]\n"
    "    countersign queue peek NAME [--from QUEUE] [--limit N]\n"
    "    countersign queue move NAME NUMBER\n"
    "    countersign queue replay NAME ID...|--all [--reason TEXT]\n"
    "    countersign queue purge NAME\n"
    "    countersign queue stats [--json | --prometheus]\n"
    "    countersign queue watch [--every SECONDS] [--times N]\n"
    "    countersign queue check [--store DIR [--repair]]\n"
    "    countersign queue torture [--kill9 N] [--dir DIR]\n"
    "\n"
    "VERBS\n"
    "    list    the queues you may see, and how much waits in each\n"
    "    show    one queue: whose it is, who may do what, its limits\n"
    "    create  make one; set changes it; delete removes it\n"
    "    peek    the messages: their headers, as their senders wrote them. A body that is sealed\n"
    "            stays so: only its receiver can open it, and can tell whether a header is true\n"
    "    move    a dead letter back into the queue it was for, to be tried again. It is checked "
    "as\n"
    "            before: one that has expired, or was executed, is refused again\n"
    "    replay  have dead letters of that queue executed though their time is over, or they were\n"
    "            executed before: as they were sent, in a message that you sign with your own "
    "keys\n"
    "            (countersign cert enroll). All else about them must still be true. Their server\n"
    "            sees both names, and lets its own account do that, and whom its queue's list\n"
    "            gives 0x80. ID is an id, or a number, as peek shows them. NAME may be $journal\n"
    "    purge   remove all messages that no receiver has in hand\n"
    "    stats   figures, for people, programs (--json) and monitoring (--prometheus)\n"
    "    watch   a table that keeps itself up to date\n"
    "    check   whether the store is sound: each record and body against its checksum, and the\n"
    "            database itself, while the queue manager goes on with its work. --store DIR: of "
    "a\n"
    "            manager that is stopped. --repair sets damaged messages aside, in $damaged, and\n"
    "            makes a database again that cannot be trusted; it deletes nothing\n"
    "    torture whether this host keeps what was accepted: begins a queue manager of its own, a\n"
    "            sender and a receiver, kills one of them N times (500) with SIGKILL, and then\n"
    "            looks for every message that was accepted. It shows what a process's end costs,\n"
    "            which is nothing; what a disk loses when the power fails, only that can show.\n"
    "            --dir DIR, new or empty, is on the disk in question; else it is in /var/tmp\n"
    "\n"
    "$dead-letter, $journal and $damaged are the manager's own queues; --from NAME shows of the\n"
    "dead letters those of one queue. NUMBER is what peek shows first.\n"
    "\n"
    "SETTINGS\n"
    "    --messages N, --bytes SIZE                of the queue; 0: no limit\n"
    "    --sender-messages N, --sender-bytes SIZE  of each account that sends to it\n"
    "    --deliveries N      tries that may fail before a message is a dead letter\n"
    "    --backoff TIME, --backoff-most TIME       before the next try, twice as long each time\n"
    "    --journal none|dead|always                what is kept of messages that are done\n"
    "    --strict yes|no     whether a message that waits for its next try holds later ones\n"
    "    --access SDDL       who may do what: 0x3 receive, 0x4 send, 0x2 peek, 0x20 show, 0x10 "
    "set,\n"
    "                        0x8 dead letters, 0x80 replay\n"
    "    SIZE is a number and K, M or G; TIME a number and ms, s, m, h or d.\n"
    "\n"
    "OPTIONS\n"
    "    --manager ACCOUNT   whose the queue manager is, if neither root's nor yours\n"
    "    --reason TEXT       of replay: one line, which the server and its log are told; anybody\n"
    "                        who can see the message can read it\n"
    "    --json              for programs\n"
    "\n"
    "EXAMPLES\n"
    "    countersign queue create orders --bytes 4G --deliveries 10\n"
    "    countersign queue peek '$dead-letter' --from orders\n"
    "    countersign queue replay orders --all --reason 'the shop was shut in May'\n"
    "    countersign queue check --store /var/lib/countersign-mqd --json\n"
    "    countersign queue torture --kill9 1000 --dir /srv/torture\n"
    "    countersign queue set orders --access 'D:(A;;GA;;;OW)(A;;0x24;;;S-1-22-2-100)'\n"
    "\n"
    "EXIT STATUS\n"
    "    0 done, 1 it failed, 2 the command line is wrong\n"
    "    of check: 0 sound, 1 damaged, 3 repaired, 4 it could not be checked\n"
    "    of torture: 0 nothing was lost, 1 something was, 4 it could not be tried\n";

struct verb {
    const char *name;
    int (*run)(struct queue_request *q);
    int least, most; /* arguments */
};

static const struct verb verbs[] = {
    { "list", queue_list, 0, 0 },       { "show", queue_show, 1, 1 },
    { "create", queue_create, 1, 1 },   { "set", queue_set, 1, 1 },
    { "delete", queue_delete, 1, 1 },   { "peek", queue_peek, 1, 1 },
    { "move", queue_move, 2, 2 },       { "replay", queue_replay, 1, QUEUE_ARGS },
    { "purge", queue_purge, 1, 1 },     { "stats", queue_stats, 0, 0 },
    { "watch", queue_watch, 0, 0 },     { "check", queue_check, 0, 0 },
    { "torture", queue_torture, 0, 0 },
};

/* ---- texts ---- */

const char *queue_size(uint64_t n, char to[QUEUE_SIZE_TEXT])
{
    static const char units[] = "KMGTPE";
    double v = (double)n;
    int unit = -1;

    while (v >= 1024 && unit < 5) {
        v /= 1024;
        unit++;
    }
    if (unit < 0)
        (void)snprintf(to, QUEUE_SIZE_TEXT, "%u", (unsigned)n);
    else
        (void)snprintf(to, QUEUE_SIZE_TEXT, "%.1f%c", v, units[unit]);
    return to;
}

const char *queue_quota(uint64_t n, bool bytes, char to[QUEUE_SIZE_TEXT])
{
    if (!n)
        return "any number of";
    if (bytes)
        return queue_size(n, to);
    (void)snprintf(to, QUEUE_SIZE_TEXT, "%" PRIu64, n);
    return to;
}

const char *queue_time(uint64_t ticks, char to[QUEUE_TIME_TEXT])
{
    const uint64_t since = ticks / 10000000;
    time_t seconds = (time_t)(since - (since > 11644473600 ? 11644473600 : since));
    struct tm tm;

    if (!gmtime_r(&seconds, &tm) || !strftime(to, QUEUE_TIME_TEXT, "%Y-%m-%d %H:%M:%SZ", &tm))
        (void)snprintf(to, QUEUE_TIME_TEXT, "?");
    return to;
}

const char *queue_account(const char *sid, char to[QUEUE_ACCOUNT_NAME])
{
    static const char unix_user[] = "S-1-22-1-";
    const struct passwd *p = NULL;

    if (strncmp(sid, unix_user, sizeof unix_user - 1) == 0)
        p = getpwuid((uid_t)strtoul(sid + sizeof unix_user - 1, NULL, 10));
    (void)snprintf(to, QUEUE_ACCOUNT_NAME, "%s", p ? p->pw_name : sid);
    return out_safe(to);
}

const char *queue_id(const uint8_t id[16], char to[QUEUE_ID_TEXT])
{
    int i;

    for (i = 0; i < 16; i++)
        (void)snprintf(to + 2 * i, 3, "%02x", id[i]);
    return to;
}

const char *queue_journal_name(ULONG journal)
{
    static const char *const names[] = { "none", "dead", "always" };

    return journal < sizeof names / sizeof *names ? names[journal] : "?";
}

/* ---- the manager ---- */

static int bind_manager(struct queue_request *q)
{
    RPC_STATUS status =
        RpcBindingFromStringBindingA(cstr("ncalrpc:[COUNTERSIGN-MQD]"), &q->manager);

    detail_begin("queue manager");
    if (status == RPC_S_OK)
        status = ask_as_user(q->manager, q->account, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                             RPC_C_AUTHN_GSS_NEGOTIATE);
    return status == RPC_S_OK ? EXIT_DONE : out_fail_detail(queue_client_rpc_fail(status, NULL));
}

int queue_walk(struct queue_request *q, queue_each *each, void *arg)
{
    static mqd_info infos[MQD_PAGE];
    char after[MQD_NAME] = "";
    int status = EXIT_DONE;
    enum err e = ERR_OK;
    ULONG n, i;

    while (status == EXIT_DONE) {
        n = 0;
        QUEUE_CALL(e, NULL, MqdList(q->manager, after, MQD_PAGE, &n, infos));
        if (e)
            return e == ERR_RPC_NO_MORE_ENTRIES ? status : out_fail_detail(e);
        for (i = 0; i < n && status == EXIT_DONE; i++)
            status = each(arg, &infos[i]);
        if (!n)
            return out_fail("the queue manager does not come to an end");
        (void)snprintf(after, sizeof after, "%s", (const char *)infos[n - 1].name);
    }
    return status;
}

static int run(int argc, char **argv)
{
    static struct queue_request q = { .every = 2 };
    const struct verb *v = NULL;
    size_t i;
    int status;

    for (i = 0; argc > 1 && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            v = &verbs[i];
    if (!v)
        return out_usage(&command_queue, argc > 1 ? "there is no verb \"%s\"" : "a verb is missing",
                         argc > 1 ? argv[1] : "");
    status = queue_words(&q, v->name, argc - 2, argv + 2);
    if (status != EXIT_DONE)
        return status;
    if (q.count < v->least || q.count > v->most)
        return out_usage(&command_queue, "%s takes %s", v->name,
                         v->most > 2    ? "a queue and messages of it"
                         : v->most == 2 ? "a queue and a number"
                         : v->most == 1 ? "a queue"
                                        : "no queue");
    status = q.store || v->run == queue_torture ? EXIT_DONE : bind_manager(&q);
    if (status == EXIT_DONE)
        status = v->run(&q);
    if (q.manager)
        (void)RpcBindingFree(&q.manager);
    return status;
}

const struct command command_queue = {
    .name = "queue",
    .summary = "calls that wait for their server: queues, dead letters, figures",
    .help = help,
    .run = run,
};
