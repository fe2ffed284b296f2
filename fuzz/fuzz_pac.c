/* SPDX-License-Identifier: Apache-2.0
 * fuzz_pac.c - the logon information of a PAC: what is accepted has a user and groups of which each
 * is written and read again equal.
 */
#include <stdlib.h>

#include "kerberos/pac.h"

static void check(const struct sid *sid)
{
    char text[SID_TEXT];
    struct sid again;

    sid_format(sid, text);
    if (sid_parse(text, &again) != ERR_OK || !sid_equal(sid, &again))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct identity *i = NULL;
    size_t k;

    if (kerberos_pac_read_logon(bytes_of(data, size), &i) != ERR_OK)
        return 0;
    check(&i->user);
    for (k = 0; k < i->count; k++)
        check(&i->groups[k].sid);
    identity_unref(i);
    return 0;
}
