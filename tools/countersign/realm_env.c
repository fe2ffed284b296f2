/* SPDX-License-Identifier: Apache-2.0
 * realm_env.c - what a program inside the realm finds in its environment.
 */
#include <limits.h>
#include <stdio.h>

#include "realm.h"

void realm_env(const struct realm *r, realm_env_sink *sink, void *arg)
{
    static const struct {
        const char *name, *prefix, *below;
    } paths[] = {
        { "KRB5_CONFIG", "", "krb5.conf" },
        { "KRB5CCNAME", "FILE:", "krb5cc" },             /* never the user's own tickets */
        { "KRB5RCACHENAME", "file2:", "cache/replays" }, /* else it stays in /var/tmp */
        { "SMB_CONF_PATH", "", "smb.conf" },
        { "NSS_WRAPPER_HOSTS", "", "hosts" },
        { "LDAPTLS_CACERT", "", "private/tls/ca.pem" },
        { "PERSON_KEYTAB", "", "keytabs/person.keytab" },
        { "SERVICE_KEYTAB", "", "keytabs/service.keytab" },
        { "HOST_KEYTAB", "", "keytabs/host.keytab" },
    };
    size_t i;

    for (i = 0; i < r->count; i++)
        sink(arg, r->settings[i].name, r->settings[i].value);
    sink(arg, "DOMAIN_DIR", r->dir);
    sink(arg, "DC_ADDRESS", r->address);
    sink(arg, "COUNTERSIGN_DNS", r->address);
    for (i = 0; i < sizeof paths / sizeof *paths; i++) {
        char value[PATH_MAX];
        char path[PATH_MAX - 8];

        realm_path(r, paths[i].below, path, sizeof path);
        snprintf(value, sizeof value, "%s%s", paths[i].prefix, path);
        sink(arg, paths[i].name, value);
    }
}
