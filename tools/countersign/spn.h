/* SPDX-License-Identifier: Apache-2.0
 * spn.h - what the verbs of `countersign spn` share.
 */
#pragma once

#include "directory.h"

struct spn_request {
    struct directory d;
    const char *keytab; /* NULL: the host's */
    const char *args[2];
};

int spn_explain(struct spn_request *q);

/* How a key in this host's keytab meets the account's in the directory. */
struct spn_key_match {
    bool readable;   /* the keytab could be read */
    bool name;       /* it holds a name of the account */
    bool version;    /* and a key of the directory's version */
    ULONG newest;    /* newest version held under those names */
    ULONG types;     /* bits as in msDS-SupportedEncryptionTypes, of the version matched */
    bool acceptable; /* all in all */
};

void spn_match_keys(const CS_SPN_ACCOUNT *account, const char *spn, const char *keytab,
                    struct spn_key_match *ret);
/* "AES256 AES128 RC4" */
const char *spn_types_text(ULONG bits, char to[64]);
