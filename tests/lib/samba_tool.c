/* SPDX-License-Identifier: Apache-2.0
 * samba_tool.c - accounts of the domain of the run, changed and looked at by its administrator.
 */
#include "lib/samba_tool.h"

#include "base/alloc.h"
#include "lib/unit.h"

#define TOOL "KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool "
#define AT " -H $DOMAIN_DIR/private/sam.ldb "

void samba_tool(const char *what)
{
    char *command = mem_printf(TOOL "%s" AT ">/dev/null", what);

    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
}

void samba_tool_sid(const char *kind, const char *name, char to[SAMBA_TOOL_SID])
{
    char *command = mem_printf(
        TOOL "%s show '%s' --attributes=objectSid" AT "| sed -n 's/^objectSid: //p'", kind, name);
    FILE *from = popen(command, "r");

    assert_non_null(from);
    assert_non_null(fgets(to, SAMBA_TOOL_SID, from));
    pclose(from);
    mem_free(command);
    to[strcspn(to, "\n")] = '\0';
}
