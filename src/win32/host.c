/* SPDX-License-Identifier: Apache-2.0
 * host.c - the full DNS name: from the environment, the host name, or the hosts file.
 *
 * DNS is not asked: where it is broken that takes minutes, and the answer is the name the network
 * has for one of our addresses, not ours.
 */
#include "win32/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name with a dot on the hosts file's line that has short_name. */
static void from_hosts_file(const char *short_name, char to[HOST_BYTES])
{
    FILE *f = fopen("/etc/hosts", "re");
    char line[1024];

    while (f && fgets(line, sizeof line, f)) {
        char *save = NULL;
        char *word = NULL;
        char full[HOST_BYTES] = "";
        int found = 0;

        line[strcspn(line, "#\r\n")] = '\0';
        strtok_r(line, " \t", &save); /* the address */
        while ((word = strtok_r(NULL, " \t", &save))) {
            found |= strcasecmp(word, short_name) == 0 ||
                     (strncasecmp(word, short_name, strlen(short_name)) == 0 &&
                      word[strlen(short_name)] == '.');
            if (!full[0] && strchr(word, '.') && strlen(word) < HOST_BYTES)
                snprintf(full, sizeof full, "%s", word);
        }
        if (found && full[0]) {
            snprintf(to, HOST_BYTES, "%s", full);
            break;
        }
    }
    if (f)
        fclose(f);
}

enum err win32_host(char to[HOST_BYTES])
{
    const char *given = secure_getenv("COUNTERSIGN_HOSTNAME");
    char name[HOST_BYTES] = "";

    if (given && *given) {
        if (strlen(given) >= HOST_BYTES)
            return ERR_INVALID_PARAMETER;
        snprintf(to, HOST_BYTES, "%s", given);
        return ERR_OK;
    }
    if (gethostname(name, sizeof name - 1) || !name[0])
        return ERR_NOT_FOUND;
    snprintf(to, HOST_BYTES, "%s", name);
    if (!strchr(name, '.'))
        from_hosts_file(name, to);
    return ERR_OK;
}
