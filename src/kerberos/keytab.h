/* SPDX-License-Identifier: Apache-2.0
 * keytab.h - what a keytab's bytes hold, read without libkrb5: names, versions, types.
 */
#pragma once

#include "base/reader.h"

enum { KEYTAB_COMPONENTS = 8, KEYTAB_BYTES_MAX = 16 * 1024 * 1024 };

struct keytab_entry { /* views into the file */
    struct bytes realm, component[KEYTAB_COMPONENTS], key;
    size_t components;
    uint32_t name_type, timestamp, kvno;
    uint16_t enctype;
};

struct keytab_reader {
    struct reader r;
};

/* Checks the version; ERR_UNSUPPORTED for version 1, whose byte order is its writer's. */
MUST_CHECK enum err keytab_begin(struct bytes file, struct keytab_reader *ret);
/* The next entry, deleted ones passed over; false at the end or on damage: then look at r.err. */
bool keytab_next(struct keytab_reader *k, struct keytab_entry *ret);
/* "HTTP/web1.example.com@EXAMPLE.COM" as krb5_unparse_name writes it; mem_free. */
MUST_CHECK enum err keytab_entry_name(const struct keytab_entry *e, char **ret);
