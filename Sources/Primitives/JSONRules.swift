/// What a JSON text may hold, beyond being well formed.
package struct JSONRules: Sendable {
    package let maximumBytes: Int
    package let depth: Int
    package let allowsNull: Bool
    package let allowsFractions: Bool

    package init(maximumBytes: Int, depth: Int, allowsNull: Bool, allowsFractions: Bool) {
        self.maximumBytes = maximumBytes
        self.depth = depth
        self.allowsNull = allowsNull
        self.allowsFractions = allowsFractions
    }

    /// Sheets and everything that is signed, hashed or sent: integers below 2^53, no null.
    package static let strict = JSONRules(
        maximumBytes: Limits.contentBytes,
        depth: Limits.jsonDepth,
        allowsNull: false,
        allowsFractions: false
    )

    /// Schemas, configuration and the outside test suites: all of RFC 8259 within bounds.
    package static let general = JSONRules(
        maximumBytes: Limits.contentBytes,
        depth: Limits.generalJSONDepth,
        allowsNull: true,
        allowsFractions: true
    )

    package func within(_ bytes: Int) -> JSONRules {
        JSONRules(
            maximumBytes: bytes,
            depth: depth,
            allowsNull: allowsNull,
            allowsFractions: allowsFractions
        )
    }
}
