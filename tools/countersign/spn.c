/* SPDX-License-Identifier: Apache-2.0
 * spn.c - `countersign spn`: who holds which service principal name, and changing it.
 */
#include "spn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign/ntdsapi.h>

#include "base/alloc.h"

#include "out.h"

static const char help[] =
    "countersign spn - service principal names in the directory\n"
    "\n"
    "A client that asks for HTTP/web1.example.com gets a ticket only the account holding that "
    "name\n"
    "can read. Held by nobody, there is no ticket; held by two, there is none either.\n"
    "\n"
    "USAGE\n"
    "    countersign spn list [ACCOUNT]\n"
    "    countersign spn find SPN\n"
    "    countersign spn add SPN ACCOUNT\n"
    "    countersign spn delete SPN ACCOUNT\n"
    "    countersign spn duplicates\n"
    "    countersign spn explain SPN [--keytab FILE]\n"
    "\n"
    "VERBS\n"
    "    list        the names an account holds; of every account, where none is given\n"
    "    find        the account that holds a name\n"
    "    add         give a name to an account; refused when another in the forest holds it\n"
    "    delete      take it away\n"
    "    duplicates  names held by more than one account\n"
    "    explain     which account, which key version in the directory and in this host's keytab,\n"
    "                which encryption types, and whether this host could accept it\n"
    "\n"
    "ACCOUNT is a name (svc, host1$), DOMAIN\\name, a DN or a SID.\n"
    "\n"
    "OPTIONS\n" DIRECTORY_HELP "    --keytab FILE    explain: this keytab instead of the host's\n"
    "\n"
    "EXAMPLES\n"
    "    countersign spn find HTTP/web1.example.com\n"
    "    countersign spn add HTTP/web1.example.com svc --user Administrator\n"
    "    countersign spn explain HTTP/web1.example.com --keytab /etc/web.keytab\n"
    "\n"
    "EXIT STATUS\n"
    "    0 done or found, 1 failed, not found, a duplicate, or not acceptable here, 2 usage\n";

static void print_account(const struct directory *d, const CS_SPN_ACCOUNT *a)
{
    DWORD i;

    if (!d->json) {
        out_styled(OUT_HEADING, "%s", out_safe(a->name));
        printf("  %s\n", out_safe(a->dn));
        for (i = 0; i < a->spn_count; i++)
            printf("    %s\n", out_safe(a->spns[i]));
        return;
    }
    json_object(NULL);
    json_text("account", a->name);
    json_text("dn", a->dn);
    json_number("key_version", a->key_version);
    json_array("spns");
    for (i = 0; i < a->spn_count; i++)
        json_text(NULL, a->spns[i]);
    json_end();
    json_end();
}

static int spn_list(struct spn_request *q)
{
    CS_SPN_ACCOUNT *accounts = NULL;
    DWORD count = 0;
    DWORD i;
    DWORD status = CsListSpnAccounts(q->d.ds, q->args[0], &accounts, &count);

    if (status)
        return directory_fail("cannot list names", status);
    if (q->d.json)
        json_array(NULL);
    for (i = 0; i < count; i++)
        print_account(&q->d, &accounts[i]);
    if (q->d.json)
        json_end();
    CsFreeSpnAccounts(accounts, count);
    return EXIT_DONE;
}

static int spn_find(struct spn_request *q)
{
    char **dns = NULL;
    DWORD count = 0;
    DWORD i;
    DWORD status = CsFindSpnAccounts(q->d.ds, q->args[0], &dns, &count);

    if (status)
        return directory_fail("cannot search", status);
    if (q->d.json)
        json_array(NULL);
    for (i = 0; i < count; i++) {
        if (q->d.json)
            json_text(NULL, dns[i]);
        else
            printf("%s\n", out_safe(dns[i]));
    }
    if (q->d.json)
        json_end();
    DsFreeSpnArrayA(count, dns);
    if (count == 0 && !q->d.json)
        out_fail("no account of the forest holds %s", q->args[0]);
    if (count > 1 && !q->d.json)
        out_fail("%u accounts hold %s: nobody can authenticate to it", count, q->args[0]);
    return count == 1 ? EXIT_DONE : EXIT_NEGATIVE;
}

static int write_name(struct spn_request *q, DS_SPN_WRITE_OP op, const char *done)
{
    CS_SPN_ACCOUNT *accounts = NULL;
    const char *spn = q->args[0];
    DWORD count = 0;
    DWORD status = CsListSpnAccounts(q->d.ds, q->args[1], &accounts, &count);

    if (status)
        return directory_fail("cannot find the account", status);
    status = DsWriteAccountSpnA(q->d.ds, op, accounts[0].dn, 1, &spn);
    if (status)
        directory_fail("cannot write the name", status);
    else if (!q->d.json)
        printf("%s %s %s\n", spn, done, out_safe(accounts[0].dn));
    CsFreeSpnAccounts(accounts, count);
    return status ? EXIT_NEGATIVE : EXIT_DONE;
}

static int spn_add(struct spn_request *q)
{
    return write_name(q, DS_SPN_ADD_SPN_OP, "is held by");
}

static int spn_delete(struct spn_request *q)
{
    return write_name(q, DS_SPN_DELETE_SPN_OP, "is no longer held by");
}

struct held {
    char *spn, *account;
};

/* SPNs compare without regard to case, as the directory does it. */
static int by_spn(const void *a, const void *b)
{
    const struct held *x = a;
    const struct held *y = b;

    return strcasecmp(x->spn, y->spn);
}

static DWORD print_duplicates(const struct directory *d, const struct held *h, size_t count)
{
    DWORD found = 0;
    size_t i = 0;

    while (i < count) {
        size_t end = i + 1;

        while (end < count && by_spn(&h[i], &h[end]) == 0)
            end++;
        if (end - i > 1) {
            found++;
            if (d->json) {
                json_object(NULL);
                json_text("spn", h[i].spn);
                json_array("accounts");
            } else {
                out_styled(OUT_BAD, "%s\n", out_safe(h[i].spn));
            }
            for (; i < end; i++) {
                if (d->json)
                    json_text(NULL, h[i].account);
                else
                    printf("    %s\n", out_safe(h[i].account));
            }
            if (d->json) {
                json_end();
                json_end();
            }
        }
        i = end;
    }
    return found;
}

static int spn_duplicates(struct spn_request *q)
{
    CS_SPN_ACCOUNT *accounts = NULL;
    struct held *all = NULL;
    DWORD count = 0;
    DWORD found = 0;
    size_t n = 0;
    DWORD i, k;
    DWORD status = CsListSpnAccounts(q->d.ds, NULL, &accounts, &count);

    if (status)
        return directory_fail("cannot list names", status);
    for (i = 0; i < count; i++)
        n += accounts[i].spn_count;
    all = mem_array(n ? n : 1, sizeof *all);
    n = 0;
    for (i = 0; all && i < count; i++) {
        for (k = 0; k < accounts[i].spn_count; k++)
            all[n++] = (struct held){ accounts[i].spns[k], accounts[i].dn };
    }
    if (all)
        qsort(all, n, sizeof *all, by_spn);
    if (q->d.json)
        json_array(NULL);
    if (all)
        found = print_duplicates(&q->d, all, n);
    if (q->d.json)
        json_end();
    else if (all && !found)
        printf("%zu names, none held twice\n", n);
    CsFreeSpnAccounts(accounts, count);
    mem_free(all);
    return all && !found ? EXIT_DONE : EXIT_NEGATIVE;
}

static const struct verb {
    const char *name;
    int least, most; /* arguments */
    int (*run)(struct spn_request *q);
} verbs[] = {
    { "list", 0, 1, spn_list },       { "find", 1, 1, spn_find },
    { "add", 2, 2, spn_add },         { "delete", 2, 2, spn_delete },
    { "explain", 1, 1, spn_explain }, { "duplicates", 0, 0, spn_duplicates },
};

static int spn_run(int argc, char **argv)
{
    static const struct option options[] = { DIRECTORY_OPTIONS,
                                             { "keytab", required_argument, NULL, OPT_OWN },
                                             { 0 } };
    struct spn_request q = { 0 };
    const struct verb *v = NULL;
    size_t i;
    int opt, result;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (opt == OPT_OWN)
            q.keytab = optarg;
        else if (!directory_option(&q.d, opt, optarg))
            return out_usage(&command_spn, "that option is not known");
    }
    for (i = 0; optind < argc && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, argv[optind]) == 0)
            v = &verbs[i];
    }
    if (!v)
        return out_usage(&command_spn, "say list, find, add, delete, duplicates or explain");
    if (argc - optind - 1 < v->least || argc - optind - 1 > v->most)
        return out_usage(&command_spn, "%s takes %d argument%s", v->name, v->most,
                         v->most == 1 ? "" : "s");
    for (i = 0; optind + 1 + (int)i < argc; i++)
        q.args[i] = argv[optind + 1 + (int)i];
    result = directory_bind(&q.d);
    if (result == EXIT_DONE)
        result = v->run(&q);
    directory_done(&q.d);
    return result;
}

const struct command command_spn = { "spn", "who holds which service principal name", help,
                                     spn_run };
