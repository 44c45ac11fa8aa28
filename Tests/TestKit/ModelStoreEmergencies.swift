import Delivery
import Primitives
import Storage

/// What was done in emergencies.
extension GatewayModel {
    mutating func storeEmergency(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .emergency(let row):
            guard emergencies[row.id] == nil else { throw .conflict(nil) }
            emergencies[row.id] = row
        case .reviewed(let id, let review, let sealed):
            guard let row = emergencies[id], row.review == nil else { throw .conflict(nil) }
            var reviewed = EmergencyRow(
                id: id,
                row.kind,
                row.message,
                by: row.account,
                at: row.usedAt,
                sealed: sealed
            )
            reviewed.review = review
            emergencies[id] = reviewed
        default: preconditionFailure("stored above")
        }
    }

    func emergency(_ id: EmergencyID) throws(StoreError) -> EmergencyRow? { emergencies[id] }

    func emergency(
        of message: MessageKey,
        by account: AccountID,
        since: Timestamp
    ) throws(StoreError) -> EmergencyRow? {
        emergencies.filter { row in
            row.kind == .reading && row.message == message && row.account == account
                && row.usedAt > since && row.review?.verdict != .unjustified
        }.max { $0.usedAt < $1.usedAt }
    }

    func waitingEmergencies(limit: Int) throws(StoreError) -> [EmergencyRow] {
        let waiting = emergencies.filter { $0.review == nil }
        let sorted = waiting.sorted { ($0.usedAt, $0.id) < ($1.usedAt, $1.id) }
        return Array(sorted.prefix(limit))
    }

    func reviewedEmergencies(limit: Int) throws(StoreError) -> [EmergencyRow] {
        let reviewed = emergencies.values.compactMap { row in row.review.map { (row, $0.at) } }
        let sorted = reviewed.sorted { ($0.1, $0.0.id) > ($1.1, $1.0.id) }
        return Array(sorted.map(\.0).prefix(limit))
    }

    func waitingEmergencyCount() throws(StoreError) -> Int {
        emergencies.count { $0.review == nil }
    }
}
