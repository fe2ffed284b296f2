/* SPDX-License-Identifier: Apache-2.0
 * rnr_instance.h - services of Winsock's registration and resolution: the serviceInstance objects
 * of CN=WinsockServices, published, withdrawn, read and found.
 */
#pragma once

#include "base/sid.h"
#include "base/uuid.h"
#include "directory/search.h"
#include "names/rnr_address.h"

enum {
    RNR_ADDRESSES_MOST = 256, /* of one registration */
    RNR_COMMENT_MOST = 1024,  /* the schema's rangeUpper of description */
    RNR_DAMAGE_TEXT = 256,
};

struct rnr_version {
    uint32_t number;
    bool not_less; /* COMP_NOTLESS, else COMP_EQUAL */
};

/* An object, as it is. Whatever is damaged is left out, and damage says what. */
struct rnr_instance {
    char *dn, *name, *comment; /* comment "" where there is none */
    bool has_class, has_version, has_owner;
    struct uuid class_id;
    struct rnr_version version;
    struct rnr_address *address;
    size_t address_count;
    size_t value_count; /* of addresses in the object, damaged ones too */
    struct sid owner;
    char damage[RNR_DAMAGE_TEXT]; /* "" where there is none */
};

/* What is to be registered or withdrawn; everything borrowed. */
struct rnr_service {
    const char *name, *comment; /* comment NULL: none */
    struct uuid class_id;
    bool has_version;
    struct rnr_version version;
    const struct rnr_address *address;
    size_t address_count;
};

/* Creates the object, or makes the one that is there say the same. multiple: adds the addresses
 * to those that are there. ERR_INVALID_PARAMETER where the name is taken by an object of another
 * kind, or with multiple by a service of another class. */
MUST_CHECK enum err rnr_register(struct session *s, const struct rnr_service *want, bool multiple);
/* Removes all addresses, with multiple the given ones. ERR_NO_OBJECT for no such service. */
MUST_CHECK enum err rnr_deregister(struct session *s, const struct rnr_service *which,
                                   bool multiple);
/* Removes the object; with multiple the given addresses, and the object if none remain. */
MUST_CHECK enum err rnr_delete(struct session *s, const struct rnr_service *which, bool multiple);

/* The service of that name: ERR_NO_OBJECT where there is none. */
MUST_CHECK enum err rnr_instance_read(struct session *s, const char *name,
                                      struct rnr_instance *ret);
/* What a search with rnr_instance_attrs and owner_and_dacl found. */
extern const char *const rnr_instance_attrs[];
MUST_CHECK enum err rnr_instance_from(const struct entry *entry, struct rnr_instance *ret);
void rnr_instance_free(struct rnr_instance *i);

struct rnr_find;

/* Services by name (NULL: all), by class (NULL: any). s is closed by the caller, afterwards. */
MUST_CHECK enum err rnr_find_open(struct session *s, const char *name, const struct uuid *class_id,
                                  struct rnr_find **ret);
/* *ret is f's and lives until the next call; NULL: there are no more. */
MUST_CHECK enum err rnr_find_next(struct rnr_find *f, struct rnr_instance **ret);
/* What it was read from; as long as that. */
const struct entry *rnr_find_entry(const struct rnr_find *f);
/* From any thread: rnr_find_next ends with ERR_RPC_CANCELLED. */
void rnr_find_cancel(struct rnr_find *f);
void rnr_find_close(struct rnr_find *f);
