/* SPDX-License-Identifier: Apache-2.0
 * grant.c - `countersign grant` and `revoke`: which accounts may publish services by name.
 */
#include <stdio.h>
#include <string.h>

#include <countersign/names.h>
#include <countersign/ntdsapi.h>

#include "directory.h"
#include "out.h"

enum { OPT_RNR = OPT_OWN, OPT_RPCNS, OPT_RNR_CLASSES, OPT_RPCNS_GROUPS };

static const struct {
    struct option option;
    DWORD which;
    const char *why;
} rows[] = {
    { { "rnr", no_argument, NULL, OPT_RNR },
      CS_NAMES_WINSOCK,
      "WSASetService (RNRSERVICE_REGISTER) creates a serviceInstance, and changes it at each "
      "start" },
    { { "rnr-classes", no_argument, NULL, OPT_RNR_CLASSES },
      CS_NAMES_WINSOCK_CLASSES,
      "WSAInstallServiceClass creates a serviceClass" },
    { { "rpcns", no_argument, NULL, OPT_RPCNS },
      CS_NAMES_RPC,
      "RpcNsBindingExport creates an rpcServer and in it an rpcServerElement for each interface" },
    { { "rpcns-groups", no_argument, NULL, OPT_RPCNS_GROUPS },
      CS_NAMES_RPC_GROUPS,
      "RpcNsGroupMbrAdd creates an rpcGroup, RpcNsProfileEltAdd an rpcProfile and its elements" },
};

enum { ROWS = sizeof rows / sizeof *rows };

/* In the documentation's words. */
static const char source[] =
    "Security Issues for Service Publication: who creates an object needs create child permission\n"
    "    for its class in the container, who updates it write access to its properties, who "
    "removes\n"
    "    it delete permission on it";

#define RIGHTS_HELP                                                                                \
    "    --rnr            Winsock services, in CN=WinsockServices,CN=System of the domain\n"       \
    "    --rnr-classes    also their classes, as WSAInstallServiceClass makes them\n"              \
    "    --rpcns          servers of the RPC name service, in CN=RpcServices,CN=System\n"          \
    "    --rpcns-groups   also groups and profiles\n"

static const char grant_help[] =
    "countersign grant - let an account publish services by name\n"
    "\n"
    "An ordinary account may not create objects in the domain's containers of names. A domain\n"
    "administrator lets it: create objects of the classes it needs and no others, and whoever\n"
    "creates one there may change and delete that one. Each right that was set is listed as it\n"
    "stands in the container's descriptor, and why it is needed. Nothing else is given: service\n"
    "principal names an administrator registers with countersign spn add.\n"
    "\n"
    "USAGE\n"
    "    countersign grant ACCOUNT --rnr|--rpcns... [OPTION...]\n"
    "\n"
    "OPTIONS\n" RIGHTS_HELP "\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign grant svc --rnr --rpcns\n"
    "\n"
    "EXIT STATUS\n"
    "    0 granted, 1 refused or failed, 2 usage\n";

static const char revoke_help[] =
    "countersign revoke - take back what grant granted\n"
    "\n"
    "Objects the account has created stay there: withdraw them before. With the last account that\n"
    "was granted to publish, creators lose control of theirs.\n"
    "\n"
    "USAGE\n"
    "    countersign revoke ACCOUNT --rnr|--rpcns... [OPTION...]\n"
    "\n"
    "OPTIONS\n" RIGHTS_HELP "\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign revoke svc --rnr --rpcns\n"
    "\n"
    "EXIT STATUS\n"
    "    0 revoked, or it was not granted, 1 refused or failed, 2 usage\n";

static const struct option common[] = { DIRECTORY_OPTIONS };

enum { COMMON = sizeof common / sizeof *common };

struct request {
    struct directory d;
    const char *account;
    DWORD which;
};

static bool take(struct request *q, int opt, char *value)
{
    int i;

    for (i = 0; i < ROWS; i++)
        if (rows[i].option.val == opt) {
            q->which |= rows[i].which;
            return true;
        }
    return directory_option(&q->d, opt, value);
}

static int parse(const struct command *c, struct request *q, int argc, char **argv)
{
    struct option options[COMMON + ROWS + 1] = { 0 };
    int opt, i;

    memcpy(options, common, sizeof common);
    for (i = 0; i < ROWS; i++)
        options[COMMON + i] = rows[i].option;
    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take(q, opt, optarg))
            return out_usage(c, "that option is not known");
    }
    if (optind < argc)
        q->account = argv[optind++];
    if (optind < argc)
        return out_usage(c, "\"%s\" is not expected", argv[optind]);
    if (!q->account)
        return out_usage(c, "which account?");
    if (!q->which)
        return out_usage(c, "to publish what? --rnr or --rpcns");
    return EXIT_DONE;
}

static void print_reasons(const struct request *q)
{
    int i;

    puts("because");
    for (i = 0; i < ROWS; i++)
        if (q->which & rows[i].which)
            printf("    %s\n", rows[i].why);
    printf("    %s\nto take them back: countersign revoke %s", source, q->account);
    for (i = 0; i < ROWS; i++)
        if (q->which & rows[i].which)
            printf(" --%s", rows[i].option.name);
    putchar('\n');
}

static void json_rights(const struct request *q, bool granted, char **rights, DWORD count)
{
    DWORD i;

    json_object(NULL);
    json_text("account", q->account);
    json_bool("granted", granted);
    json_array("rights");
    for (i = 0; i < count; i++)
        json_text(NULL, rights[i]);
    json_end();
    json_array("because");
    for (i = 0; i < ROWS; i++)
        if (granted && (q->which & rows[i].which))
            json_text(NULL, rows[i].why);
    json_end();
    json_end();
}

/* The sentence, and below it the entry it ends with. */
static void print_right(char *right)
{
    char *entry = strstr(out_safe(right), ": (");

    if (!entry) {
        printf("    %s\n", right);
        return;
    }
    *entry = '\0';
    printf("    %s\n        %s\n", right, entry + 2);
}

static void print_rights(const struct request *q, bool granted, char **rights, DWORD count)
{
    DWORD i;

    if (q->d.json) {
        json_rights(q, granted, rights, count);
        return;
    }
    out_styled(OUT_GOOD, granted ? "granted\n" : "revoked\n");
    for (i = 0; i < count; i++)
        print_right(rights[i]);
    if (granted)
        print_reasons(q);
}

typedef DWORD (*rights_change)(HANDLE ds, const char *account, DWORD which, char ***rights,
                               DWORD *count);

static int run(const struct command *c, rights_change change, int argc, char **argv)
{
    bool granting = c == &command_grant;
    struct request q = { 0 };
    char **rights = NULL;
    DWORD count = 0;
    DWORD status;
    int result = parse(c, &q, argc, argv);

    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE) {
        status = change(q.d.ds, q.account, q.which, &rights, &count);
        if (status)
            result = directory_fail(granting ? "not granted" : "not revoked", status);
        else
            print_rights(&q, granting, rights, count);
    }
    DsFreeSpnArrayA(count, rights);
    directory_done(&q.d);
    return result;
}

static int grant_run(int argc, char **argv)
{
    return run(&command_grant, CsGrantNames, argc, argv);
}

static int revoke_run(int argc, char **argv)
{
    return run(&command_revoke, CsRevokeNames, argc, argv);
}

const struct command command_grant = { "grant", "let an account publish services by name",
                                       grant_help, grant_run };
const struct command command_revoke = { "revoke", "take back what grant granted", revoke_help,
                                        revoke_run };
