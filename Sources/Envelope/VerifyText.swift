import Primitives

/// `verify.txt`: how the file is checked with nothing but `openssl`. The text is fixed; another one
/// in its place is a fault.
enum VerifyText {
    static let bytes = text.bytes

    private static let text = """
        How to check this delivery with the openssl program alone.

        accepted=$(date -u -d "$(openssl cms -verify -binary -cades -inform DER -in accepted.der \\
          -CAfile root.pem -attime $(date +%s) | grep -o '"acceptedAt":"[^"]*"' | cut -d'"' -f4)" +%s)

        openssl cms -verify -binary -cades -inform DER -in content.der -certfile chain.pem \\
          -CAfile root.pem -attime "$accepted" -out content.tar
        tar xf content.tar routing.json && cmp routing.json ../routing.json
        openssl asn1parse -inform DER -in content.der | grep -A2 1.3.6.1.4.1.99999.1.1.1
        openssl dgst -sha256 routing.json

        for s in submission accepted delivered opened confirmed; do
          openssl cms -verify -binary -cades -inform DER -in $s.der -certfile chain.pem \\
            -CAfile root.pem -attime "$accepted" -out $s.json
        done
        Each receipt names the SHA-256 of the one before it:
        openssl dgst -sha256 submission.der accepted.der delivered.der opened.der confirmed.der

        The promise of a receipt: the same digits in its leaf, the leaf under the log's checkpoint.
        openssl dgst -sha256 accepted.der; grep -o '"statementSha256":"[0-9a-f]*"' accepted.leaf.json
        printf '\\0' | cat - accepted.leaf.json | openssl dgst -sha256

        root.pem is the root certificate of the exchange, compared with the joining paper.

        """
}
