#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_audit.sh - countersign audit without a domain: the sample of local calls and the weak one,
# through our endpoint mapper and by their bindings; the page; and every way of not being there.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"
# shellcheck source=tests/lib/audit.sh
. "$(dirname "$0")/../lib/audit.sh"
cd "$TEST_TMP"
mkdir -m 755 ncalrpc
export COUNTERSIGN_NCALRPC_DIR="$TEST_TMP/ncalrpc"
PATH=$COUNTERSIGN_BUILD/samples:$PATH
weak=$(uuid weak/weak.idl)
cellar=$(uuid weak/cellar.idl)

# Ways of not being there.
audit 0 --help
says "^EXIT STATUS"
audit 3
audit 3 "ncalrpc:[nobody]"
says "nobody" err
audit 3 "127.0.0.1[1]"
audit 2 "ncacn_np:host[pipe]"
audit 2 "127.0.0.1[" # no binding
audit 2 one two
audit 2 --least E
audit 2 --least AB
audit 2 --interface weak
audit 2 --timeout 0
audit 2 --sideways

# The best: a server that only this host's callers reach, and that knows each of them.
serve local.log local-server
audit 0 "ncalrpc:[Countersign Sample]" --least A
says "^grade A: 2 of 2 endpoints asked$"
says "^  holds    7  Null sessions$"
says "^  unseen   9  "
audit 0 "ncalrpc:[Countersign Sample]" --json
json 'd["grade"] == "A" and [p["number"] for p in d["practices"]] == list(range(1, 17))'
json '{f["id"] for f in d["findings"]} == {"tells-anybody"}'

# The worst, through the mapper: the second interface is not in its map, and is found.
epmapd_up
export COUNTERSIGN_EPMAPPER_PORT="$EPM_PORT"
serve weak.log weak-server --register "<b>weak & sons</b>"
audit 1 127.0.0.1 --json
json 'd["grade"] == "F" and not d["asked_as_user"]'
json "ids('$weak') == {'anybody', 'levels-unseen', 'no-limit'}"
json "ids('$cellar') == {'anybody', 'levels-unseen', 'no-limit', 'beside'}"
json "[e['in_map'] for e in d['endpoints'] if e['interface'] == '$cellar'] == [False]"
json '{p["number"] for p in d["practices"] if p["state"] == "broken"} == {3, 7, 13, 16}'
json 'all(f["fix"] and f["where"] and f["documentation"].startswith("https://") for f in d["findings"])'
audit 0 127.0.0.1 --least F
audit 1 127.0.0.1 --interface "$weak"
says "^  F   ncacn_ip_tcp:\[[0-9]+\] +anybody$"
says "^  F   Null sessions  \(anybody\)$"
says "^      fix: .*RPC_IF_ALLOW_SECURE_ONLY"
! grep -q "$cellar" out || fail "another interface than the one asked for: $(cat out)"
audit 4 127.0.0.1 --interface 00004711-1234-abcd-ef00-0123456789ac
audit 1 --html page.html # this host, over ncalrpc
says "^grade F: "
binding=$(sed -n 's/^listening on ncacn_ip_tcp:.*\(\[.*]\)$/127.0.0.1\1/p' weak.log)
audit 1 "$binding" --json
json "ids('$cellar') == {'anybody', 'levels-unseen', 'no-limit'}"
json "{e['ndr64'] for e in d['endpoints'] if e['interface'] in ('$weak', '$cellar')} == {True}"
json "len(d['not_asked']) == 3 and 'context handles' in d['not_asked'][1]"
audit 1 "ncacn_ip_tcp:$binding"
says "^NDR alone is taken by 3 endpoints, NDR64 alone by [23] of them$"
says "^not asked: binds that decline header signing"
says "^not asked: how many connections .* with --active alone$"
says "^grade F: 3 of 3 endpoints asked, 2 of them"

# Operations are called with --active alone, and only those of an IDL that a stub refuses.
audit 2 "$binding" --active
says "\-\-idl FILE says which" err
audit 2 "$binding" --idl "$COUNTERSIGN_SOURCE/samples/weak/weak.idl"
audit 2 --pid 1 --active --idl "$COUNTERSIGN_SOURCE/samples/weak/weak.idl"
audit 1 "$binding" --active --idl none.idl
says "none.idl: No such file" err
echo "interface broken {" >broken.idl
audit 1 "$binding" --active --idl broken.idl
says "broken.idl: countersign-idl does not take it" err
audit 1 "$binding" --active --json --idl "$COUNTERSIGN_SOURCE/samples/weak/weak.idl" \
    --idl "$COUNTERSIGN_SOURCE/samples/weak/cellar.idl"
json "[(o['number'], o['name'], o['anybody'], o['weak']) for e in d['endpoints']
    for o in e['operations'] if e['interface'] == '$weak'] == [(0, 'WeakCount', 'reached', 'not called')]"
json "[(o['name'], o['anybody']) for e in d['endpoints'] for o in e['operations']
    if e['interface'] == '$cellar'] == [('CellarDepth', 'not called')]"
json '8 in states("holds")'
json "{e['connections'] for e in d['endpoints']} == {64} and 'many-connections' in ids('$weak')"
json "'operation-anybody' not in ids('$weak')" # its interface takes them already
audit 1 "$binding" --active --idl "$COUNTERSIGN_SOURCE/samples/weak/weak.idl"
says "^ +0  WeakCount +anybody: reached; below integrity: not called$"
audit 1 "$binding" --json
json 'all(e["operations"] == [] for e in d["endpoints"]) and 8 in states("unseen")'

weak_binding=$binding
serve few.log env COUNTERSIGN_POLICY="client-connections=enforce 5" weak-server
audit 1 "$binding" --timeout 20 --active --json --idl "$COUNTERSIGN_SOURCE/samples/weak/weak.idl"
json "1 <= max(e['connections'] for e in d['endpoints']) <= 5 and 'many-connections' not in ids('$weak')"
binding=$weak_binding

# The page: whole, nothing from elsewhere, and what others wrote is text.
/usr/bin/python3 - page.html <<'END' || fail "the page: $(cat page.html)"
import html.parser, sys
class Page(html.parser.HTMLParser):
    tags, text, sources = set(), "", []
    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.sources += [v for n, v in attributes if n in ("src", "style", "onload", "onclick")]
        self.sources += [v for n, v in attributes if n == "href" and tag != "a"]
    def handle_data(self, data):
        self.text += data
page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
assert not page.tags & {"script", "link", "img", "iframe", "b", "object"}, page.tags
assert not page.sources, page.sources
assert "<b>weak & sons</b>" in page.text and "Null sessions" in page.text
END
audit 1 "$binding" --html "$TEST_TMP/none/page.html"
says "none/page.html: No such file" err
[ ! -w /dev/full ] || audit 1 "$binding" --html /dev/full
epmapd_down
