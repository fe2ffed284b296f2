/* SPDX-License-Identifier: Apache-2.0
 * svcguid.h - the classes of well-known services: a port of TCP or UDP, or a type of NetWare's,
 * within a GUID. Numbers are in the host's order.
 *
 * Source: desktop-src/WinSock/summary-of-name-resolution-functions-2.md
 */
#ifndef COUNTERSIGN_SVCGUID_H
#define COUNTERSIGN_SVCGUID_H

#include "wintypes.h"

#define CS_SVCID_TCP 0x0009
#define CS_SVCID_UDP 0x000A
#define CS_SVCID_NETWARE 0x000B
#define CS_SVCID_TAIL                                                                              \
    {                                                                                              \
        0xC0, 0, 0, 0, 0, 0, 0, 0x46                                                               \
    }
#define CS_SVCID(kind, number, record)                                                             \
    {                                                                                              \
        ((ULONG)(kind) << 16) | (USHORT)(number), 0, (record), CS_SVCID_TAIL                       \
    }

/* Initializers of a GUID. */
#define SVCID_TCP_RR(port, record) CS_SVCID(CS_SVCID_TCP, port, record)
#define SVCID_TCP(port) CS_SVCID(CS_SVCID_TCP, port, 0)
#define SVCID_UDP(port) CS_SVCID(CS_SVCID_UDP, port, 0)
#define SVCID_NETWARE(type) CS_SVCID(CS_SVCID_NETWARE, type, 0)
#define SVCID_HOSTNAME CS_SVCID(0x0002, 0xA800, 0)
#define SVCID_INET_HOSTADDRBYINETSTRING CS_SVCID(0x0002, 0xA801, 0)
#define SVCID_INET_SERVICEBYNAME CS_SVCID(0x0002, 0xA802, 0)
#define SVCID_INET_HOSTADDRBYNAME CS_SVCID(0x0002, 0xA803, 0)

static inline BOOL cs_svcid_is(const GUID *guid, ULONG kind)
{
    return guid->Data1 >> 16 == kind && guid->Data2 == 0 && guid->Data4[0] == 0xC0 &&
           !guid->Data4[1] && !guid->Data4[2] && !guid->Data4[3] && !guid->Data4[4] &&
           !guid->Data4[5] && !guid->Data4[6] && guid->Data4[7] == 0x46;
}

static inline void cs_svcid_set(GUID *guid, ULONG kind, USHORT number)
{
    GUID made = CS_SVCID(kind, number, 0);

    *guid = made;
}

/* Of a pointer to a GUID. */
#define IS_SVCID_TCP(guid) cs_svcid_is((guid), CS_SVCID_TCP)
#define IS_SVCID_UDP(guid) cs_svcid_is((guid), CS_SVCID_UDP)
#define IS_SVCID_NETWARE(guid) cs_svcid_is((guid), CS_SVCID_NETWARE)
#define PORT_FROM_SVCID_TCP(guid) ((WORD)((guid)->Data1 & 0xFFFF))
#define PORT_FROM_SVCID_UDP(guid) PORT_FROM_SVCID_TCP(guid)
#define SAPID_FROM_SVCID_NETWARE(guid) PORT_FROM_SVCID_TCP(guid)
#define SET_TCP_SVCID(guid, port) cs_svcid_set((guid), CS_SVCID_TCP, (USHORT)(port))
#define SET_UDP_SVCID(guid, port) cs_svcid_set((guid), CS_SVCID_UDP, (USHORT)(port))
#define SET_NETWARE_SVCID(guid, type) cs_svcid_set((guid), CS_SVCID_NETWARE, (USHORT)(type))

#endif
