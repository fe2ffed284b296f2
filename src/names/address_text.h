/* SPDX-License-Identifier: Apache-2.0
 * address_text.h - addresses of Winsock services as text: "192.0.2.1:5001", "[2001:db8::1]:5001",
 * and with "/udp", or the number of another protocol, behind it what is not TCP.
 */
#pragma once

#include "names/rnr_address.h"

enum { ADDRESS_TEXT = 64 };

/* host: the DNS name that goes with it. */
MUST_CHECK enum err address_parse(const char *text, const char *host, struct rnr_address *ret);
void address_format(const struct rnr_address *a, char to[ADDRESS_TEXT]);
/* The same without what is behind the address itself: "192.0.2.1", "2001:db8::1". */
void address_format_ip(const struct rnr_address *a, char to[ADDRESS_TEXT]);
