/* SPDX-License-Identifier: Apache-2.0
 * endpoints_names.c - interfaces that everybody calls by a name. Each protocol's own specification
 * has its UUID.
 */
#include <string.h>

#include "endpoints.h"

/* clang-format off */
static const struct {
    const char *uuid, *name;
} interfaces[] = {
    { "e1af8308-5d1f-11c9-91a4-08002b14a0fa", "epm" },
    { "afa8bd80-7d8a-11c9-bef4-08002b102989", "mgmt" },
    { "12345778-1234-abcd-ef00-0123456789ab", "lsarpc" },
    { "12345778-1234-abcd-ef00-0123456789ac", "samr" },
    { "12345678-1234-abcd-ef00-01234567cffb", "netlogon" },
    { "e3514235-4b06-11d1-ab04-00c04fc2dcd2", "drsuapi" },
    { "7c44d7d4-31d5-424c-bd5e-2b3e1f323d22", "dsaop" },
    { "3919286a-b10c-11d0-9ba8-00c04fd92ef5", "dssetup" },
    { "3dde7c30-165d-11d1-ab8f-00805f14db40", "backupkey" },
    { "50abc2a4-574d-40b3-9d66-ee4fd5fba076", "dnsserver" },
    { "367abb81-9844-35f1-ad32-98f038001003", "svcctl" },
    { "338cd001-2244-31f1-aaaa-900038001003", "winreg" },
    { "4b324fc8-1670-01d3-1278-5a47bf6ee188", "srvsvc" },
    { "6bffd098-a112-3610-9833-46c3f87e345a", "wkssvc" },
    { "12345678-1234-abcd-ef00-0123456789ab", "spoolss" },
    { "1ff70682-0a51-30e8-076d-740be8cee98b", "atsvc" },
    { "86d35949-83c9-4044-b424-db363231fd0c", "tasks" },
    { "82273fdc-e32a-18c3-3f78-827929dc23ea", "eventlog" },
    { "4fc742e0-4a10-11cf-8273-00aa004ae673", "netdfs" },
    { "894de0c0-0d55-11d3-a322-00c04fa321a1", "initshutdown" },
    { "99fcfec4-5260-101b-bbcb-00aa0021347a", "IObjectExporter" },
};
/* clang-format on */

const char *endpoints_interface_name(const UUID *uuid)
{
    const char *name = NULL;
    RPC_CSTR text = NULL;
    size_t i;

    if (UuidToStringA((UUID *)(uintptr_t)uuid, &text) != RPC_S_OK)
        return NULL;
    for (i = 0; i < sizeof interfaces / sizeof *interfaces && !name; i++)
        if (strcmp((char *)text, interfaces[i].uuid) == 0)
            name = interfaces[i].name;
    RpcStringFreeA(&text);
    return name;
}
