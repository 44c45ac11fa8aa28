import Directory
import Primitives
import Storage

extension GatewayModel {
    mutating func storeReconciliation(_ fact: GatewayUpkeep) throws(StoreError) {
        switch fact {
        case .exchanged(let row):
            let name = DayName(day: row.day, peer: row.peer)
            let known = answered[name] ?? []
            if !known.contains(row) { answered[name] = known + [row] }
        case .reconciliation(let row): days[DayName(day: row.day, peer: row.peer)] = row
        case .dropReconciled(let before):
            for name in answered.keys where name.day < before { answered[name] = nil }
            for name in days.keys where name.day < before { days[name] = nil }
        default: preconditionFailure("stored by the caller")
        }
    }

    struct DayName: Hashable {
        let day: Day
        let peer: MemberID
    }

    func exchanged(on day: Day, with peer: MemberID) throws(StoreError) -> [ExchangedRow] {
        (answered[DayName(day: day, peer: peer)] ?? []).sorted {
            ($0.direction.rawValue, $0.message) < ($1.direction.rawValue, $1.message)
        }
    }

    func reconciliation(
        of day: Day,
        with peer: MemberID
    ) throws(StoreError) -> ReconciliationRow? { days[DayName(day: day, peer: peer)] }

    func waitingDays(_ days: ClosedRange<Day>) throws(StoreError) -> [ReconciliationRow] {
        let open = self.days.filter {
            days.contains($0.day) && $0.outcome == nil && ($0.told == nil || $0.heard != nil)
        }
        let names = answered.keys.filter { days.contains($0.day) && self.days[$0] == nil }
        return (open + names.map { ReconciliationRow(day: $0.day, peer: $0.peer) }).sorted {
            ($0.day, $0.peer) < ($1.day, $1.peer)
        }
    }

    func differingDays() throws(StoreError) -> [ReconciliationRow] {
        days.filter { $0.outcome == .differs }.sorted {
            $0.day == $1.day ? $0.peer < $1.peer : $0.day > $1.day
        }
    }
}
