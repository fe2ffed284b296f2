/* SPDX-License-Identifier: Apache-2.0
 * fuzz_account_entry.c - a list of certificates that is accepted is written back equal; each
 * certificate of ours in it that is accepted says something that can be said.
 */
#include <stdlib.h>

#include "queue/account_certificate.h"
#include "queue/account_entry.h"

static void check_certificate(struct bytes der)
{
    struct account_certificate c;
    char host[ACCOUNT_HOST];

    if (account_certificate_read(der, &c) != ERR_OK)
        return;
    if (!account_certificate_is_ours(der) || account_host(c.host, host) != ERR_OK ||
        strcmp(host, c.host) != 0 || c.not_after <= c.not_before)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct account_entries list = { 0 };
    struct buf back = { 0 };
    size_t i;

    check_certificate(bytes_of(data, size));
    if (account_entries_read(bytes_of(data, size), &list) != ERR_OK)
        return 0;
    if (account_entries_write(&list, &back) == ERR_OK && list.count &&
        !bytes_equal(buf_view(back), bytes_of(data, size)))
        abort();
    for (i = 0; i < list.count; i++)
        check_certificate(list.entry[i].certificate);
    buf_free(&back);
    account_entries_done(&list);
    return 0;
}
