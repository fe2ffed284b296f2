/* SPDX-License-Identifier: Apache-2.0
 * policy_text.h - how policy is written: lines of a file, or items of COUNTERSIGN_POLICY.
 *
 *   setting = name "=" ( "off" | "audit" | "enforce" ) [ value ]
 *
 * Case does not matter, blanks may stand around each and separate the words of a value; "#" begins
 * a comment. What a value may be, policy_value.h says.
 */
#pragma once

#include "base/bytes.h"
#include "base/policy.h"

enum {
    POLICY_TEXT_MAX = 64 * 1024, /* of a file: some hundred times what all switches need */
    POLICY_LINE_MAX = 1024,      /* of a line, without what ends it */
};

struct policy_setting {
    unsigned line; /* from 1 */
    bool known;    /* it names a switch */
    enum policy switch_of;
    enum policy_mode mode; /* ENFORCE where it is not understood */
    struct bytes value;    /* that parses as the switch's; empty: none is given */
    uint32_t number;       /* of it */
    const char *slip;      /* what is wrong; NULL: nothing. A constant */
};

typedef void policy_found(void *arg, const struct policy_setting *s, struct bytes line);

/* Tells of each setting, and of each line that is none, in their order. */
void policy_text_read(struct bytes text, char separator, policy_found *found, void *arg);
