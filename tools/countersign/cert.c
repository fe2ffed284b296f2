/* SPDX-License-Identifier: Apache-2.0
 * cert.c - `countersign cert`: the keys of an account for queued messages.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <countersign/enroll.h>

#include "directory.h"
#include "out.h"

enum { OPT_ACCOUNT = OPT_OWN, OPT_HOST, OPT_DAYS, OPT_KEYS, OPT_REPLACE, OPT_ALL };
enum { DAY = 86400, SOON_DAYS = 30, TIME_TEXT = 32, SHORT_ID = 12 };

static const char help[] =
    "countersign cert - the keys of an account for queued messages\n"
    "\n"
    "A queued call is signed by its sender and sealed to its receiver while neither may be up. "
    "Each\n"
    "account has for that, on each of its hosts, two pairs of keys: the private halves in a file\n"
    "that only the account may read, the public ones in a certificate on the account's object in\n"
    "the directory (mSMQSignCertificates).\n"
    "\n"
    "USAGE\n"
    "    countersign cert enroll [--replace] [--days N] [--keys FILE] [--host NAME]\n"
    "    countersign cert list [--account NAME]\n"
    "    countersign cert show ID [--account NAME]\n"
    "    countersign cert rotate [--days N] [--keys FILE]\n"
    "    countersign cert revoke ID|--host NAME|--all [--account NAME] [--keys FILE]\n"
    "    countersign cert writers [--account NAME]\n"
    "\n"
    "VERBS\n"
    "    enroll   make keys for your account on this host and publish them; once, before the "
    "first\n"
    "             message. Run it as the account: with its ticket, and its uid owns the file\n"
    "    list     what an account publishes, and until when\n"
    "    show     one of them, all of it\n"
    "    rotate   new keys. What was sealed to the old ones can be opened a day longer than\n"
    "             policy queue-lifetime lets messages live, 31 days as shipped; do it\n"
    "             before the certificate ends, and not because somebody has the keys: revoke then\n"
    "    revoke   take certificates back: who receives messages notices within 15 minutes. Those\n"
    "             go along that were rotated before it on that host\n"
    "    writers  who else may publish keys in the account's name\n"
    "\n"
    "ID is what list prints, or its first digits. The file is --keys, else "
    "COUNTERSIGN_QUEUE_KEYS,\n"
    "else the service manager's credential countersign-queue-keys, else\n"
    "/var/lib/countersign/queue.keys (root) or ~/.local/state/countersign/queue.keys.\n"
    "\n"
    "OPTIONS\n" DIRECTORY_HELP
    "    --account NAME   another account: a name, DOMAIN\\name, a DN or a SID\n"
    "    --host NAME      enroll: another name of this host; revoke: the certificates of that "
    "host\n"
    "    --days N         how long the certificate is valid; else 365\n"
    "    --keys FILE      the file of the private keys\n"
    "    --replace        enroll: the keys that are published for this host are lost\n"
    "    --all            revoke: every certificate of the account\n"
    "\n"
    "EXAMPLES\n"
    "    countersign cert enroll\n"
    "    countersign cert list --account orders\n"
    "    countersign cert revoke --host stolen.example.com --account orders --user Administrator\n"
    "    systemd-creds encrypt --name=countersign-queue-keys queue.keys queue.cred\n"
    "\n"
    "EXIT STATUS\n"
    "    0 done, 1 failed, or there is none, 2 usage\n";

struct request {
    struct directory d;
    const char *account, *host, *keys, *id;
    DWORD days;
    BOOL replace, all;
};

static const char *const states[] = {
    [CS_CERT_CURRENT] = "current", [CS_CERT_RETIRED] = "retired", [CS_CERT_OVER] = "over",
    [CS_CERT_EARLY] = "early",     [CS_CERT_FOREIGN] = "foreign", [CS_CERT_BROKEN] = "broken"
};

static const char *const meanings[] = {
    [CS_CERT_CURRENT] = "messages are sealed to it, and verified with it",
    [CS_CERT_RETIRED] = "verifies what it signed, until no such message can be alive",
    [CS_CERT_OVER] = "of no use any more; goes with the next change",
    [CS_CERT_EARLY] = "begins later: are the clocks right?",
    [CS_CERT_FOREIGN] = "says another account: somebody else put it there; nobody uses it",
    [CS_CERT_BROKEN] = "is marked as one of ours and is none; nobody uses it",
};

static const char *day(LONGLONG when, char to[TIME_TEXT])
{
    time_t t = (time_t)when;
    struct tm tm;

    to[0] = 0;
    if (when && gmtime_r(&t, &tm))
        strftime(to, TIME_TEXT, "%Y-%m-%d %H:%M UTC", &tm);
    return to;
}

static void print_json(const CS_CERT *c)
{
    json_object(NULL);
    json_text("id", c->id);
    json_text("state", states[c->state]);
    json_text("host", c->host);
    json_text("account", c->account);
    json_number("not_before", c->not_before);
    json_number("not_after", c->not_after);
    json_number("retired", c->retired);
    json_text("signing_key", c->signing);
    json_text("agreement_key", c->agreement);
    json_bool("here", c->here != 0);
    json_end();
}

static void print_row(const CS_CERT *c)
{
    enum out_style style = c->state == CS_CERT_CURRENT ? OUT_GOOD
                           : c->state >= CS_CERT_EARLY ? OUT_BAD
                                                       : OUT_PLAIN;
    char until[TIME_TEXT];

    printf("%.*s  ", SHORT_ID, c->id);
    out_styled(style, "%-8s", states[c->state]);
    printf("  %-32s  %s%s\n", out_safe(c->host), c->state == CS_CERT_BROKEN ? "" : "until ",
           day(c->not_after, until));
}

static void print_whole(const CS_CERT *c)
{
    char text[TIME_TEXT];

    out_styled(OUT_HEADING, "%s\n", c->id);
    printf("    state      %s: %s\n", states[c->state], meanings[c->state]);
    if (c->state == CS_CERT_BROKEN)
        return;
    printf("    host       %s\n", out_safe(c->host));
    printf("    account    %s\n", out_safe(c->account));
    printf("    from       %s\n", day(c->not_before, text));
    printf("    until      %s\n", day(c->not_after, text));
    if (c->retired)
        printf("    retired    %s\n", day(c->retired, text));
    printf("    signs as   %s\n", c->signing);
    printf("    opens as   %s\n", c->agreement);
    printf("    keys       %s\n",
           c->here ? "in this process's file" : "not in this process's file");
}

/* ---- verbs ---- */

static CS_CERT_OPTIONS options_of(const struct request *q)
{
    return (CS_CERT_OPTIONS){ .size = sizeof(CS_CERT_OPTIONS),
                              .days = q->days,
                              .replace = q->replace,
                              .host = q->host,
                              .file = q->keys };
}

static int told(const struct request *q, CS_CERT *c, const char *what)
{
    char until[TIME_TEXT];

    if (q->d.json)
        print_json(c);
    else
        printf("%s on %s: %s, until %s\n", what, out_safe(c->host), c->id,
               day(c->not_after, until));
    CsCertFree(c, 1);
    return EXIT_DONE;
}

static int cert_enroll(const struct request *q)
{
    CS_CERT_OPTIONS o = options_of(q);
    CS_CERT *c = NULL;
    DWORD status = CsCertEnroll(q->d.ds, &o, &c);

    return status ? directory_fail("cannot enroll", status) : told(q, c, "enrolled");
}

static int cert_rotate(const struct request *q)
{
    CS_CERT_OPTIONS o = options_of(q);
    CS_CERT *c = NULL;
    DWORD status = CsCertRotate(q->d.ds, &o, &c);

    return status ? directory_fail("cannot rotate", status) : told(q, c, "rotated");
}

static int cert_revoke(const struct request *q)
{
    CS_CERT_SELECTION which = { .size = sizeof which,
                                .all = q->all,
                                .account = q->account,
                                .host = q->host,
                                .id = q->id,
                                .file = q->keys };
    DWORD n = 0;
    DWORD status = CsCertRevoke(q->d.ds, &which, &n);

    if (status)
        return directory_fail("cannot revoke", status);
    if (q->d.json) {
        json_object(NULL);
        json_number("revoked", n);
        json_end();
    } else {
        printf("%u certificate%s revoked; who receives messages notices within 15 minutes\n", n,
               n == 1 ? "" : "s");
    }
    return EXIT_DONE;
}

static void print_list(const struct request *q, const CS_CERT *c, DWORD n, DWORD others)
{
    DWORD i;

    if (q->d.json) {
        json_object(NULL);
        json_array("certificates");
        for (i = 0; i < n; i++)
            print_json(&c[i]);
        json_end();
        json_number("others", others);
        json_end();
        return;
    }
    for (i = 0; i < n; i++)
        print_row(&c[i]);
    for (i = 0; i < n; i++)
        if (c[i].state == CS_CERT_CURRENT && c[i].not_after - time(NULL) < SOON_DAYS * DAY)
            out_remedy("the keys on %s end soon: countersign cert rotate, there",
                       out_safe(c[i].host));
    if (others)
        printf("%u certificate%s of other programs\n", others, others == 1 ? "" : "s");
}

static int cert_list(const struct request *q)
{
    CS_CERT *c = NULL;
    DWORD n = 0, others = 0;
    DWORD status = CsCertList(q->d.ds, q->account, &c, &n, &others);

    if (status)
        return directory_fail("cannot list certificates", status);
    print_list(q, c, n, others);
    if (!n && !q->d.json)
        out_fail("no keys are published; the account enrolls with: countersign cert enroll");
    CsCertFree(c, n);
    return n ? EXIT_DONE : EXIT_NEGATIVE;
}

static int cert_show(const struct request *q)
{
    CS_CERT *c = NULL;
    DWORD n = 0, found = 0, i;
    DWORD status = CsCertList(q->d.ds, q->account, &c, &n, NULL);

    if (status)
        return directory_fail("cannot list certificates", status);
    for (i = 0; i < n; i++) {
        if (strncmp(c[i].id, q->id, strlen(q->id)) != 0)
            continue;
        found++;
        if (q->d.json && found == 1)
            print_json(&c[i]);
        else if (!q->d.json)
            print_whole(&c[i]);
    }
    CsCertFree(c, n);
    return found ? EXIT_DONE : out_fail("no certificate of that account begins with %s", q->id);
}

static int cert_writers(const struct request *q)
{
    CS_CERT_WRITER *w = NULL;
    DWORD n = 0, i;
    DWORD status = CsCertWriters(q->d.ds, q->account, &w, &n);

    if (status)
        return directory_fail("cannot tell who may write the attribute", status);
    if (q->d.json)
        json_array(NULL);
    for (i = 0; i < n; i++) {
        if (q->d.json) {
            json_object(NULL);
            json_text("sid", w[i].sid);
            json_text("name", w[i].name);
            json_end();
        } else {
            printf("%-48s %s\n", w[i].sid, w[i].name ? out_safe(w[i].name) : "");
        }
    }
    if (q->d.json)
        json_end();
    CsCertWritersFree(w, n);
    return EXIT_DONE;
}

static const struct verb {
    const char *name;
    int least, most; /* arguments */
    int (*run)(const struct request *q);
} verbs[] = {
    { "enroll", 0, 0, cert_enroll }, { "list", 0, 0, cert_list },
    { "show", 1, 1, cert_show },     { "rotate", 0, 0, cert_rotate },
    { "revoke", 0, 1, cert_revoke }, { "writers", 0, 0, cert_writers },
};

static bool take_days(struct request *q, const char *text)
{
    int n = 0, days = 0;

    if (sscanf(text, "%4d%n", &days, &n) != 1 || text[n] || days < 1 || days > 3653)
        return false;
    q->days = (DWORD)days;
    return true;
}

static bool take_option(struct request *q, int opt, char *value)
{
    switch (opt) {
    case OPT_ACCOUNT:
        q->account = value;
        return true;
    case OPT_HOST:
        q->host = value;
        return true;
    case OPT_DAYS:
        return take_days(q, value);
    case OPT_KEYS:
        q->keys = value;
        return true;
    case OPT_REPLACE:
        q->replace = TRUE;
        return true;
    case OPT_ALL:
        q->all = TRUE;
        return true;
    default:
        return directory_option(&q->d, opt, value);
    }
}

static const struct verb *find_verb(const char *name)
{
    size_t i;

    for (i = 0; name && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int cert_run(int argc, char **argv)
{
    static const struct option options[] = {
        DIRECTORY_OPTIONS,
        { "account", required_argument, NULL, OPT_ACCOUNT },
        { "host", required_argument, NULL, OPT_HOST },
        { "days", required_argument, NULL, OPT_DAYS },
        { "keys", required_argument, NULL, OPT_KEYS },
        { "replace", no_argument, NULL, OPT_REPLACE },
        { "all", no_argument, NULL, OPT_ALL },
        { 0 },
    };
    struct request q = { 0 };
    const struct verb *v;
    int opt, given, result;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(&q, opt, optarg))
            return out_usage(&command_cert, "that option is not known, or not with that value");
    v = find_verb(argv[optind]);
    given = argc - optind - 1;
    if (!v)
        return out_usage(&command_cert, "say enroll, list, show, rotate, revoke or writers");
    if (given < v->least || given > v->most)
        return out_usage(&command_cert, "%s takes %d argument%s", v->name, v->most,
                         v->most == 1 ? "" : "s");
    q.id = given ? argv[optind + 1] : NULL;
    if (v->run == cert_revoke && !!q.id + !!q.host + !!q.all != 1)
        return out_usage(&command_cert, "revoke takes an ID, --host NAME or --all");
    result = directory_bind(&q.d);
    if (result == EXIT_DONE)
        result = v->run(&q);
    directory_done(&q.d);
    return result;
}

const struct command command_cert = { "cert", "the keys of an account for queued messages", help,
                                      cert_run };
