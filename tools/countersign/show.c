/* SPDX-License-Identifier: Apache-2.0
 * show.c - `countersign show`: one service of the directory, whole.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

#include "find.h"
#include "out.h"

enum { OPT_RNR = OPT_OWN, OPT_RPCNS };

static const char show_help[] =
    "countersign show - one service, whole\n"
    "\n"
    "A service connection point by its DN or objectGUID; a Winsock service or an entry of the RPC\n"
    "name service by its DN, or by its name with --rnr or --rpcns. The latter two are shown host\n"
    "by host, and as JSON are a list: hosts share them. What of an object is damaged is said.\n"
    "\n"
    "USAGE\n"
    "    countersign show DN|GUID [OPTION...]\n"
    "    countersign show NAME --rnr|--rpcns [OPTION...]\n"
    "\n"
    "OPTIONS\n"
    "    --rnr            the Winsock service of that name\n"
    "    --rpcns          the entry of the RPC name service of that name\n"
    "\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign show CN=SockAuth,CN=HOST1,CN=Computers,DC=example,DC=com\n"
    "    countersign show SockAuth --rnr\n"
    "\n"
    "EXIT STATUS\n"
    "    0 shown, 1 not there or failed, 2 usage\n";

struct request {
    struct directory d;
    const char *what;
    DWORD kind; /* 0: the DN tells */
};

static bool take(struct request *q, int opt, char *value)
{
    DWORD kind = opt == OPT_RNR ? KIND_RNR : opt == OPT_RPCNS ? KIND_RPCNS : 0;

    if (!kind)
        return directory_option(&q->d, opt, value);
    q->kind |= kind;
    return q->kind == kind;
}

static int parse(struct request *q, int argc, char **argv)
{
    static const struct option options[] = { DIRECTORY_OPTIONS,
                                             { "rnr", no_argument, NULL, OPT_RNR },
                                             { "rpcns", no_argument, NULL, OPT_RPCNS },
                                             { 0 } };
    int opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take(q, opt, optarg))
            return out_usage(&command_show, opt == OPT_RNR || opt == OPT_RPCNS
                                                ? "--rnr or --rpcns: one of them"
                                                : "that option is not known");
    }
    if (optind < argc)
        q->what = argv[optind++];
    if (optind < argc)
        return out_usage(&command_show, "\"%s\" is not expected", argv[optind]);
    if (!q->what)
        return out_usage(&command_show,
                         "show what? A DN, an objectGUID, or a name with --rnr or --rpcns");
    return EXIT_DONE;
}

static struct listing listing_of(const struct request *q)
{
    return (struct listing){ .ds = q->d.ds, .json = q->d.json, .every_detail = true };
}

static int show_point(const struct request *q)
{
    struct listing l = listing_of(q);
    CS_SERVICE_POINT *point = NULL;
    struct hit h;
    DWORD status = CsReadServicePoint(q->d.ds, q->what, &point);

    if (status)
        return directory_fail("cannot show it", status);
    h = hit_of_point(point);
    hit_print(&l, &h);
    CsFreeServicePoint(point);
    return EXIT_DONE;
}

static int show_name(const struct request *q, DWORD kind, const char *name, const char *below)
{
    struct listing l = listing_of(q);
    struct search search = { .name = name, .kinds = kind, .below = below };
    int result = listing_begin(&l);

    if (result == EXIT_DONE)
        result = find_names(q->d.ds, &search, &l);
    listing_end(&l);
    if (result == EXIT_DONE && !l.count)
        result = out_fail("cannot show it: there is no %s service \"%s\"", kind_name(kind), name);
    return result;
}

static bool begins(const char *s, const char *with)
{
    return strncasecmp(s, with, strlen(with)) == 0;
}

/* Of an object in one of the two containers of names; else KIND_SCP. */
static DWORD kind_below(const char *below)
{
    return begins(below, ",CN=WinsockServices,CN=System,DC=") ? KIND_RNR
           : begins(below, ",CN=RpcServices,CN=System,DC=")   ? KIND_RPCNS
                                                              : KIND_SCP;
}

static int show(const struct request *q)
{
    const char *below = q->what + rdn_length(q->what);
    DWORD kind = kind_below(below);
    char *name = NULL;
    int result;

    if (q->kind)
        return show_name(q, q->kind, q->what, NULL);
    if (kind == KIND_SCP)
        return show_point(q);
    name = rdn_value(q->what);
    result =
        name ? show_name(q, kind, name, below) : out_fail("cannot show it: %s is no DN", q->what);
    mem_free(name);
    return result;
}

static int show_run(int argc, char **argv)
{
    struct request q = { 0 };
    int result = parse(&q, argc, argv);

    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE)
        result = show(&q);
    directory_done(&q.d);
    return result;
}

const struct command command_show = { "show", "one service, whole", show_help, show_run };
