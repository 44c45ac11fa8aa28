import Primitives

/// `verify.txt`: how the file is checked with `openssl` and the tools of a shell. The text is
/// fixed; another one in its place is a fault.
enum VerifyText {
    static let bytes = text.bytes

    private static let text = #"""
        # How to check this delivery with openssl and the usual tools of a shell.
        #
        # Unpack the file into an empty folder and put the root certificate of the exchange beside
        # it as root.pem, compared with the joining paper. Then run these lines: bash verify.txt

        set -euo pipefail
        hash() { openssl dgst -sha256 -r "$1" | cut -d' ' -f1; }
        # What a statement says itself, not what a list in it says of each of its items.
        told() {
          sed 's/\[[^][]*\]//g' "$1" | grep -o "\"$2\":\"[^\"]*\"" | head -1 | cut -d'"' -f4
        }
        fail() { echo "FAILED: $1"; exit 1; }

        test -e root.pem || fail "root.pem: put the exchange's root certificate beside this file"

        # A statement is judged at the time that it states ($2), the submission at acceptedAt.
        check() {
          openssl cms -verify -noverify -binary -inform DER -in "$1.der" -out "$1.json" \
            2> /dev/null || fail "$1.der: signature"
          at=$(date -u -d "$(told "${3:-$1}.json" "$2")" +%s)
          openssl cms -verify -binary -cades -inform DER -in "$1.der" -certfile chain.pem \
            -CAfile root.pem -attime "$at" -out "$1.json" 2> /dev/null || fail "$1.der: chain"
          echo "$1: $(told "$1.json" issuer) $(told "${3:-$1}.json" "$2")"
        }

        # What a statement names ($2) is the hash of the file before it ($3).
        names() { test "$(told "$1.json" "$2")" = "$(hash "$3")" || fail "$1.der: $2"; }

        # The promise of a receipt: its hash stands in the leaf. That the leaf is in the log is
        # proved by the .tlog-proof file beside it, with the log key of policy or membership.
        promise() {
          test -e "$1.leaf.json" || return 0
          names_leaf=$(told "$1.leaf.json" statementSha256)
          test "$names_leaf" = "$(hash "$1.der")" || fail "$1.leaf.json: statementSha256"
          printf '\0' | cat - "$1.leaf.json" | openssl dgst -sha256 -r | cut -d' ' -f1 \
            | sed "s/^/$1: leaf /"
        }

        check accepted acceptedAt
        check submission acceptedAt accepted
        names submission routingSha256 routing.json
        names accepted routingSha256 routing.json
        names accepted submissionSha256 submission.der
        test ! -e sealed.der || names submission sealedSha256 sealed.der
        promise accepted

        for receipt in delivered:accepted refused:accepted opened:delivered confirmed:opened \
          expired:accepted undeliverable:accepted; do
          this=${receipt%:*} before=${receipt#*:}
          test -e "$this.der" || continue
          case $this in undeliverable) at=closedAt ;; *) at=${this}At ;; esac
          check "$this" "$at"
          names "$this" "${before}Sha256" "$before.der"
          promise "$this"
        done

        # The content: signed by the sender for exactly this routing header.
        if test -e content.der; then
          at=$(date -u -d "$(told accepted.json acceptedAt)" +%s)
          openssl cms -verify -binary -cades -inform DER -in content.der -certfile chain.pem \
            -CAfile root.pem -attime "$at" -out content.tar 2> /dev/null || fail content.der
          tar xOf content.tar routing.json | cmp - routing.json || fail "content.der: routing.json"
          openssl asn1parse -inform DER -in content.der | grep -A2 1.3.6.1.4.1.99999.1.1.1 \
            | grep -qi "$(hash routing.json)" || fail "content.der: renkei-binding"
          test ! -e delivered.der || names delivered contentSha256 content.tar
          echo "content: $(tar tf content.tar | tr '\n' ' ')"
        fi
        echo "All signatures and hashes hold."

        """#
}
