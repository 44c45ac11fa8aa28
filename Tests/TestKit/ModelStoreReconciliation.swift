import Directory
import Primitives
import Storage

extension GatewayModel {
    mutating func storeReconciliation(_ fact: GatewayUpkeep) throws(StoreError) {
        switch fact {
        case .exchanged(let row): answered.insert(row)
        case .reconciliation(let row): days[DayName(day: row.day, peer: row.peer)] = row
        case .dropReconciled(let before):
            for row in answered.keys where row.day < before { answered.remove(row) }
            for name in days.keys where name.day < before { days[name] = nil }
        default: preconditionFailure("stored by the caller")
        }
    }

    struct DayName: Hashable {
        let day: Day
        let peer: MemberID
    }

    func exchanged(
        _ days: ClosedRange<Day>,
        with peer: MemberID?
    ) throws(StoreError) -> [ExchangedRow] {
        answered.keys.filter { days.contains($0.day) && (peer == nil || $0.peer == peer) }.sorted {
            ($0.day, $0.peer, $0.direction.rawValue, $0.message)
                < ($1.day, $1.peer, $1.direction.rawValue, $1.message)
        }
    }

    func reconciliation(
        of day: Day,
        with peer: MemberID
    ) throws(StoreError) -> ReconciliationRow? { days[DayName(day: day, peer: peer)] }

    func reconciliations(since day: Day) throws(StoreError) -> [ReconciliationRow] {
        days.values.filter { $0.day >= day }.sorted {
            $0.day == $1.day ? $0.peer < $1.peer : $0.day > $1.day
        }
    }
}
