/* SPDX-License-Identifier: Apache-2.0
 * fake_package.h - two tiny packages for tests of what stands above packages: no security at all.
 *
 * Their tokens are "NAME leg", their signature a checksum over direction, number and data. A
 * context takes as many legs as the package says: fake_kerberos 1 without mutual authentication,
 * 2 with it, 3 in DCE style; fake_ntlm 3.
 */
#pragma once

#include "package/package.h"

extern const struct package fake_kerberos, fake_ntlm;

/* Faults to order; all zero: none. */
struct fake_faults {
    enum err acquire, first_leg, accept; /* of fake_kerberos */
    bool no_integrity;                   /* neither grants it */
};
extern struct fake_faults fake_faults;

/* Contexts and credentials alive. */
extern int fake_alive;
