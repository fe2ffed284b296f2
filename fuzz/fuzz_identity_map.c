/* SPDX-License-Identifier: Apache-2.0
 * fuzz_identity_map.c - nobody becomes root by a map, or less than its least uid; and what is said
 * of a client is said again where the line stands alone.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/identity_map.h"

static void again(const struct identity_map_who *who, const struct identity_map_target *was)
{
    struct identity_map_target t;
    char text[400], sid[SID_TEXT], client[200];
    int n;

    sid_format(who->sid ? who->sid : &(struct sid){ 0 }, sid);
    (void)snprintf(client, sizeof client, "%s", who->sid ? sid : who->principal);
    n = was->name[0]
            ? snprintf(text, sizeof text, "minimum-uid=%u\n%s=%s", was->minimum, client, was->name)
        : was->has_gid
            ? snprintf(text, sizeof text, "minimum-uid=%u\n%s=%u:%u", was->minimum, client,
                       was->uid, was->gid)
            : snprintf(text, sizeof text, "minimum-uid=%u\n%s=%u", was->minimum, client, was->uid);
    if (identity_map_find(bytes_of(text, (size_t)n), who, &t) || t.uid != was->uid ||
        t.gid != was->gid || strcmp(t.name, was->name) != 0 || t.minimum != was->minimum)
        abort();
}

static void look(struct bytes text, const struct identity_map_who *who)
{
    struct identity_map_target t;

    if (identity_map_find(text, who, &t))
        return;
    if (!t.minimum || (!t.name[0] && (t.uid < t.minimum || t.uid == UINT32_MAX)) ||
        (t.has_gid && (!t.gid || t.gid == UINT32_MAX)))
        abort();
    again(who, &t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct sid alice = { 5, { 21, 1, 2, 3, 1105 }, 5 };
    const struct identity_map_who by_sid = { &alice, "alice@EXAMPLE.COM" };
    const struct identity_map_who by_name = { NULL, "alice@EXAMPLE.COM" };

    look(bytes_of(data, size), &by_sid);
    look(bytes_of(data, size), &by_name);
    return 0;
}
