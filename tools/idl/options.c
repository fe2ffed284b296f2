/* SPDX-License-Identifier: Apache-2.0
 * options.c - MIDL's switches, in - and / form. desktop-src/Midl/midl-command-line-reference.md
 *
 * What only MIDL's own output has (type libraries, proxies, format strings) is taken and ignored,
 * so that a line from somebody's Makefile works as it is.
 */
#include "options.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "file.h"

enum kind {
    FLAG,   /* sets *flag */
    VALUE,  /* the next word is put into *text */
    FOLDER, /* -I */
    DEFINE, /* -D, -U */
    STUB,   /* none or stub, into *flag */
    CHARS,
    PREFIX,
    PROTOCOL,
    IGNORED,      /* alone */
    IGNORED_WORD, /* with its value */
    REFUSED,
};

struct option {
    const char *name;
    enum kind kind;
    size_t offset;      /* in struct options */
    const char *reason; /* of a refusal */
};

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct option table[] = {
    { "out",            VALUE,        AT(out), NULL },
    { "h",              VALUE,        AT(header), NULL },
    { "header",         VALUE,        AT(header), NULL },
    { "cstub",          VALUE,        AT(cstub), NULL },
    { "sstub",          VALUE,        AT(sstub), NULL },
    { "acf",            VALUE,        AT(acf), NULL },
    { "depfile",        VALUE,        AT(depfile), NULL },
    { "cpp_cmd",        VALUE,        AT(cpp_cmd), NULL },
    { "cpp_opt",        VALUE,        AT(cpp_opt), NULL },
    { "client",         STUB,         AT(client), NULL },
    { "server",         STUB,         AT(server), NULL },
    { "prefix",         PREFIX,       0, NULL },
    { "char",           CHARS,        0, NULL },
    { "protocol",       PROTOCOL,     0, NULL },
    { "no_cpp",         FLAG,         AT(no_cpp), NULL },
    { "nocpp",          FLAG,         AT(no_cpp), NULL },
    { "no_def_idir",    FLAG,         AT(no_folders), NULL },
    { "app_config",     FLAG,         AT(app_config), NULL },
    { "osf",            FLAG,         AT(emit.osf), NULL },
    { "rpcss",          FLAG,         AT(emit.rpcss), NULL },
    { "use_epv",        FLAG,         AT(emit.use_epv), NULL },
    { "no_default_epv", FLAG,         AT(emit.no_default_epv), NULL },
    { "syntax_check",   FLAG,         AT(check_only), NULL },
    { "zs",             FLAG,         AT(check_only), NULL },
    { "lint",           FLAG,         AT(lint), NULL },
    { "list",           FLAG,         AT(list), NULL },
    { "json",           FLAG,         AT(json), NULL },
    { "help",           FLAG,         AT(help), NULL },
    { "?",              FLAG,         AT(help), NULL },
    { "version",        FLAG,         AT(version), NULL },
    { "I",              FOLDER,       0, NULL },
    { "D",              DEFINE,       0, NULL },
    { "U",              DEFINE,       0, NULL },
    /* what the generated code does always, or what it has no use for */
    { "robust",         IGNORED,      0, NULL },
    { "no_robust",      IGNORED,      0, NULL },
    { "nologo",         IGNORED,      0, NULL },
    { "confirm",        IGNORED,      0, NULL },
    { "ms_ext",         IGNORED,      0, NULL },
    { "c_ext",          IGNORED,      0, NULL },
    { "ms_union",       FLAG,         AT(emit.ms_union), NULL },
    { "oldnames",       REFUSED,      0, "symbols are named x_v1_0_c_ifspec" },
    { "mktyplib203",    REFUSED,      0, "type libraries belong to COM, which is not carried" },
    { "winrt",          REFUSED,      0, "the Windows Runtime is not carried" },
    { "Oi",             IGNORED,      0, NULL },
    { "Oic",            IGNORED,      0, NULL },
    { "Oif",            IGNORED,      0, NULL },
    { "Oicf",           IGNORED,      0, NULL },
    { "Os",             IGNORED,      0, NULL },
    { "no_format_opt",  IGNORED,      0, NULL },
    { "no_stamp",       IGNORED,      0, NULL },
    { "version_stamp",  IGNORED,      0, NULL },
    { "no_settings_comment", IGNORED, 0, NULL },
    { "no_warn",        IGNORED,      0, NULL },
    { "savePP",         IGNORED,      0, NULL },
    { "ns",             IGNORED,      0, NULL },
    { "ns_prefix",      IGNORED,      0, NULL },
    { "sal",            IGNORED,      0, NULL },
    { "sal_local",      IGNORED,      0, NULL },
    { "notlb",          IGNORED,      0, NULL },
    { "newtlb",         IGNORED,      0, NULL },
    { "oldtlb",         IGNORED,      0, NULL },
    { "nomidl",         IGNORED,      0, NULL },
    { "win32",          IGNORED,      0, NULL },
    { "win64",          IGNORED,      0, NULL },
    { "amd64",          IGNORED,      0, NULL },
    { "x64",            IGNORED,      0, NULL },
    { "ia64",           IGNORED,      0, NULL },
    { "W0",             IGNORED,      0, NULL },
    { "W1",             IGNORED,      0, NULL },
    { "W2",             IGNORED,      0, NULL },
    { "W3",             IGNORED,      0, NULL },
    { "W4",             IGNORED,      0, NULL },
    { "WX",             IGNORED,      0, NULL },
    { "env",            IGNORED_WORD, 0, NULL },
    { "error",          IGNORED_WORD, 0, NULL },
    { "target",         IGNORED_WORD, 0, NULL },
    { "lcid",           IGNORED_WORD, 0, NULL },
    { "warn",           IGNORED_WORD, 0, NULL },
    { "pack",           IGNORED_WORD, 0, NULL },
    { "Zp",             IGNORED_WORD, 0, NULL },
    { "align",          IGNORED_WORD, 0, NULL },
    { "msc_ver",        IGNORED_WORD, 0, NULL },
    { "backward_compat", IGNORED_WORD, 0, NULL },
    { "cstruct_out",    IGNORED,      0, NULL },
    { "dlldata",        IGNORED_WORD, 0, NULL },
    { "iid",            IGNORED_WORD, 0, NULL },
    { "proxy",          IGNORED_WORD, 0, NULL },
    { "tlb",            IGNORED_WORD, 0, NULL },
    { "o",              IGNORED_WORD, 0, NULL },
    { NULL,             IGNORED,      0, NULL },
};
/* clang-format on */

/* The words not yet read. */
struct line {
    struct idl *run;
    struct words *next;
    struct options *to;
};

void words_add(struct idl *run, struct words **list, const char *text)
{
    while (*list)
        list = &(*list)->next;
    *list = (struct words *)idl_alloc(run, sizeof **list);
    (*list)->text = text;
}

struct words *words_split(struct idl *run, const char *text)
{
    struct words *list = NULL;
    const char *p = text;

    for (;;) {
        char *word = NULL;
        size_t n = 0;
        bool quoted = false;

        p += strspn(p, " \t\r\n\x1a");
        if (!*p)
            return list;
        word = (char *)idl_alloc(run, strlen(p) + 1);
        for (; *p && (quoted || !strchr(" \t\r\n\x1a", *p)); p++)
            if (*p == '"')
                quoted = !quoted;
            else
                word[n++] = *p;
        words_add(run, &list, word);
    }
}

static bool wrong(const char *what, const char *word, const char *more)
{
    fprintf(stderr, "countersign-idl: %s%s%s\n  try: countersign-idl --help\n", what, word, more);
    return false;
}

/* What stands joined to the option, or the next word. */
static const char *value_of(struct line *l, const char *joined)
{
    const char *s = joined;

    if (*s == ':' || *s == '=')
        s++;
    if (*s)
        return s;
    if (!l->next)
        return NULL;
    s = l->next->text;
    l->next = l->next->next;
    return s;
}

/* Which prefix a word of /prefix is about; NULL for another word. */
static const char **prefix_of(struct options *to, const char *which)
{
    if (strcmp(which, "all") == 0)
        return &to->prefix_all;
    if (strcmp(which, "client") == 0 || strcmp(which, "cstub") == 0)
        return &to->emit.client_prefix;
    if (strcmp(which, "server") == 0 || strcmp(which, "sstub") == 0)
        return &to->emit.server_prefix;
    return strcmp(which, "switch") == 0 ? &to->emit.switch_prefix : NULL;
}

/* /prefix client "c_" server "s_": pairs as long as there are any. */
static bool read_prefix(struct line *l, const char *which)
{
    const char **prefix = prefix_of(l->to, which);

    if (!prefix)
        return wrong("/prefix is client, server, switch or all, not ", which, "");
    for (;;) {
        *prefix = value_of(l, "");
        if (!*prefix)
            return wrong("/prefix ", which, " lacks its string");
        which = l->next ? l->next->text : "";
        prefix = prefix_of(l->to, which);
        if (!prefix || !l->next)
            return true;
        l->next = l->next->next;
    }
}

static void prefix_default(struct options *to)
{
    const char *all = to->prefix_all ? to->prefix_all : "";

    to->emit.client_prefix = to->emit.client_prefix ? to->emit.client_prefix : all;
    to->emit.server_prefix = to->emit.server_prefix ? to->emit.server_prefix : all;
    to->emit.switch_prefix = to->emit.switch_prefix ? to->emit.switch_prefix : all;
}

static bool read_chars(struct options *to, const char *s)
{
    if (strcmp(s, "signed") == 0)
        to->emit.chars = IDL_CHAR_SIGNED;
    else if (strcmp(s, "unsigned") == 0)
        to->emit.chars = IDL_CHAR_UNSIGNED;
    else if (strcmp(s, "ascii7") == 0)
        to->emit.chars = IDL_CHAR_ASCII7;
    else
        return wrong("/char is signed, unsigned or ascii7, not ", s, "");
    return true;
}

static bool read_protocol(struct options *to, const char *s)
{
    if (strcmp(s, "all") == 0)
        to->emit.protocol = IDL_PROTOCOL_ALL;
    else if (strcmp(s, "dce") == 0)
        to->emit.protocol = IDL_PROTOCOL_DCE;
    else if (strcmp(s, "ndr64") == 0)
        to->emit.protocol = IDL_PROTOCOL_NDR64;
    else
        return wrong("/protocol is dce, all or ndr64, not ", s, "");
    return true;
}

static bool read_valued(struct line *l, const struct option *o, const char *joined)
{
    const char *s = value_of(l, joined);
    bool *flag = (bool *)((char *)l->to + o->offset);

    if (!s)
        return wrong("the option ", o->name, " lacks its value");
    switch (o->kind) {
    case VALUE:
        *(const char **)((char *)l->to + o->offset) = s;
        return true;
    case FOLDER:
        words_add(l->run, &l->to->folders, s);
        return true;
    case DEFINE:
        words_add(l->run, &l->to->defines, idl_printf(l->run, "-%s%s", o->name, s));
        return true;
    case STUB:
        *flag = strcmp(s, "stub") == 0;
        return *flag || strcmp(s, "none") == 0 || wrong(o->name, " is stub or none, not ", s);
    case CHARS:
        return read_chars(l->to, s);
    case PREFIX:
        return read_prefix(l, s);
    case PROTOCOL:
        return read_protocol(l->to, s);
    default:
        return true;
    }
}

/* The option a word begins with: by its whole name, or joined to its value. */
static const struct option *find(const char *word, const char **ret_joined)
{
    const struct option *o = NULL;

    for (o = table; o->name; o++) {
        bool one = !o->name[1] || strcmp(o->name, "Zp") == 0; /* -D is not -d */

        *ret_joined = word + strlen(word);
        if ((one ? strcmp(word, o->name) : strcasecmp(word, o->name)) == 0)
            return o;
    }
    for (o = table; o->name; o++) {
        size_t n = strlen(o->name);
        bool takes = (o->kind == FOLDER || o->kind == DEFINE || strcmp(o->name, "Zp") == 0 ||
                      strcmp(o->name, "acf") == 0);

        *ret_joined = word + (strlen(word) < n ? 0 : n);
        if (strncmp(word, o->name, n) == 0 && word[n] &&
            (takes || word[n] == ':' || word[n] == '='))
            return o;
    }
    return NULL;
}

static bool read_option(struct line *l, const char *word, const char *name)
{
    const char *joined = "";
    const struct option *o = find(name, &joined);

    if (!o)
        return wrong("there is no option ", word, "");
    switch (o->kind) {
    case FLAG:
        *(bool *)((char *)l->to + o->offset) = true;
        return true;
    case IGNORED:
        return true;
    case REFUSED:
        fprintf(stderr, "countersign-idl: %s: %s\n", word, o->reason);
        return false;
    default:
        return read_valued(l, o, joined);
    }
}

/* A Unix path may look like one of MIDL's switches: what is there as a file is no switch. */
static bool is_path(const char *word)
{
    const char *joined = NULL;

    if (word[0] != '/')
        return true;
    return file_exists(word) || (strchr(word + 1, '/') && !find(word + 1, &joined));
}

static bool read_response(struct line *l, const char *path)
{
    struct file f = { 0 };
    struct words *more = NULL, **end = NULL;

    if (!file_read(l->run, path, &f))
        return wrong("the response file ", path, " cannot be read");
    more = words_split(l->run, f.text);
    for (end = &more; *end; end = &(*end)->next)
        continue;
    *end = l->next;
    l->next = more;
    return true;
}

static bool read_word(struct line *l, const char *word)
{
    if (word[0] == '@')
        return read_response(l, word + 1);
    if (word[0] == '-' && word[1] == '-')
        return read_option(l, word, word + 2);
    if (word[0] == '-' && word[1])
        return read_option(l, word, word + 1);
    if (!is_path(word))
        return read_option(l, word, word + 1);
    words_add(l->run, &l->to->files, word);
    return true;
}

bool options_read(struct idl *run, int argc, char **argv, struct options *ret)
{
    struct line l = { .run = run, .to = ret };
    unsigned count = 0;
    int i;

    *ret = (struct options){ .client = true, .server = true };
    for (i = 1; i < argc; i++)
        words_add(run, &l.next, argv[i]);
    while (l.next) {
        const char *word = l.next->text;

        l.next = l.next->next;
        if (++count > 10000)
            return wrong("response files without an end: @", word, "");
        if (!read_word(&l, word))
            return false;
    }
    prefix_default(ret);
    if (ret->emit.osf && ret->app_config)
        return wrong("/osf and /app_config", "", " exclude each other");
    if (ret->list && ret->lint)
        return wrong("--list", "", " and --lint exclude each other");
    if (ret->json && !ret->lint)
        return wrong("--json", "", " is how --lint reports");
    if (!ret->files && !ret->help && !ret->version)
        return wrong("which IDL file?", "", "");
    if (ret->files && ret->files->next && (ret->header || ret->cstub || ret->sstub || ret->acf))
        return wrong("with several IDL files", "", ", none of /header /cstub /sstub /acf");
    return true;
}
