/* SPDX-License-Identifier: Apache-2.0
 * main.c - countersign-idl: from x.idl and x.acf to x.h, x_c.c and x_s.c.
 */
#include <stdio.h>
#include <string.h>

#include <countersign/countersign.h>

#include "acl/sddl.h"
#include "file.h"
#include "idl/access.h"
#include "idl/check.h"
#include "lint_report.h"
#include "list.h"
#include "load.h"

static const char help[] =
    "countersign-idl - an interface in IDL becomes C for its client and its server\n"
    "\n"
    "USAGE\n"
    "    countersign-idl [OPTION...] FILE.idl...\n"
    "    countersign-idl [OPTION...] @FILE\n"
    "\n"
    "OPTIONS\n"
    "    -out FOLDER             where the files go; the current folder\n"
    "    -h FILE, -header FILE   instead of x.h\n"
    "    -cstub FILE             instead of x_c.c, which a client calls\n"
    "    -sstub FILE             instead of x_s.c, which calls a server's routines\n"
    "    -client none|stub       without x_c.c, or with it\n"
    "    -server none|stub       without x_s.c, or with it\n"
    "    -prefix KIND TEXT...    before the names of functions: client, server, switch or all\n"
    "    -acf FILE               instead of x.acf, where there is one beside x.idl\n"
    "    -app_config             [implicit_handle] and the like may stand in the IDL\n"
    "    -use_epv                the server's stub calls through a vector of routines\n"
    "    -no_default_epv         whoever registers the interface hands over that vector\n"
    "    -char KIND              how C has char: signed, unsigned or ascii7\n"
    "    -I FOLDER               where imports and includes are looked for, after the file's own\n"
    "    -D NAME[=TEXT], -U NAME a macro defined, or not\n"
    "    -cpp_cmd PROGRAM        the C preprocessor; cc\n"
    "    -cpp_opt TEXT           its options, instead of -E, -I, -D and -U\n"
    "    -no_cpp                 without one\n"
    "    -protocol SYNTAX        what calls are made in: dce (NDR), ndr64, or all; all\n"
    "    -zs, -syntax_check      nothing is written\n"
    "    --lint                  warn of what the security documentation advises against; nothing "
    "is\n"
    "                            written\n"
    "    --lint --json           the same for programs\n"
    "    --list                  the interfaces and operations, a line each; nothing is written\n"
    "    -depfile FILE           a make rule of all that was read\n"
    "    -version, -help\n"
    "\n"
    "MIDL's other switches are taken and change nothing; all begin with - or with /. The C that "
    "is\n"
    "written always checks bounds, ranges and counts: -robust says nothing new.\n"
    "\n"
    "EXAMPLES\n"
    "    countersign-idl hello.idl\n"
    "    countersign-idl -out build -server none -I /usr/share/idl hello.idl\n"
    "    countersign-idl --lint hello.idl\n"
    "    countersign-idl /Oicf /prefix client c_ server s_ /acf other.acf hello.idl\n"
    "\n"
    "EXIT STATUS\n"
    "    0  all files are written\n"
    "    1  an error in a file, as file:line:column, or a file that cannot be read or written\n"
    "    2  the command line was not understood\n"
    "    3  --lint has something to say\n";

typedef void emitter(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o);

/* A name with a folder in it stands where it says, others in /out's. */
static const char *output_path(struct idl *run, const struct options *opt, const char *name)
{
    if (!opt->out || strchr(name, '/'))
        return name;
    return idl_printf(run, "%s/%s", opt->out, name);
}

static bool put_output(const struct idl_program *p, const struct options *opt, const char *name,
                       emitter *emit)
{
    const char *path = output_path(p->run, opt, name);
    struct idl_text text = { 0 };
    struct idl_out o = { &text, 0 };
    bool ok = false;

    emit(p, &opt->emit, &o);
    ok = idl_error_count(p->run) == 0 && file_write(path, &text);
    if (!ok && idl_error_count(p->run) == 0)
        fprintf(stderr, "countersign-idl: %s cannot be written\n", path);
    idl_text_done(&text);
    return ok;
}

static void put_path(struct idl_text *t, const char *path)
{
    for (; *path; path++)
        idl_text_add(t, strchr(" #", *path) ? "\\%c" : "%c", *path);
}

/* x.h: x.idl imported.idl - of the outputs the first, since all are written together. */
static bool put_rule(struct idl *run, const struct options *opt, const char *header,
                     const struct load *l)
{
    struct idl_text t = { 0 };
    const struct words *w = NULL;
    bool ok = false;

    put_path(&t, output_path(run, opt, header));
    idl_text_add(&t, ":");
    for (w = load_read_files(l); w; w = w->next) {
        idl_text_add(&t, " \\\n  ");
        put_path(&t, w->text);
    }
    idl_text_add(&t, "\n");
    ok = file_write(opt->depfile, &t);
    if (!ok)
        fprintf(stderr, "countersign-idl: %s cannot be written\n", opt->depfile);
    idl_text_done(&t);
    return ok;
}

static void name_outputs(struct idl *run, struct options *opt, const char *path)
{
    const char *stem = file_stem(run, path);

    opt->emit.source = file_base(path);
    opt->emit.app_config = opt->app_config;
    opt->emit.header = opt->header ? opt->header : idl_printf(run, "%s.h", stem);
    opt->emit.client_stub = opt->cstub ? opt->cstub : idl_printf(run, "%s_c.c", stem);
    opt->emit.server_stub = opt->sstub ? opt->sstub : idl_printf(run, "%s_s.c", stem);
}

static bool put_outputs(const struct idl_program *p, struct options *opt, const struct load *l)
{
    const char *header = opt->emit.header;

    opt->emit.header = file_base(header); /* as the stubs include it */
    return put_output(p, opt, header, idl_emit_header) &&
           (!opt->client || put_output(p, opt, opt->emit.client_stub, idl_emit_client)) &&
           (!opt->server || put_output(p, opt, opt->emit.server_stub, idl_emit_server)) &&
           (!opt->depfile || put_rule(p->run, opt, header, l));
}

/* What one file comes to: STATUS_xxx. */
static int compile(struct options *opt, const char *path)
{
    struct idl *run = idl_new();
    struct load *l = load_new(run, opt);
    struct idl_program p = { .run = run, .scope = idl_scope_new(run) };
    int status = STATUS_FAILED;

    name_outputs(run, opt, path);
    p.file = load_idl(l, path);
    if (p.file) {
        p.acf = p.file->acf;
        idl_check(run, p.scope, p.file, p.acf);
        idl_check_access(run, p.file, sddl_check_list);
        if (idl_error_count(run) == 0 && !opt->lint && !opt->list && (opt->client || opt->server))
            idl_check_generated(run, p.file, opt->client);
        if (idl_error_count(run) == 0 && opt->list) {
            list_report(p.file);
            status = STATUS_DONE;
        } else if (idl_error_count(run) == 0 && opt->lint)
            status = lint_report(idl_lint(run, p.file), opt->json) ? STATUS_WARNED : STATUS_DONE;
        else if (idl_error_count(run) == 0 && (opt->check_only || put_outputs(&p, opt, l)))
            status = STATUS_DONE;
    }
    fputs(idl_errors(run), stderr);
    idl_free(run);
    return status;
}

static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("countersign-idl: standard output could not be written\n", stderr);
    return STATUS_FAILED;
}

int main(int argc, char **argv)
{
    struct idl *run = idl_new();
    struct options opt;
    const struct words *w = NULL;
    int status = STATUS_DONE, one;

    if (!options_read(run, argc, argv, &opt))
        status = STATUS_USAGE;
    else if (opt.help)
        fputs(help, stdout);
    else if (opt.version)
        puts("countersign-idl " COUNTERSIGN_VERSION);
    else
        for (w = opt.files; w; w = w->next) {
            one = compile(&opt, w->text);
            if (status != STATUS_FAILED && one != STATUS_DONE)
                status = one;
        }
    idl_free(run);
    return finish(status);
}
