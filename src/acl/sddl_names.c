/* SPDX-License-Identifier: Apache-2.0
 * sddl_names.c - the words of SDDL.  [MS-DTYP] 2.5.1.1, 2.4.2.4
 */
#include "acl/sddl_names.h"

#include "base/detail.h"

/* clang-format off */
const struct sddl_name sddl_types[] = {
    { "A", ACE_ALLOWED }, { "D", ACE_DENIED }, { "OA", ACE_ALLOWED_OBJECT },
    { "OD", ACE_DENIED_OBJECT }, { "AU", ACE_AUDIT }, { "AL", ACE_ALARM },
    { "OU", ACE_AUDIT_OBJECT }, { "OL", ACE_ALARM_OBJECT }, { "ML", ACE_MANDATORY_LABEL },
    { "SP", ACE_SCOPED_POLICY }, { "XA", ACE_ALLOWED_CALLBACK }, { "XD", ACE_DENIED_CALLBACK },
    { "ZA", ACE_ALLOWED_CALLBACK_OBJECT }, { "XU", ACE_AUDIT_CALLBACK },
    { "RA", ACE_RESOURCE_ATTRIBUTE }, { "", 0 },
};

const struct sddl_name sddl_ace_flags[] = {
    { "OI", ACE_OBJECT_INHERIT }, { "CI", ACE_CONTAINER_INHERIT }, { "NP", ACE_NO_PROPAGATE },
    { "IO", ACE_INHERIT_ONLY }, { "ID", ACE_INHERITED }, { "CR", ACE_CRITICAL },
    { "SA", ACE_SUCCESS }, { "FA", ACE_FAILURE }, { "", 0 },
};

const struct sddl_name sddl_bits[] = {
    { "CC", 0x001 }, { "DC", 0x002 }, { "LC", 0x004 }, { "SW", 0x008 }, { "RP", 0x010 },
    { "WP", 0x020 }, { "DT", 0x040 }, { "LO", 0x080 }, { "CR", 0x100 }, { "SD", 0x10000 },
    { "RC", RIGHT_READ_CONTROL }, { "WD", RIGHT_WRITE_DAC }, { "WO", 0x80000 },
    { "GA", RIGHT_GENERIC_ALL }, { "GX", RIGHT_GENERIC_EXECUTE }, { "GW", RIGHT_GENERIC_WRITE },
    { "GR", RIGHT_GENERIC_READ }, { "", 0 },
};

const struct sddl_name sddl_rights[] = {
    { "FA", 0x1f01ff }, { "FR", 0x120089 }, { "FW", 0x120116 }, { "FX", 0x1200a0 },
    { "KA", 0x0f003f }, { "KR", 0x020019 }, { "KW", 0x020006 }, { "KX", 0x020019 }, { "", 0 },
};

const struct sddl_name sddl_label_rights[] = {
    { "NW", 1 }, { "NR", 2 }, { "NX", 4 }, { "", 0 },
};

/* What stands before the last number of a SID. */
enum base { NONE, WORLD, CREATOR, NT, BUILTIN, LABEL, SERVICE, PACKAGE, DRIVER, DOMAIN, ROOT };

static const struct sid bases[] = {
    [WORLD] = { .authority = 1 }, [CREATOR] = { .authority = 3 }, [NT] = { .authority = 5 },
    [BUILTIN] = { .authority = 5, .count = 1, .sub = { 32 } },
    [LABEL] = { .authority = 16 }, [SERVICE] = { .authority = 18 },
    [PACKAGE] = { .authority = 15, .count = 1, .sub = { 2 } },
    [DRIVER] = { .authority = 5, .count = 5, .sub = { 84 } },
};

static const struct alias {
    char text[3];
    enum base base;
    uint32_t rid;
} aliases[] = {
    { "WD", WORLD, 0 }, { "CO", CREATOR, 0 }, { "CG", CREATOR, 1 }, { "OW", CREATOR, 4 },
    { "NU", NT, 2 }, { "IU", NT, 4 }, { "SU", NT, 6 }, { "AN", NT, 7 }, { "ED", NT, 9 },
    { "PS", NT, 10 }, { "AU", NT, 11 }, { "RC", NT, 12 }, { "SY", NT, 18 }, { "LS", NT, 19 },
    { "NS", NT, 20 }, { "WR", NT, 33 },
    { "BA", BUILTIN, 544 }, { "BU", BUILTIN, 545 }, { "BG", BUILTIN, 546 }, { "PU", BUILTIN, 547 },
    { "AO", BUILTIN, 548 }, { "SO", BUILTIN, 549 }, { "PO", BUILTIN, 550 }, { "BO", BUILTIN, 551 },
    { "RE", BUILTIN, 552 }, { "RU", BUILTIN, 554 }, { "RD", BUILTIN, 555 }, { "NO", BUILTIN, 556 },
    { "MU", BUILTIN, 558 }, { "LU", BUILTIN, 559 }, { "IS", BUILTIN, 568 }, { "CY", BUILTIN, 569 },
    { "ER", BUILTIN, 573 }, { "CD", BUILTIN, 574 }, { "RA", BUILTIN, 575 }, { "ES", BUILTIN, 576 },
    { "MS", BUILTIN, 577 }, { "HA", BUILTIN, 578 }, { "AA", BUILTIN, 579 }, { "RM", BUILTIN, 580 },
    { "HO", BUILTIN, 584 }, { "SH", BUILTIN, 585 },
    { "LW", LABEL, 0x1000 }, { "ME", LABEL, 0x2000 }, { "MP", LABEL, 0x2100 },
    { "HI", LABEL, 0x3000 }, { "SI", LABEL, 0x4000 },
    { "AS", SERVICE, 1 }, { "SS", SERVICE, 2 }, { "AC", PACKAGE, 1 }, { "UD", DRIVER, 0 },
    { "LA", DOMAIN, 500 }, { "LG", DOMAIN, 501 }, { "DA", DOMAIN, 512 }, { "DU", DOMAIN, 513 },
    { "DG", DOMAIN, 514 }, { "DC", DOMAIN, 515 }, { "DD", DOMAIN, 516 }, { "CA", DOMAIN, 517 },
    { "PA", DOMAIN, 520 }, { "CN", DOMAIN, 522 }, { "AP", DOMAIN, 525 }, { "KA", DOMAIN, 526 },
    { "RS", DOMAIN, 553 },
    { "RO", ROOT, 498 }, { "SA", ROOT, 518 }, { "EA", ROOT, 519 }, { "EK", ROOT, 527 },
};
/* clang-format on */

const struct sddl_name *sddl_by_text(const struct sddl_name *table, const char *s)
{
    for (; table->text[0]; table++)
        if (strncmp(s, table->text, strlen(table->text)) == 0)
            return table;
    return NULL;
}

const struct sddl_name *sddl_by_value(const struct sddl_name *table, uint32_t value)
{
    for (; table->text[0]; table++)
        if (table->value == value)
            return table;
    return NULL;
}

bool sddl_is_object(uint8_t type)
{
    return type >= ACE_ALLOWED_OBJECT && type <= ACE_ALARM_OBJECT;
}

bool sddl_is_system(uint8_t type)
{
    return type == ACE_AUDIT || type == ACE_ALARM || type == ACE_AUDIT_OBJECT ||
           type == ACE_ALARM_OBJECT || type == ACE_MANDATORY_LABEL || type == ACE_SCOPED_POLICY;
}

/* False where it is relative to a domain that is not known, or that is full already. */
static bool alias_sid(const struct alias *a, const struct sddl_domain *domain, struct sid *ret)
{
    const struct sid *base = &bases[NONE];

    if (a->base == DOMAIN)
        base = domain ? domain->domain : NULL;
    else if (a->base == ROOT)
        base = domain ? domain->root : NULL;
    else
        base = &bases[a->base];
    if (!base || base->count == SID_SUBS_MAX)
        return false;
    *ret = *base;
    ret->sub[ret->count++] = a->rid;
    return true;
}

enum err sddl_sid_of(const char *text, const struct sddl_domain *domain, struct sid *ret)
{
    enum err e;
    size_t i;

    for (i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strncmp(text, aliases[i].text, 2) != 0)
            continue;
        if (alias_sid(&aliases[i], domain, ret))
            return ERR_OK;
        e = detail_fail(ERR_UNSUPPORTED,
                        "\"%s\" is the account %u of a domain whose SID is not known",
                        aliases[i].text, aliases[i].rid);
        detail_remedy("write the SID itself, S-1-5-21-...-%u", aliases[i].rid);
        return e;
    }
    return ERR_NOT_FOUND;
}

const char *sddl_name_of(const struct sid *s, const struct sddl_domain *domain)
{
    struct sid a;
    size_t i;

    for (i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (alias_sid(&aliases[i], domain, &a) && sid_equal(&a, s))
            return aliases[i].text;
    return NULL;
}
