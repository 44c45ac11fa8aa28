package import Primitives

/// Bytes sealed under a data key; the store never opens them.
package struct SealedColumn: Hashable, Sendable, CustomStringConvertible {
    /// The row of `secrets.db`.
    package let keyReference: Int64
    package let bytes: [UInt8]

    package init(keyReference: Int64, bytes: [UInt8]) {
        self.keyReference = keyReference
        self.bytes = bytes
    }

    package var description: String { "(sealed)" }
}

/// What a data key is for.
package enum DataKeyUse: String, Hashable, Sendable {
    /// Openings of the log, personal columns, records.
    case columns
    /// Index tags of the log.
    case index
}

/// A data key as it is kept: under the storage key, or under that of its year; one per use, fiscal
/// year and subject.
package struct WrappedDataKey: Hashable, Sendable {
    package let use: DataKeyUse
    package let fiscalYear: Int
    /// A tag of whose key it is; empty: the year's own.
    package let subject: [UInt8]
    package let wrapped: [UInt8]
    package let createdAt: Timestamp

    package init(
        use: DataKeyUse,
        fiscalYear: Int,
        subject: [UInt8] = [],
        wrapped: [UInt8],
        createdAt: Timestamp
    ) {
        self.use = use
        self.fiscalYear = fiscalYear
        self.subject = subject
        self.wrapped = wrapped
        self.createdAt = createdAt
    }
}

/// A row of `secrets.db`.
package struct DataKeyRow: Hashable, Sendable {
    /// What sealed columns name.
    package let reference: Int64
    package let key: WrappedDataKey

    package init(reference: Int64, key: WrappedDataKey) {
        self.reference = reference
        self.key = key
    }
}
