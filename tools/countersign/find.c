/* SPDX-License-Identifier: Apache-2.0
 * find.c - `countersign find` and `show`: services in the directory.
 */
#include <stdio.h>
#include <string.h>

#include "directory.h"
#include "out.h"

enum { OPT_CLASS = OPT_OWN, OPT_ACCOUNT, OPT_GROUP, OPT_OWNER, OPT_CONTAINER };

static const char find_help[] =
    "countersign find - services by keyword\n"
    "\n"
    "Without --class, everything with the keyword is listed: evidence, not proof, for any account\n"
    "may plant an object below its own. With --class, what a client would accept is listed: the\n"
    "account behind CLASS/host must be one only, and satisfy what you demand of it.\n"
    "\n"
    "USAGE\n"
    "    countersign find [KEYWORD] [--class CLASS] [OPTION...]\n"
    "\n"
    "OPTIONS\n"
    "    --class CLASS      the service class the client expects\n"
    "    --account ACCOUNT  the account it must run as\n"
    "    --group GROUP      a group that account must belong to\n"
    "    --owner ACCOUNT    who must own the object, or a group the owner belongs to\n"
    "    --container DN     where the object must stand\n"
    "\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign find a7f2d3c4-5b16-4e8f-9d0a-1b2c3d4e5f60 --class SockAuth --account svc\n"
    "\n"
    "EXIT STATUS\n"
    "    0 found, 1 none, none trusted, or failed, 2 usage\n";

static const char show_help[] =
    "countersign show - one service connection point\n"
    "\n"
    "USAGE\n"
    "    countersign show DN|GUID [OPTION...]\n"
    "\n"
    "OPTIONS\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign show CN=SockAuth,CN=HOST1,CN=Computers,DC=example,DC=com\n"
    "\n"
    "EXIT STATUS\n"
    "    0 shown, 1 not there or failed, 2 usage\n";

static void json_list(const char *name, char **texts, DWORD count)
{
    DWORD i;

    json_array(name);
    for (i = 0; i < count; i++)
        json_text(NULL, texts[i]);
    json_end();
}

static void print_list(const char *name, char **texts, DWORD count)
{
    DWORD i;

    for (i = 0; i < count; i++)
        printf("    %-9s %s\n", i ? "" : name, out_safe(texts[i]));
}

static void print_line(const char *name, char *text)
{
    if (text)
        printf("    %-9s %s\n", name, out_safe(text));
}

static void print_point(const struct directory *d, const CS_SERVICE_POINT *p)
{
    if (d->json) {
        json_object(NULL);
        json_text("dn", p->dn);
        json_text("guid", p->guid);
        json_text("class", p->service_class);
        json_text("host", p->dns_name);
        json_list("bindings", p->bindings, p->binding_count);
        json_list("keywords", p->keywords, p->keyword_count);
        json_text("owner", p->owner);
        json_text("spn", p->spn);
        json_text("account", p->account);
        json_text("account_sid", p->account_sid);
        json_end();
        return;
    }
    out_styled(OUT_HEADING, "%s\n", out_safe(p->dn));
    print_line("guid", p->guid);
    print_line("class", p->service_class);
    print_line("host", p->dns_name);
    print_list("binding", p->bindings, p->binding_count);
    print_list("keyword", p->keywords, p->keyword_count);
    print_line("owner", p->owner);
    print_line("spn", p->spn);
    print_line("account", p->account);
}

struct request {
    struct directory d;
    const char *what, *service_class;
    CS_TRUST trust;
    bool trusting;
};

static bool take(struct request *q, int opt, char *value)
{
    const char **to = opt == OPT_CLASS       ? &q->service_class
                      : opt == OPT_ACCOUNT   ? &q->trust.account
                      : opt == OPT_GROUP     ? &q->trust.group
                      : opt == OPT_OWNER     ? &q->trust.owner
                      : opt == OPT_CONTAINER ? &q->trust.container
                                             : NULL;

    if (!to)
        return directory_option(&q->d, opt, value);
    *to = value;
    q->trusting |= opt != OPT_CLASS;
    return true;
}

static int parse(const struct command *c, struct request *q, const struct option *options, int argc,
                 char **argv)
{
    int opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take(q, opt, optarg))
            return out_usage(c, "that option is not known");
    }
    if (optind < argc)
        q->what = argv[optind++];
    if (optind < argc)
        return out_usage(c, "\"%s\" is not expected", argv[optind]);
    return EXIT_DONE;
}

static int list_points(struct request *q)
{
    CS_SERVICE_POINT **points = NULL;
    DWORD count = 0;
    DWORD i;
    DWORD status = q->service_class ? CsFindService(q->d.ds, q->what, q->service_class,
                                                    q->trusting ? &q->trust : NULL, &points, &count)
                                    : CsFindServicePoints(q->d.ds, q->what, &points, &count);

    if (status)
        return directory_fail("nothing to connect to", status);
    if (q->d.json)
        json_array(NULL);
    for (i = 0; i < count; i++)
        print_point(&q->d, points[i]);
    if (q->d.json)
        json_end();
    if (count == 0 && !q->d.json)
        out_fail("nothing has the keyword %s", q->what ? q->what : "(any)");
    CsFreeServicePoints(points, count);
    return count ? EXIT_DONE : EXIT_NEGATIVE;
}

static int find_run(int argc, char **argv)
{
    static const struct option options[] = {
        DIRECTORY_OPTIONS,
        { "class", required_argument, NULL, OPT_CLASS },
        { "account", required_argument, NULL, OPT_ACCOUNT },
        { "group", required_argument, NULL, OPT_GROUP },
        { "owner", required_argument, NULL, OPT_OWNER },
        { "container", required_argument, NULL, OPT_CONTAINER },
        { 0 },
    };
    struct request q = { 0 };
    int result = parse(&command_find, &q, options, argc, argv);

    if (result == EXIT_DONE && q.service_class && !q.what)
        return out_usage(&command_find, "--class goes with a keyword");
    if (result == EXIT_DONE && q.trusting && !q.service_class)
        return out_usage(&command_find, "trust goes with --class: the class is the caller's");
    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE)
        result = list_points(&q);
    directory_done(&q.d);
    return result;
}

static int show_run(int argc, char **argv)
{
    static const struct option options[] = { DIRECTORY_OPTIONS, { 0 } };
    struct request q = { 0 };
    CS_SERVICE_POINT *point = NULL;
    DWORD status;
    int result = parse(&command_show, &q, options, argc, argv);

    if (result == EXIT_DONE && !q.what)
        return out_usage(&command_show, "show what? A DN or an objectGUID is needed");
    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE) {
        status = CsReadServicePoint(q.d.ds, q.what, &point);
        if (status)
            result = directory_fail("cannot show it", status);
        else
            print_point(&q.d, point);
    }
    CsFreeServicePoint(point);
    directory_done(&q.d);
    return result;
}

const struct command command_find = { "find", "services by keyword, and which of them to trust",
                                      find_help, find_run };
const struct command command_show = { "show", "one service connection point", show_help, show_run };
