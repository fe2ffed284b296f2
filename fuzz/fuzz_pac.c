/* SPDX-License-Identifier: Apache-2.0
 * fuzz_pac.c - the logon information of a PAC: what is accepted has a user and groups of which each
 * is written and read again equal; its requestor; and its delegation information, of which names
 * are UTF-8.
 */
#include <stdlib.h>

#include "base/utf16.h"
#include "kerberos/pac.h"

static void check(const struct sid *sid)
{
    char text[SID_TEXT];
    struct sid again;

    sid_format(sid, text);
    if (sid_parse(text, &again) != ERR_OK || !sid_equal(sid, &again))
        abort();
}

static void services(struct bytes msg)
{
    struct identity *i = NULL;
    size_t k;

    if (identity_new(&i))
        return;
    if (kerberos_pac_read_delegation(msg, i) == ERR_OK) {
        if (i->service_count > KERBEROS_PAC_SERVICES_MAX)
            abort();
        for (k = 0; k < i->service_count; k++)
            if (!utf8_valid(bytes_of_text(i->services[k])))
                abort();
    }
    identity_unref(i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct identity *i = NULL;
    struct sid requestor;
    size_t k;

    if (kerberos_pac_read_requestor(bytes_of(data, size), &requestor) == ERR_OK)
        check(&requestor);
    services(bytes_of(data, size));
    if (kerberos_pac_read_logon(bytes_of(data, size), &i) != ERR_OK)
        return 0;
    check(&i->user);
    for (k = 0; k < i->count; k++)
        check(&i->groups[k].sid);
    identity_unref(i);
    return 0;
}
