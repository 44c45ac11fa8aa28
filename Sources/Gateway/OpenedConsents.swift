import Consent
import Primitives
import Storage

/// Consents that were opened since the start, each in its revision: what is sealed at rest is found
/// by person in memory alone.
final class OpenedConsents: Sendable {
    private let known = Lock<[RecordID: (revision: Int64, record: ConsentRecord)]>([:])
    private static let most = 50_000

    func find(_ row: RecordRow) -> ConsentRecord? {
        known.withLock { $0[row.id] }.flatMap { $0.revision == row.revision ? $0.record : nil }
    }

    func removeAll() { known.withLock { $0.removeAll() } }

    func put(_ record: ConsentRecord, _ row: RecordRow) {
        known.withLock { known in
            if known.count >= Self.most { known.removeAll() }
            known[row.id] = (row.revision, record)
        }
    }
}
