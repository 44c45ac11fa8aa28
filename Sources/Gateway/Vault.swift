import Audit
import Cryptography
import Primitives
import Storage

/// Seals and opens the personal columns of one organisation.
///
/// What tells of a patient is under a key of that person and the fiscal year of writing, the rest
/// under one of the year; every column names its key.
struct Vault: Sendable {
    let ring: DataKeyRing
    let time: any TimeSource

    func current() async throws(GatewayError) -> DataKey {
        try await wrap(GatewayError.dataKey) { () async throws(DataKeyFault) in
            try await ring.key(of: TreeOrigin.fiscalYear(of: time.now))
        }
    }

    /// The key of a person in this year; without one that of the year.
    func current(of patient: AuditPatient?) async throws(GatewayError) -> DataKey {
        guard let patient else { return try await current() }
        return try await wrap(GatewayError.dataKey) { () async throws(DataKeyFault) in
            let year = TreeOrigin.fiscalYear(of: time.now)
            return try await ring.key(of: year, for: patient.subject)
        }
    }

    /// Under the key of whom it tells of; without one it ends with the year.
    func seal(
        _ plain: [UInt8],
        _ place: Place,
        of patient: AuditPatient?
    ) async throws(GatewayError) -> SealedColumn {
        try await current(of: patient).column(plain, place)
    }

    func key(_ reference: Int64) async throws(GatewayError) -> DataKey {
        try await wrap(GatewayError.dataKey) { () async throws(DataKeyFault) in
            try await ring.key(reference)
        }
    }

    func open(_ column: SealedColumn, _ place: Place) async throws(GatewayError) -> [UInt8] {
        let key = try await key(column.keyReference)
        do throws(CryptographyError) {
            return try key.open(column.bytes, context: place.context)
        } catch { throw .dataKey(.unusable) }
    }

    /// Where a column stands; a value moved to another place does not open.
    enum Place {
        case draft(MessageID)
        case ownContent(MessageID)
        case inboxSheet(String)
        case inboxContent(String)
        case inboxSealed(String)
        case disclosure(Digest)
        case record(RecordKind, RecordID)
        case emergency(EmergencyID)

        var context: String {
            switch self {
            case .draft(let id): "outbox/draft/\(id)"
            case .ownContent(let id): "outbox/content/\(id)"
            case .inboxSheet(let key): "inbox/sheet/\(key)"
            case .inboxContent(let key): "inbox/content/\(key)"
            case .inboxSealed(let key): "inbox/sealed/\(key)"
            case .disclosure(let digest): "receipt/disclosure/\(digest)"
            case .record(let kind, let id): "record/\(kind.rawValue)/\(id)"
            case .emergency(let id): "emergency/\(id)"
            }
        }
    }
}

extension DataKey {
    func column(_ plain: [UInt8], _ place: Vault.Place) -> SealedColumn {
        SealedColumn(keyReference: reference, bytes: seal(plain, context: place.context))
    }
}
