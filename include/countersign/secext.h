/* SPDX-License-Identifier: Apache-2.0
 * secext.h - names of users and computers in the directory's forms.
 *
 * Source: desktop-src/SecAuthN, secext.h
 */
#ifndef COUNTERSIGN_SECEXT_H
#define COUNTERSIGN_SECEXT_H

#include "winerror.h"
#include "wintypes.h"

typedef enum _EXTENDED_NAME_FORMAT {
    NameUnknown = 0,
    NameFullyQualifiedDN = 1,
    NameSamCompatible = 2,
    NameDisplay = 3,
    NameUniqueId = 6,
    NameCanonical = 7,
    NameUserPrincipal = 8,
    NameCanonicalEx = 9,
    NameServicePrincipal = 10,
    NameDnsDomain = 12,
    NameGivenName = 13,
    NameSurname = 14
} EXTENDED_NAME_FORMAT,
    *PEXTENDED_NAME_FORMAT;

#endif
